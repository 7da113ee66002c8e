package io.jrados.rbd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.jrados.error.Errno;
import io.jrados.error.FencedException;
import io.jrados.error.RadosException;
import io.jrados.rados.Rados;
import io.jrados.rados.Wait;
import io.jrados.rbd.model.LockHolder;
import io.jrados.rbd.model.Progress;
import io.jrados.testkit.Covers;
import io.jrados.testkit.Fault;
import io.jrados.testkit.FaultNetwork;
import io.jrados.testkit.PrivateCephCluster;
import io.jrados.testkit.PrivateCephTest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

/**
 * Owners of a lock that die, or hang and come back: their lock goes to another, and nothing of theirs is written after.
 */
@PrivateCephTest(conf = {"osd client watch timeout = 8"})
@Timeout(180)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class FencingTest {
    private static final int SIZE = 4096;

    private PrivateCephCluster cluster;
    private TestClient ours;

    @BeforeAll
    void connect(PrivateCephCluster own) throws IOException {
        cluster = own;
        ours = new TestClient(own, own.pool(FencingTest.class), TestClient.Mode.CRC);
    }

    @AfterAll
    void disconnect() {
        ours.close();
    }

    private void create(String... names) throws IOException {
        for (String name : names) {
            ours.rbd("create", "--size", "16M", "--image-feature", "layering,exclusive-lock", ours.spec(name));
        }
    }

    private static ByteBuffer filled(int value) {
        byte[] data = new byte[SIZE];
        Arrays.fill(data, (byte) value);
        return ByteBuffer.wrap(data);
    }

    private static byte[] bytes(int value) {
        return filled(value).array();
    }

    private static Errno errno(CompletableFuture<?> failed) {
        return catchThrowableOfType(RadosException.class, () -> Wait.on(failed)).errno();
    }

    /** A client of ours that can be cut off. */
    private final class Victim implements AutoCloseable {
        private final FaultNetwork network = new FaultNetwork();
        private final Rados rados;
        private final Image image;

        Victim(String name) throws IOException {
            rados = Wait.on(Rados.builder(TestConf.of(cluster))
                    .translator(network)
                    .operationDeadline(Duration.ofMinutes(1))
                    .connectAsync());
            image = Rbd.on(rados.pool(ours.pool.name())).open(name);
        }

        @Override
        public void close() throws IOException {
            image.close();
            rados.close();
            network.close();
        }
    }

    @Test
    @Covers({"H63", "H64", "K9", "K11", "H120", "H71", "G181"})
    void deadOwnersAreFenced() throws Exception {
        create("killed", "stopped", "frozen", "lonely");
        NativeClient killed = new NativeClient(cluster, ours.pool.name());
        NativeClient stopped = new NativeClient(cluster, ours.pool.name());
        try (NativeClient native3 = new NativeClient(cluster, ours.pool.name());
                Victim frozen = new Victim("frozen");
                Victim lonely = new Victim("lonely");
                Image ofKilled = ours.rbd.open("killed");
                Image ofStopped = ours.rbd.open("stopped")) {
            killed.open("killed");
            killed.write(0, 1, SIZE);
            stopped.open("stopped");
            stopped.write(0, 1, SIZE);
            frozen.image.write(0, filled(1));
            lonely.image.write(0, filled(1));
            String lonelyCookie = lonely.image.lock().owner().orElseThrow().cookie();

            killed.kill();
            stopped.stop();
            CompletableFuture<String> late = stopped.begin(NativeClient.writing(0, 66, SIZE));
            frozen.network.apply(Fault.stalled());
            lonely.network.apply(Fault.stalled());
            CompletableFuture<Void> lateOfFrozen = frozen.image.writeAsync(0, filled(66));
            native3.open("frozen");
            CompletableFuture<String> theirs = native3.begin(NativeClient.writing(0, 2, SIZE));
            CompletableFuture<Void> first = ofKilled.writeAsync(0, filled(2));
            CompletableFuture<Void> second = ofStopped.writeAsync(0, filled(2));
            Wait.on(first);
            Wait.on(second);
            NativeClient.value("writing", theirs);
            assertThat(ofKilled.lock().isOwned()).isTrue();
            assertThat(ofStopped.lock().isOwned()).isTrue();
            assertThat(ours.cluster.run("ceph", "osd", "blocklist", "ls"))
                    .contains(frozen.rados.address().replaceFirst("^.*:0/", ":0/"));

            stopped.resume();
            assertThat(late.get()).startsWith("error 108 ");
            assertThat(TestClient.read(ofStopped, 0, SIZE)).isEqualTo(bytes(2));
            assertThat(TestClient.read(ofKilled, 0, SIZE)).isEqualTo(bytes(2));

            frozen.network.apply(Fault.none());
            assertThat(errno(lateOfFrozen)).isEqualTo(Errno.EBLOCKLISTED);
            assertThat(native3.read(0, SIZE)).isEqualTo(2);
            ours.cluster.run("ceph", "osd", "blocklist", "rm", frozen.rados.address());
            Wait.on(frozen.rados.waitForLatestOsdMapAsync());
            for (Throwable refused : List.of(
                    catchThrowable(() -> frozen.image.write(0, filled(67))),
                    catchThrowable(() -> frozen.image.discard(0, SIZE)),
                    catchThrowable(() -> TestClient.read(frozen.image, 0, SIZE)),
                    catchThrowable(() -> frozen.image.createSnapshot("s")),
                    catchThrowable(() -> frozen.image.resize(1 << 20, Progress.NONE)),
                    catchThrowable(() -> frozen.image.lock().acquire()))) {
                assertThat(refused).as("for good").isInstanceOf(FencedException.class);
            }
            assertThat(native3.read(0, SIZE)).isEqualTo(2);

            lonely.network.apply(Fault.none());
            lonely.image.write(0, filled(3));
            awaitCookie(lonely, lonelyCookie);
            assertThat(lonely.image.lock().isOwned()).isTrue();
            assertThat(ours.exported(ours.spec("lonely"))).startsWith(bytes(3));
            assertThat(ours.rbd("lock", "ls", ours.spec("lonely")).text())
                    .contains(
                            "client." + lonely.rados.instanceId(),
                            lonely.image.lock().owner().orElseThrow().cookie());
        } finally {
            killed.close();
            stopped.close();
        }
    }

    /** Nobody wanted its lock while it was away: it keeps it, by its new watch. */
    private static void awaitCookie(Victim victim, String before) throws IOException {
        long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        LockHolder owner = victim.image.lock().owner().orElseThrow();
        while (owner.cookie().equals(before) && System.nanoTime() < deadline) {
            owner = victim.image.lock().owner().orElseThrow();
        }
        assertThat(owner.cookie()).isNotEqualTo(before);
        assertThat(owner.client()).isEqualTo("client." + victim.rados.instanceId());
    }

    @Test
    @Covers({"H61", "H63", "H67"})
    void anOwnerCanBeFencedByHand() throws Exception {
        create("broken", "by-us");
        try (NativeClient theirs = new NativeClient(cluster, ours.pool.name());
                Victim victim = new Victim("broken");
                Image byUs = ours.rbd.open("by-us")) {
            victim.image.lock().acquire();
            String address = victim.image.lock().owner().orElseThrow().address();
            theirs.open("broken");
            theirs.run("image.lock_break(rbd.RBD_LOCK_MODE_EXCLUSIVE, '" + address + "')");
            theirs.write(0, 1, SIZE);
            assertThat(catchThrowable(() -> victim.image.write(0, filled(2)))).isInstanceOf(FencedException.class);
            assertThat(theirs.read(0, SIZE)).isEqualTo(1);
            theirs.run("image.close()");

            theirs.open("by-us");
            theirs.run("image.lock_acquire(rbd.RBD_LOCK_MODE_EXCLUSIVE)");
            LockHolder owner = byUs.lock().owner().orElseThrow();
            assertThat(catchThrowableOfType(
                                    RadosException.class, () -> byUs.lock().breakOwner("127.0.0.1:0/1"))
                            .errno())
                    .isEqualTo(Errno.EBUSY);
            byUs.lock().breakOwner(owner.address());
            byUs.write(0, filled(3));
            assertThat(theirs.attempt(NativeClient.writing(0, 4, SIZE))).startsWith("error 108 ");
            assertThat(TestClient.read(byUs, 0, SIZE)).isEqualTo(bytes(3));
        }
    }

    @Test
    @Covers({"H14", "H63", "K9"})
    void whatADeadOwnerHasOnItsWayIsNotWrittenAfterTheImageIsRemoved() throws Exception {
        create("removed");
        NativeClient stopped = new NativeClient(cluster, ours.pool.name());
        try {
            stopped.open("removed");
            String id = stopped.run("image.id()").replace("'", "");
            stopped.write(0, 1, SIZE);
            stopped.stop();
            CompletableFuture<String> late = stopped.begin(NativeClient.writing(8 << 20, 66, SIZE));
            RadosException busy = removal("removed");
            assertThat(busy.errno()).as("it is alive as far as one can know").isEqualTo(Errno.EBUSY);
            long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
            while (busy != null && System.nanoTime() < deadline) {
                busy = removal("removed");
            }
            assertThat(busy).isNull();
            stopped.resume();
            assertThat(late.get()).startsWith("error 108 ");
            assertThat(ours.rbd.list()).doesNotContain("removed");
            assertThat(ours.pool.objects()).noneMatch(object -> object.contains(id));
        } finally {
            stopped.close();
        }
    }

    private RadosException removal(String name) {
        return catchThrowableOfType(RadosException.class, () -> ours.rbd.remove(name, Progress.NONE));
    }
}
