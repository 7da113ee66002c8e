package io.jrados.rbd;

import static io.jrados.rbd.TwoClients.errno;
import static org.assertj.core.api.Assertions.assertThat;

import io.jrados.conf.CephConf;
import io.jrados.error.Errno;
import io.jrados.error.RadosException;
import io.jrados.osd.op.ReadOperation;
import io.jrados.rados.Rados;
import io.jrados.rados.Wait;
import io.jrados.rbd.format.ObjectNames;
import io.jrados.rbd.format.SnapshotCalls;
import io.jrados.rbd.header.ClassCalls;
import io.jrados.rbd.model.DiffOptions;
import io.jrados.rbd.model.ImageOptions;
import io.jrados.rbd.model.Progress;
import io.jrados.testkit.CephCluster;
import io.jrados.testkit.CephTest;
import io.jrados.testkit.Covers;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A snapshot that is removed while somebody reads it: a backup of it fails, and does not end well with zeroes. */
@CephTest
@Timeout(120)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RemovedSnapshotTest {
    private static final int MIB = 1 << 20;
    private static final Duration TRIMMED_WITHIN = Duration.ofSeconds(60);

    private TestClient client;
    private byte[] content = {};

    @BeforeAll
    void connect(CephCluster cluster) throws IOException {
        client = new TestClient(cluster, cluster.pool(RemovedSnapshotTest.class), TestClient.Mode.CRC);
    }

    @AfterAll
    void disconnect() {
        client.close();
    }

    /** The first half of it is data, the other a hole. */
    private Image openAtASnapshot(String name) throws IOException {
        content = Arrays.copyOf(TestClient.bytes(1, 4 * MIB), 8 * MIB);
        client.rbd.create(name, content.length, ImageOptions.LAYERING.withOrder(20));
        try (Image image = client.rbd.open(name)) {
            image.write(0, ByteBuffer.wrap(content, 0, 4 * MIB));
            image.createSnapshot("s");
            image.discard(0, 4 * MIB);
        }
        Image snapshot = client.rbd.openSnapshot(name, "s");
        assertThat(TestClient.read(snapshot)).isEqualTo(content);
        return snapshot;
    }

    private static void assertNothingIsRead(Image snapshot) {
        assertThat(errno(() -> TestClient.read(snapshot, 0, MIB))).isEqualTo(Errno.ENOENT);
        assertThat(errno(() -> TestClient.read(snapshot, 5 * MIB, 10))).isEqualTo(Errno.ENOENT);
        assertThat(errno(() -> snapshot.readExtents(0, MIB, (at, bytes) -> CompletableFuture.completedFuture(null))))
                .isEqualTo(Errno.ENOENT);
        assertThat(errno(() -> snapshot.diff(DiffOptions.ALL, Progress.NONE, extent -> {})))
                .isEqualTo(Errno.ENOENT);
    }

    @ParameterizedTest(name = "removed natively: {0}")
    @ValueSource(booleans = {false, true})
    @Covers({"H47", "H68", "H45"})
    void isSeenToBeOpenAndCannotBeReadOnceItIsGone(boolean natively) throws IOException {
        String name = "gone" + natively;
        try (Image snapshot = openAtASnapshot(name)) {
            assertThat(client.rbd("status", client.spec(name)).text()).contains("client." + client.rados.instanceId());
            assertThat(snapshot.watchers()).as("of others").isEmpty();
            if (natively) {
                client.rbd("snap", "rm", "--no-progress", client.spec(name) + "@s");
            } else {
                try (Image image = client.rbd.open(name)) {
                    image.removeSnapshot("s");
                }
            }
            assertNothingIsRead(snapshot);
            assertThat(client.rbd("status", client.spec(name)).text()).contains("Watchers: none");
            client.rbd("rm", "--no-progress", client.spec(name));
            assertNothingIsRead(snapshot);
        }
    }

    /** A remover gives the snapshot's id up before it tells anybody, and may die in between. */
    @Test
    @Covers({"H47", "K7"})
    void showsNoZeroesWhileItIsBeingRemoved() throws IOException {
        try (Image snapshot = openAtASnapshot("going")) {
            String object = snapshot.info().dataPrefix() + ".0000000000000000";
            long id = snapshot.snapshots().get(0).id();
            ClassCalls.write(client.pool, ObjectNames.header(snapshot.id()), SnapshotCalls.trashAdd(id));
            client.pool.removeSnapId(id);
            awaitAbsence(object, id);
            assertNothingIsRead(snapshot);
            assertThat(errno(() -> client.rbd.openSnapshot("going", "s"))).isEqualTo(Errno.ENOENT);
        }
        assertThat(client.rbd("status", client.spec("going")).text()).contains("Watchers: none");
    }

    private void awaitAbsence(String object, long snapId) throws IOException {
        long deadline = System.nanoTime() + TRIMMED_WITHIN.toNanos();
        while (System.nanoTime() < deadline) {
            try {
                Wait.on(client.pool.operateAsync(object, new ReadOperation().read(0, 1), snapId));
            } catch (RadosException failed) {
                assertThat(failed.errno()).isEqualTo(Errno.ENOENT);
                return;
            }
        }
        assertThat(deadline).as("the OSDs still have it").isZero();
    }

    /** The reads that are made while it goes end with its bytes or with ENOENT. */
    @Test
    @Covers("H47")
    void readsThatAreUnderWayWhenItGoesFailOrAreRight() throws IOException {
        try (Image snapshot = openAtASnapshot("racing")) {
            CompletableFuture<Void> removed = CompletableFuture.runAsync(() -> {
                try {
                    client.rbd("snap", "rm", "--no-progress", client.spec("racing") + "@s");
                } catch (IOException failed) {
                    throw new UncheckedIOException(failed);
                }
            });
            int after = 0;
            for (int round = 0; after < 20; round++) {
                after += removed.isDone() ? 1 : 0;
                int offset = round % 8 * MIB;
                byte[] expected = Arrays.copyOfRange(content, offset, offset + 4096);
                try {
                    assertThat(TestClient.read(snapshot, offset, 4096)).isEqualTo(expected);
                } catch (RadosException failed) {
                    assertThat(failed.errno()).isEqualTo(Errno.ENOENT);
                }
            }
            removed.join();
            assertNothingIsRead(snapshot);
        }
    }

    @Test
    @Covers({"H47", "B26"})
    void isReadByAUserWhoMayNotWatch() throws IOException {
        String caps = "profile rbd-read-only";
        String key = client.cluster
                .run("ceph", "auth", "get-or-create-key", "client.looks", "mon", caps, "osd", caps)
                .trim();
        CephConf conf = CephConf.builder()
                .file(client.cluster.conf())
                .name("client.looks")
                .set("key", key)
                .build();
        openAtASnapshot("looked at").close();
        try (Rados rados = Rados.connect(conf);
                Image snapshot = Rbd.on(rados.pool(client.pool.name())).openSnapshot("looked at", "s")) {
            assertThat(TestClient.read(snapshot)).isEqualTo(content);
            assertThat(client.rbd("status", client.spec("looked at")).text()).contains("Watchers: none");
            client.rbd("snap", "rm", "--no-progress", client.spec("looked at") + "@s");
            assertThat(errno(() -> TestClient.read(snapshot, 5 * MIB, 10))).isEqualTo(Errno.ENOENT);
        }
    }
}
