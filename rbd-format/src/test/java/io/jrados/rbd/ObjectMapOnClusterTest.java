package io.jrados.rbd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.jrados.error.Errno;
import io.jrados.error.RadosException;
import io.jrados.rbd.model.ImageOptions;
import io.jrados.rbd.model.Progress;
import io.jrados.testkit.CephCluster;
import io.jrados.testkit.CephTest;
import io.jrados.testkit.Covers;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

/** The object map of images that we write, as it is on disk and as Ceph's own tool judges it. Objects are of 64 KiB. */
@CephTest
@Timeout(300)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ObjectMapOnClusterTest {
    private static final int OBJECT = 1 << 16;

    private TestClient client;

    @BeforeAll
    void connects(CephCluster cluster) throws IOException {
        client = new TestClient(cluster, cluster.pool(ObjectMapOnClusterTest.class), TestClient.Mode.CRC);
    }

    @AfterAll
    void closes() {
        client.close();
    }

    private Image create(String name, int size) throws IOException {
        client.rbd.create(name, size, ImageOptions.DEFAULT.withOrder(16));
        return client.rbd.open(name);
    }

    /** Objects in the order of the map: 0 nonexistent, 1 exists, 2 pending, 3 exists and clean. */
    private String states(String map) throws IOException {
        byte[] bytes = TestClient.bytes(client, map);
        int objects = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getInt(10);
        StringBuilder states = new StringBuilder();
        for (int object = 0; object < objects; object++) {
            states.append(bytes[18 + object / 4] >> 6 - 2 * (object % 4) & 3);
        }
        return states.toString();
    }

    @Test
    @Covers({"H87", "G102", "G103", "G104", "G105", "G208", "K14"})
    void itFollowsEveryChange() throws IOException {
        try (Image image = create("followed", 8 * OBJECT)) {
            String map = "rbd_object_map." + image.id();
            image.write(OBJECT - 1, ByteBuffer.wrap(new byte[] {1, 2}));
            image.write(5 * OBJECT, ByteBuffer.wrap(new byte[] {1}));
            assertThat(states(map)).isEqualTo("11000100");
            image.createSnapshot("a");
            assertThat(states(map)).isEqualTo("33000300");
            image.write(0, ByteBuffer.wrap(new byte[] {1}));
            image.discard(5 * OBJECT, OBJECT);
            image.discard(6 * OBJECT, OBJECT);
            assertThat(states(map)).isEqualTo("13000000");
            image.createSnapshot("b");
            image.write(3 * OBJECT, ByteBuffer.wrap(new byte[] {1}));
            assertThat(states(map)).isEqualTo("33010000");
            image.removeSnapshot("b");
            assertThat(states(map)).isEqualTo("13010000");
            image.resize(3 * OBJECT, Progress.NONE);
            assertThat(states(map)).isEqualTo("130");
            image.resize(5 * OBJECT, Progress.NONE);
            assertThat(states(map)).isEqualTo("13000");
            image.rollBack("a", Progress.NONE);
            assertThat(states(map)).isEqualTo("11000100");
            client.rbd("object-map", "check", "--no-progress", client.spec("followed") + "@a");
        }
        client.rbd("object-map", "check", "--no-progress", client.spec("followed"));
        assertThat(client.rbd("info", client.spec("followed")).text()).doesNotContain("invalid");
    }

    @Test
    @Covers({"H88", "K14"})
    void aMapThatIsTakenAwayBecomesInvalidAndWritesGoOn() throws IOException {
        try (Image image = create("taken", 4 * OBJECT)) {
            image.write(0, ByteBuffer.wrap(new byte[] {1}));
            breakLock("rbd_object_map." + image.id(), "");
            image.write(OBJECT, ByteBuffer.wrap(new byte[] {2}));
            image.write(2 * OBJECT, ByteBuffer.wrap(new byte[] {3}));
            assertThat(client.rbd("info", client.spec("taken")).text())
                    .contains("flags: object map invalid, fast diff invalid");
            byte[] bytes = TestClient.read(image);
            assertThat(new byte[] {bytes[0], bytes[OBJECT], bytes[2 * OBJECT]}).containsExactly(1, 2, 3);
            image.rebuildObjectMap(Progress.NONE);
        }
        client.rbd("object-map", "check", "--no-progress", client.spec("taken"));
        assertThat(client.rbd("info", client.spec("taken")).text()).doesNotContain("invalid");
    }

    /**
     * Checks that a client that has lost both locks may not even mark the map: its write fails, and changes nothing.
     */
    @Test
    @Covers("H88")
    void withoutTheImagesLockAWriteThatNeedsTheMapFails() throws IOException {
        try (Image image = create("lost", 4 * OBJECT)) {
            image.write(0, ByteBuffer.wrap(new byte[] {1}));
            String cookie = client.cluster
                    .run("rados", "-p", client.pool.name(), "lock", "info", "rbd_header." + image.id(), "rbd_lock")
                    .replaceAll("(?s).*\"cookie\": ?\"([^\"]*)\".*", "$1");
            breakLock("rbd_object_map." + image.id(), "");
            breakLock("rbd_header." + image.id(), cookie);
            RadosException failed = catchThrowableOfType(
                    RadosException.class, () -> image.write(OBJECT, ByteBuffer.wrap(new byte[] {2})));
            assertThat(failed.errno()).isEqualTo(Errno.EBUSY);
            assertThat(client.rbd("info", client.spec("lost")).text()).doesNotContain("invalid");
        }
        assertThat(client.exported(client.spec("lost"))).startsWith((byte) 1, (byte) 0);
        client.rbd("object-map", "check", "--no-progress", client.spec("lost"));
    }

    private void breakLock(String object, String cookie) throws IOException {
        client.cluster
                .exec(
                        "rados",
                        "-p",
                        client.pool.name(),
                        "lock",
                        "break",
                        object,
                        "rbd_lock",
                        "client." + client.rados.instanceId(),
                        "--lock-cookie",
                        cookie)
                .succeeded();
    }

    @Test
    @Covers({"H20", "H21", "G07", "G25", "G61", "G62", "G100", "G101"})
    void mapsAreRebuiltAndCheckedAsTheNativeToolDoes() throws IOException {
        String id;
        try (Image image = create("rebuilt", 8 * OBJECT)) {
            id = image.id();
            image.write(0, ByteBuffer.wrap(TestClient.bytes(6, 3 * OBJECT)));
            image.createSnapshot("one");
            image.write(OBJECT, ByteBuffer.wrap(new byte[] {1}));
            image.discard(2 * OBJECT, OBJECT);
            image.createSnapshot("two");
            image.write(5 * OBJECT, ByteBuffer.wrap(new byte[] {1}));
            assertThat(image.checkObjectMap(Optional.empty(), Progress.NONE)).isTrue();
            assertThat(image.checkObjectMap(Optional.of("one"), Progress.NONE)).isTrue();
        }
        String map = "rbd_object_map." + id;
        byte[] right = TestClient.bytes(client, map);
        client.cluster
                .exec("rados", "-p", client.pool.name(), "truncate", map, "20")
                .succeeded();
        try (Image image = client.rbd.open("rebuilt")) {
            image.write(7 * OBJECT, ByteBuffer.wrap(new byte[] {1}));
            image.refresh();
            assertThat(image.info().flags()).isEqualTo(3);
            image.rebuildObjectMap(Progress.NONE);
            assertThat(image.info().flags()).isZero();
            image.discard(7 * OBJECT, OBJECT);
        }
        assertThat(TestClient.bytes(client, map)).isEqualTo(right);
        client.rbd("object-map", "check", "--no-progress", client.spec("rebuilt"));
        for (String snapshot : new String[] {"@one", "@two"}) {
            client.rbd("object-map", "check", "--no-progress", client.spec("rebuilt") + snapshot);
        }
        assertThat(client.rbd("info", client.spec("rebuilt")).text()).doesNotContain("invalid");
    }

    @Test
    @Covers("H89")
    void aLockThatADeadOwnerLeftOnTheMapIsBroken() throws IOException {
        try (Image image = create("left", OBJECT)) {
            String map = "rbd_object_map." + image.id();
            client.cluster
                    .exec("rados", "-p", client.pool.name(), "lock", "get", map, "rbd_lock", "--lock-cookie", "dead")
                    .succeeded();
            image.write(0, ByteBuffer.wrap(new byte[] {1}));
            assertThat(client.cluster.run("rados", "-p", client.pool.name(), "lock", "info", map, "rbd_lock"))
                    .doesNotContain("dead")
                    .contains("client." + client.rados.instanceId());
        }
        assertThat(client.rbd("info", client.spec("left")).text()).doesNotContain("invalid");
    }
}
