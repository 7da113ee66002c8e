package io.jrados.rbd;

import static io.jrados.rbd.TwoClients.MIB;
import static io.jrados.rbd.TwoClients.errno;
import static io.jrados.rbd.TwoClients.filled;
import static io.jrados.rbd.TwoClients.write;
import static org.assertj.core.api.Assertions.assertThat;

import io.jrados.error.Errno;
import io.jrados.error.RadosException;
import io.jrados.rados.Wait;
import io.jrados.rbd.model.LockHolder;
import io.jrados.rbd.model.Progress;
import io.jrados.rbd.model.QuiesceHook;
import io.jrados.rbd.model.SnapshotInfo;
import io.jrados.rbd.model.SnapshotQuiesce;
import io.jrados.testkit.CephCluster;
import io.jrados.testkit.CephTest;
import io.jrados.testkit.Covers;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

/** A librbd process and this client, with one image open in both: who owns its lock, and what each tells the other. */
@CephTest
@Timeout(300)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TwoClientsTest {
    private static final int HAND_OVERS = Integer.getInteger("jrados.handovers", 60);

    private TwoClients clients;
    private TestClient ours;
    private NativeClient theirs;

    @BeforeAll
    void connect(CephCluster shared) throws IOException {
        clients = new TwoClients(shared, TwoClientsTest.class);
        ours = clients.ours;
        theirs = clients.theirs;
    }

    @AfterAll
    void disconnect() throws IOException {
        clients.close();
    }

    @Test
    @Covers({"H61", "H62", "H65", "H66", "H69", "H70", "H71", "K5", "K8", "K10", "G179", "G180", "G182"})
    void theLockGoesToWhoeverWrites() throws IOException {
        try (Image image = clients.open("alternating")) {
            for (int i = 1; 2 * i <= HAND_OVERS; i++) {
                long at = (i * 37L % 4000) * 4096;
                theirs.write(at, i % 251, 4096);
                assertThat(clients.theyOwn()).isTrue();
                assertThat(image.lock().isOwned()).isFalse();
                assertThat(TestClient.read(image, at, 4096)).isEqualTo(filled(i % 251, 4096));
                write(image, at + 2048, (i + 100) % 251, 2048);
                assertThat(image.lock().isOwned()).isTrue();
                assertThat(clients.theyOwn()).isFalse();
                assertThat(theirs.read(at, 2048)).isEqualTo(i % 251);
                assertThat(theirs.read(at + 2048, 2048)).isEqualTo((i + 100) % 251);
            }
            assertThat(ours.rbd("lock", "ls", ours.spec("alternating")).text())
                    .containsPattern("client\\." + ours.rados.instanceId() + " +auto \\d+ +" + ours.rados.address());
            assertThat(ours.rbd("status", ours.spec("alternating")).text())
                    .contains("client." + ours.rados.instanceId());
            LockHolder owner = image.lock().owner().orElseThrow();
            assertThat(owner.client()).isEqualTo("client." + ours.rados.instanceId());
            assertThat(theirs.run("list(image.lock_get_owners())")).contains(owner.address());
        }
        assertThat(ours.rbd("lock", "ls", ours.spec("alternating")).text()).isEmpty();
        theirs.run("image.close()");
        clients.checkObjectMap("alternating");
    }

    /** One write covers the end of one object and the start of the next: a snapshot has both halves of it or none. */
    @Test
    @Covers({"K5", "K7", "H46", "H77", "H42"})
    void aWriteIsInASnapshotWhollyOrNotAtAll() throws IOException {
        int at = 4 * MIB - 2048;
        int snapshots = 5;
        try (Image image = clients.open("racing")) {
            AtomicInteger acknowledged = new AtomicInteger();
            AtomicInteger issued = new AtomicInteger();
            CompletableFuture<Void> writer = CompletableFuture.runAsync(() -> {
                try {
                    for (int i = 1; i <= 250; i++) {
                        issued.set(i);
                        write(image, at, i, 4096);
                        acknowledged.set(i);
                    }
                } catch (IOException failed) {
                    throw new CompletionException(failed);
                }
            });
            for (int i = 0; i < snapshots; i++) {
                int least = acknowledged.get();
                theirs.run("image.create_snap('theirs" + i + "')");
                assertWhole("racing", "theirs" + i, at, least, issued.get());
            }
            Wait.on(writer);
            assertThat(theirs.read(at, 4096)).isEqualTo(250);

            theirs.write(at, 0, 4096);
            CompletableFuture<String> others = theirs.begin("[image.write(bytes([i]) * 4096, " + at
                    + ") for i in range(1, 251)] and len(image.list_lockers())");
            for (int i = 0; i < snapshots; i++) {
                image.createSnapshot("ours" + i);
                assertWhole("racing", "ours" + i, at, 0, 250);
            }
            NativeClient.value("writing", others);
            assertThat(TestClient.read(image, at, 4096)).isEqualTo(filled(250, 4096));
        }
        theirs.run("image.close()");
        clients.checkObjectMap("racing");
        clients.checkObjectMap("racing@theirs0");
        clients.checkObjectMap("racing@ours0");
    }

    private void assertWhole(String image, String snapshot, int at, int least, int most) throws IOException {
        byte[] content = Arrays.copyOfRange(ours.exported(ours.spec(image) + "@" + snapshot), at, at + 4096);
        int value = content[0] & 0xff;
        assertThat(content).isEqualTo(filled(value, 4096));
        assertThat(value).isBetween(least, most);
        try (Image opened = ours.rbd.openSnapshot(image, snapshot)) {
            assertThat(TestClient.read(opened, at, 4096)).isEqualTo(content);
        }
    }

    @Test
    @Covers({"H61", "H62", "H120", "E85"})
    void whoTakesTheLockByHandKeepsIt() throws IOException {
        try (Image image = clients.open("by-hand")) {
            image.lock().acquire();
            assertThat(theirs.attempt(NativeClient.writing(0, 1, 4096))).startsWith("error 30 ");
            assertThat(theirs.attempt("image.lock_acquire(rbd.RBD_LOCK_MODE_EXCLUSIVE)"))
                    .startsWith("error 30 ");
            write(image, 0, 2, 4096);
            image.lock().release();
            assertThat(errno(() -> image.lock().release())).isEqualTo(Errno.EINVAL);
            assertThat(errno(() -> write(image, 0, 3, 4096)))
                    .as("never again by itself")
                    .isEqualTo(Errno.EROFS);

            theirs.run("image.lock_acquire(rbd.RBD_LOCK_MODE_EXCLUSIVE)");
            assertThat(errno(() -> image.lock().acquire())).isEqualTo(Errno.EROFS);
            theirs.run("image.lock_release()");
            image.lock().acquireTransient();
            CompletableFuture<String> waiting = theirs.begin("image.lock_acquire(rbd.RBD_LOCK_MODE_EXCLUSIVE)");
            write(image, 0, 4, 4096);
            assertThat(waiting).as("a transient owner makes others wait").isNotDone();
            image.lock().release();
            NativeClient.value("lock_acquire", waiting);
            assertThat(clients.theyOwn()).isTrue();
        }
        theirs.run("image.close()");
    }

    @Test
    @Covers({"H67", "G183", "H61"})
    void advisoryLocksAreTheSameLock() throws IOException {
        try (Image image = clients.open("advisory")) {
            image.lock().lockShared("mine", "tag");
            theirs.run("image.lock_shared('theirs', 'tag')");
            assertThat(image.lock().holders().exclusive()).isFalse();
            assertThat(image.lock().holders().tag()).isEqualTo("tag");
            assertThat(image.lock().holders().holders())
                    .extracting(LockHolder::cookie)
                    .containsExactlyInAnyOrder("mine", "theirs");
            assertThat(theirs.run("image.list_lockers()"))
                    .contains("'mine'", "'theirs'", "'tag'", "client." + ours.rados.instanceId());
            assertThat(ours.rbd("lock", "ls", ours.spec("advisory")).text()).contains("mine", "theirs");
            assertThat(errno(() -> image.lock().lockExclusive("mine"))).isEqualTo(Errno.EBUSY);
            assertThat(errno(() -> image.lock().lockShared("other", "another"))).isEqualTo(Errno.EBUSY);
            assertThat(errno(() -> image.lock().owner())).isEqualTo(Errno.EBUSY);
            image.lock().unlock("mine");
            theirs.run("image.unlock('theirs')");
            assertThat(errno(() -> image.lock().unlock("mine"))).isEqualTo(Errno.ENOENT);
            assertThat(image.lock().holders().holders()).isEmpty();

            image.lock().lockExclusive("mine");
            assertThat(theirs.attempt("image.lock_exclusive('theirs')")).startsWith("error 16 ");
            CompletableFuture<Void> waiting = image.writeAsync(0, ByteBuffer.wrap(filled(1, 4096)));
            assertThat(waiting).isNotDone();
            image.lock().unlock("mine");
            Wait.on(waiting);
            assertThat(theirs.read(0, 4096)).isEqualTo(1);
        }
        theirs.run("image.close()");
    }

    @Test
    @Covers({"H44", "H75", "H120"})
    void hooksHoldStillForSnapshots() throws IOException {
        try (Image image = clients.open("quiesced")) {
            List<String> events = new CopyOnWriteArrayList<>();
            QuiesceHook hook = new QuiesceHook() {
                @Override
                public void quiesce() throws RadosException {
                    events.add("still");
                    if (events.size() > 4) {
                        throw new RadosException(Errno.EBUSY, "holding still");
                    }
                }

                @Override
                public void unquiesce() {
                    events.add("on");
                }
            };
            theirs.write(0, 1, 4096);
            try (Image.Registration registered = image.onQuiesce(hook)) {
                assertThat(registered).isNotNull();
                theirs.run("image.create_snap('theirs')");
                assertThat(events).containsExactly("still", "on");
                write(image, 0, 2, 4096);
                image.createSnapshot("ours");
                assertThat(events).containsExactly("still", "on", "still", "on");
                assertThat(theirs.attempt("image.create_snap('refused')")).startsWith("error 16 ");
                assertThat(errno(() -> image.createSnapshot("refused"))).isEqualTo(Errno.EBUSY);
                int before = events.size();
                image.createSnapshot("not asked", SnapshotQuiesce.SKIP);
                assertThat(events).hasSize(before);
                image.createSnapshot("whatever", SnapshotQuiesce.IGNORE_ERROR);
            }
            assertThat(events).endsWith("on");
            image.createSnapshot("without hooks");
            assertThat(image.snapshots())
                    .extracting(SnapshotInfo::name)
                    .containsExactly("theirs", "ours", "not asked", "whatever", "without hooks");
        }
        theirs.run("image.close()");
    }

    @Test
    @Covers({"H43", "H72", "H45"})
    void changesAreToldToWhoeverWatches() throws IOException {
        try (Image image = clients.open("told")) {
            AtomicInteger changes = new AtomicInteger();
            try (Image.Registration registered = image.onUpdate(changes::incrementAndGet)) {
                assertThat(registered).isNotNull();
                theirs.run("image.create_snap('s')");
                assertThat(changes)
                        .as("whoever made the change has waited for us")
                        .hasValue(1);
            }
            theirs.run("image.remove_snap('s')");
            assertThat(changes).hasValue(1);
            assertThat(image.watchers()).hasSize(1);
            assertThat(theirs.run("len(list(image.watchers_list()))")).isEqualTo("2");
        }
        theirs.run("image.close()");
    }

    @Test
    @Covers({"H61", "H70", "H71", "H78", "H79", "H84"})
    void twoHandlesOfOneClientTakeTurns() throws IOException {
        ours.rbd("create", "--size", "8M", "--image-feature", "layering,exclusive-lock", ours.spec("twice"));
        try (Image first = ours.rbd.open("twice");
                Image second = ours.rbd.open("twice")) {
            for (int i = 1; i <= 5; i++) {
                write(first, 0, i, 4096);
                write(second, 4096, i, 4096);
            }
            assertThat(first.lock().isOwned()).isFalse();
            first.createSnapshot("by the second");
            assertThat(second.lock().isOwned()).isTrue();
            second.write(0, ByteBuffer.wrap(filled(9, 4096)));
            first.protectSnapshot("by the second");
            assertThat(second.isSnapshotProtected("by the second")).isTrue();
            first.unprotectSnapshot("by the second");
            first.renameSnapshot("by the second", "renamed");
            assertThat(second.snapshots()).extracting(SnapshotInfo::name).containsExactly("renamed");
            first.removeSnapshot("renamed");
            assertThat(second.snapshots()).isEmpty();
            assertThat(second.lock().isOwned()).isTrue();
            first.resize(9 * MIB, Progress.NONE);
            assertThat(second.size()).isEqualTo(9 * MIB);
            List<CompletableFuture<Void>> writes = new ArrayList<>();
            for (int i = 0; i < 40; i++) {
                Image image = i % 2 == 0 ? first : second;
                writes.add(image.writeAsync(i * 4096L, ByteBuffer.wrap(filled(i, 4096))));
            }
            for (CompletableFuture<Void> write : writes) {
                Wait.on(write);
            }
            byte[] content = ours.exported(ours.spec("twice"));
            for (int i = 0; i < 40; i++) {
                assertThat(content[i * 4096]).isEqualTo((byte) i);
            }
        }
        assertThat(ours.rbd("lock", "ls", ours.spec("twice")).text()).isEmpty();
        assertThat(ours.rbd("status", ours.spec("twice")).text()).contains("Watchers: none");
    }

    @Test
    @Covers({"H12", "H61", "H66"})
    void theFeatureComesAndGoesUnderAnOpenImage() throws IOException {
        ours.rbd("create", "--size", "8M", "--image-feature", "layering", ours.spec("coming"));
        try (Image image = ours.rbd.open("coming")) {
            write(image, 0, 1, 4096);
            assertThat(errno(() -> image.lock().acquire())).isEqualTo(Errno.EINVAL);
            ours.rbd("feature", "enable", ours.spec("coming"), "exclusive-lock");
            write(image, 0, 2, 4096);
            assertThat(image.lock().isOwned()).isTrue();
            ours.rbd("feature", "disable", ours.spec("coming"), "exclusive-lock");
            write(image, 0, 3, 4096);
            assertThat(image.lock().isOwned()).isFalse();
        }
        assertThat(ours.rbd("lock", "ls", ours.spec("coming")).text()).isEmpty();
        assertThat(ours.exported(ours.spec("coming"))).startsWith(filled(3, 4096));
    }
}
