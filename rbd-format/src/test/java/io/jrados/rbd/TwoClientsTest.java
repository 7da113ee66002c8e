package io.jrados.rbd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.jrados.error.Errno;
import io.jrados.error.RadosException;
import io.jrados.rados.NotifyResult;
import io.jrados.rados.Wait;
import io.jrados.rbd.format.ObjectNames;
import io.jrados.rbd.lock.ClientId;
import io.jrados.rbd.lock.NotifyMessage;
import io.jrados.rbd.lock.NotifyOp;
import io.jrados.rbd.lock.NotifyResponse;
import io.jrados.rbd.lock.RequestId;
import io.jrados.rbd.model.Features;
import io.jrados.rbd.model.LockHolder;
import io.jrados.rbd.model.Progress;
import io.jrados.rbd.model.QuiesceHook;
import io.jrados.rbd.model.SnapshotInfo;
import io.jrados.rbd.model.SnapshotQuiesce;
import io.jrados.testkit.CephCluster;
import io.jrados.testkit.CephTest;
import io.jrados.testkit.Covers;
import io.jrados.wire.Decoder;
import io.jrados.wire.Encoder;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

/** A librbd process and this client, with one image open in both: who owns its lock, and what each does for the other. */
@CephTest
@Timeout(300)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TwoClientsTest {
    private static final int MIB = 1 << 20;
    private static final int HAND_OVERS = Integer.getInteger("jrados.handovers", 60);

    private TestClient ours;
    private NativeClient theirs;

    @BeforeAll
    void connect(CephCluster shared) throws IOException {
        ours = new TestClient(shared, shared.pool(TwoClientsTest.class), TestClient.Mode.CRC);
        theirs = new NativeClient(shared, ours.pool.name());
    }

    @AfterAll
    void disconnect() throws IOException {
        theirs.close();
        ours.close();
    }

    /** An image with the features that Ceph gives by default, open here and there. */
    private Image open(String name) throws IOException {
        ours.rbd("create", "--size", "16M", ours.spec(name));
        return openBoth(name);
    }

    private void checkObjectMap(String name) throws IOException {
        ours.rbd("object-map", "check", "--no-progress", ours.spec(name));
        assertThat(ours.rbd("info", ours.spec(name)).text()).doesNotContain("invalid");
    }

    private Image openBoth(String name) throws IOException {
        theirs.open(name);
        return ours.rbd.open(name);
    }

    private static void write(Image image, long offset, int value, int length) throws IOException {
        byte[] data = new byte[length];
        Arrays.fill(data, (byte) value);
        image.write(offset, ByteBuffer.wrap(data));
    }

    private static byte[] filled(int value, int length) {
        byte[] data = new byte[length];
        Arrays.fill(data, (byte) value);
        return data;
    }

    private boolean theyOwn() throws IOException {
        return theirs.run("image.is_exclusive_lock_owner()").equals("True");
    }

    @Test
    @Covers({"H61", "H62", "H65", "H66", "H69", "H70", "H71", "K5", "K8", "K10", "G179", "G180", "G182"})
    void theLockGoesToWhoeverWrites() throws IOException {
        try (Image image = open("alternating")) {
            for (int i = 1; 2 * i <= HAND_OVERS; i++) {
                long at = (i * 37L % 4000) * 4096;
                theirs.write(at, i % 251, 4096);
                assertThat(theyOwn()).isTrue();
                assertThat(image.lock().isOwned()).isFalse();
                assertThat(TestClient.read(image, at, 4096)).isEqualTo(filled(i % 251, 4096));
                write(image, at + 2048, (i + 100) % 251, 2048);
                assertThat(image.lock().isOwned()).isTrue();
                assertThat(theyOwn()).isFalse();
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
        checkObjectMap("alternating");
    }

    private static Errno errno(ThrowingCallable call) {
        return catchThrowableOfType(RadosException.class, call).errno();
    }

    @Test
    @Covers({"H72", "H73", "H74", "H75", "H76", "H77", "H78", "H81", "H83", "H84", "K7"})
    void theOwnerDoesWhatTheyAskFor() throws IOException {
        try (Image image = open("served")) {
            write(image, 0, 1, MIB);
            assertThat(image.lock().isOwned()).isTrue();
            theirs.run("image.resize(12 << 20)");
            assertThat(image.size()).isEqualTo(12 * MIB);
            theirs.run("image.create_snap('theirs')");
            assertThat(image.snapshots()).extracting(SnapshotInfo::name).containsExactly("theirs");
            write(image, 0, 2, MIB);
            theirs.run("image.resize(5 << 20)");
            assertThat(image.size()).isEqualTo(5 * MIB);
            theirs.run("image.metadata_set('key', 'value')");
            assertThat(image.metadata()).containsKey("key");
            theirs.run("image.metadata_remove('key')");
            assertThat(image.metadata()).isEmpty();
            theirs.run("image.update_features(rbd.RBD_FEATURE_DEEP_FLATTEN, False)");
            assertThat(image.info().features()).isEqualTo(Features.DEFAULT & ~Features.DEEP_FLATTEN);
            assertThat(image.lock().isOwned()).as("all that was done here").isTrue();
            theirs.run("image.remove_snap('theirs')");
            assertThat(image.snapshots()).isEmpty();
            write(image, MIB, 3, MIB);
            assertThat(theirs.read(MIB, MIB)).isEqualTo(3);
            NotifyMessage shrink = new NotifyMessage.Resize(MIB, new RequestId(new ClientId(1, 2), 3), false);
            assertThat(ended(image, shrink)).isEqualTo(-Errno.EINVAL.number());
            assertThat(image.size()).isEqualTo(5 * MIB);
        }
        theirs.run("image.close()");
    }

    @Test
    @Covers({"H75", "H78", "H84"})
    void theOwnerFlattensAndProtectsForThem() throws IOException {
        ours.rbd("create", "--size", "8M", "--image-feature", "layering,exclusive-lock", ours.spec("parent"));
        try (Image parent = ours.rbd.open("parent")) {
            write(parent, 0, 5, 8 * MIB);
            parent.createSnapshot("s");
            parent.protectSnapshot("s");
        }
        ours.rbd("clone", "--image-feature", "layering,exclusive-lock", ours.spec("parent") + "@s", ours.spec("child"));
        try (Image image = openBoth("child")) {
            write(image, 0, 6, 4096);
            theirs.run("progress = []");
            theirs.run("image.flatten(lambda done, total: progress.append((done, total)))");
            assertThat(image.lock().isOwned()).isTrue();
            assertThat(image.info().parent()).isEmpty();
            assertThat(theirs.read(0, 4096)).isEqualTo(6);
            assertThat(theirs.read(4096, 8 * MIB - 4096)).isEqualTo(5);
        }
        theirs.run("image.close()");
    }

    @Test
    @Covers({"H72", "H73", "H74", "H75", "H76", "H77", "H78", "H79", "H81", "H84"})
    void theyDoAsOwnersWhatWeAskFor() throws IOException {
        try (Image image = open("proxied")) {
            theirs.write(0, 1, MIB);
            image.resize(12 * MIB, Progress.NONE);
            assertThat(theirs.run("image.size()")).isEqualTo(Integer.toString(12 * MIB));
            image.createSnapshot("ours");
            assertThat(theirs.run("[s['name'] for s in image.list_snaps()]")).isEqualTo("['ours']");
            theirs.write(0, 2, MIB);
            image.protectSnapshot("ours");
            assertThat(theirs.run("image.is_protected_snap('ours')")).isEqualTo("True");
            image.unprotectSnapshot("ours");
            image.renameSnapshot("ours", "renamed");
            assertThat(theirs.run("[s['name'] for s in image.list_snaps()]")).isEqualTo("['renamed']");
            assertThat(errno(() -> image.createSnapshot("renamed"))).isEqualTo(Errno.EEXIST);
            assertThat(errno(() -> image.removeSnapshot("unknown"))).isEqualTo(Errno.ENOENT);
            image.removeSnapshot("renamed");
            List<Long> progress = new ArrayList<>();
            image.resize(MIB, (done, total) -> progress.add(done));
            assertThat(progress).isSorted();
            assertThat(image.size()).isEqualTo(MIB);
            assertThat(theyOwn()).isTrue();
            assertThat(image.lock().isOwned()).isFalse();
            assertThat(theirs.read(0, MIB)).isEqualTo(2);
            assertThat(TestClient.read(image)).isEqualTo(filled(2, MIB));
        }
        theirs.run("image.close()");
    }

    /** One write covers the end of one object and the start of the next: a snapshot has both halves of it or none. */
    @Test
    @Covers({"K5", "K7", "H46", "H77", "H42"})
    void aWriteIsInASnapshotWhollyOrNotAtAll() throws IOException {
        int at = 4 * MIB - 2048;
        int snapshots = 5;
        try (Image image = open("racing")) {
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
        checkObjectMap("racing");
        checkObjectMap("racing@theirs0");
        checkObjectMap("racing@ours0");
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
    @Covers({"H61", "H62", "H120"})
    void whoTakesTheLockByHandKeepsIt() throws IOException {
        try (Image image = open("by-hand")) {
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
            assertThat(theyOwn()).isTrue();
        }
        theirs.run("image.close()");
    }

    @Test
    @Covers({"H67", "G183", "H61"})
    void advisoryLocksAreTheSameLock() throws IOException {
        try (Image image = open("advisory")) {
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
        try (Image image = open("quiesced")) {
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
        try (Image image = open("told")) {
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

    /** Repeats a request until its owner says how it ended. */
    private int ended(Image image, NotifyMessage request) throws IOException {
        long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        int answer = notified(image, request.toBytes());
        while (answer == 0 && System.nanoTime() < deadline) {
            answer = notified(image, request.toBytes());
        }
        return answer;
    }

    /** Sends what a client would, and gives what the owner answers. */
    private int notified(Image image, byte[] message) throws IOException {
        List<NotifyResult.Reply> replies = Wait.on(
                        ours.pool.notifyAsync(ObjectNames.header(image.id()), message, Duration.ofSeconds(5)))
                .replies();
        List<byte[]> answers = replies.stream()
                .map(NotifyResult.Reply::answer)
                .filter(answer -> answer.length > 0)
                .toList();
        assertThat(answers).as("only the owner answers").hasSizeLessThanOrEqualTo(1);
        return answers.isEmpty()
                ? 0
                : NotifyResponse.decode(Decoder.of(answers.get(0))).result();
    }

    @Test
    @Covers({"H69", "H75", "H80", "H82", "H84"})
    void theOwnerAnswersWhatItDoesAndWhatItDoesNot() throws IOException {
        try (Image image = open("asked")) {
            byte[] unknown = Encoder.bytesOf(out -> out.struct(NotifyMessage.STRUCT, body -> body.u32(99)));
            RequestId id = new RequestId(new ClientId(1, 2), 3);
            assertThat(notified(image, unknown)).as("nobody owns it").isZero();
            write(image, 0, 1, 4096);
            assertThat(notified(image, unknown)).isEqualTo(-Errno.EOPNOTSUPP.number());
            assertThat(notified(image, new NotifyMessage.Request(NotifyOp.MIGRATE, id).toBytes()))
                    .isEqualTo(-Errno.EOPNOTSUPP.number());
            assertThat(notified(image, new NotifyMessage.Sparsify(id, 4096).toBytes()))
                    .isEqualTo(-Errno.EOPNOTSUPP.number());
            assertThat(notified(image, new NotifyMessage.Rename("renamed", id).toBytes()))
                    .isZero();
            long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
            while (!ours.rbd.exists("renamed") && System.nanoTime() < deadline) {
                assertThat(notified(image, new NotifyMessage.Rename("renamed", id).toBytes()))
                        .as("a repetition")
                        .isZero();
            }
            assertThat(ours.rbd("ls", ours.pool.name()).text())
                    .contains("renamed\n")
                    .doesNotContain("asked\n");
        }
        theirs.run("image.close()");
    }

    @Test
    @Covers({"H68", "H69", "H72"})
    void whatCannotBeReadIsAcknowledgedAndNothingMeansAChange() throws IOException {
        ours.rbd("create", "--size", "8M", "--image-feature", "layering,exclusive-lock", ours.spec("garbage"));
        try (Image image = ours.rbd.open("garbage")) {
            write(image, 0, 1, 4096);
            AtomicInteger changes = new AtomicInteger();
            try (Image.Registration registered = image.onUpdate(changes::incrementAndGet)) {
                assertThat(registered).isNotNull();
                assertThat(notified(image, new byte[] {1, 2, 3})).isZero();
                assertThat(changes).hasValue(0);
                assertThat(notified(image, new byte[0])).isZero();
                assertThat(changes).hasValue(1);
            }
            write(image, 0, 2, 4096);
            assertThat(TestClient.read(image, 0, 4096)).isEqualTo(filled(2, 4096));
        }
    }
}
