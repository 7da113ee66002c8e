package io.jrados.rbd;

import static org.assertj.core.api.Assertions.assertThat;

import io.jrados.error.RadosException;
import io.jrados.osd.op.WriteOperation;
import io.jrados.rados.Pool;
import io.jrados.rbd.format.BitVector;
import io.jrados.rbd.format.ObjectMapCalls;
import io.jrados.rbd.format.ObjectNames;
import io.jrados.rbd.format.ObjectState;
import io.jrados.rbd.header.ClassCalls;
import io.jrados.rbd.model.Progress;
import io.jrados.testkit.CephCluster;
import io.jrados.testkit.CephTest;
import io.jrados.testkit.Covers;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Object maps that are wrong, of the head and of a snapshot: a check finds it and marks the map as invalid, nothing is
 * believed from then on, and after a rebuild, by either side, the other finds the map right.
 */
@CephTest
@Timeout(180)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DamagedObjectMapTest {
    private static final Duration TRIMMED_WITHIN = Duration.ofSeconds(60);
    private static final int PART = 1 << 18;
    private static final int OBJECTS = 40;

    private TestClient client;
    private String name = "";
    private String id = "";
    private byte[] content = {};

    @BeforeAll
    void connect(CephCluster cluster) throws IOException {
        client = new TestClient(cluster, cluster.pool(DamagedObjectMapTest.class), TestClient.Mode.CRC);
    }

    @AfterAll
    void disconnect() {
        client.close();
    }

    /** The damage that is done to a map. */
    private enum Damage {
        GARBAGE {
            @Override
            void wreck(Pool pool, String map) throws RadosException {
                pool.writeFull(map, ByteBuffer.wrap(new byte[] {1, 2}));
            }
        },
        EMPTY {
            @Override
            void wreck(Pool pool, String map) throws RadosException {
                pool.writeFull(map, ByteBuffer.allocate(0));
            }
        },
        GONE {
            @Override
            void wreck(Pool pool, String map) throws RadosException {
                pool.remove(map);
            }
        },
        LONGER {
            @Override
            void wreck(Pool pool, String map) throws RadosException {
                ClassCalls.write(pool, map, ObjectMapCalls.resize(1000, ObjectState.NONEXISTENT));
            }
        },
        SHORTER {
            @Override
            void wreck(Pool pool, String map) throws RadosException {
                save(pool, map, 2, ObjectState.EXISTS);
            }
        },
        DENIES_ALL {
            @Override
            void wreck(Pool pool, String map) throws RadosException {
                save(pool, map, OBJECTS, ObjectState.NONEXISTENT);
            }
        },
        CLAIMS_ALL {
            @Override
            void wreck(Pool pool, String map) throws RadosException {
                save(pool, map, OBJECTS, ObjectState.EXISTS);
            }
        },
        A_FLIPPED_BIT {
            @Override
            void wreck(Pool pool, String map) throws RadosException {
                byte[] first = new byte[1];
                pool.read(map, 14, ByteBuffer.wrap(first));
                pool.operate(
                        map, new WriteOperation().write(14, ByteBuffer.wrap(new byte[] {(byte) (first[0] ^ 0x40)})));
            }
        };

        abstract void wreck(Pool pool, String map) throws RadosException;

        /**
         * A map that is too long is an interrupted resize's; one that says too often that an object may exist is slow.
         */
        boolean isHarmless(boolean ofSnapshot) {
            return this == LONGER || ofSnapshot && this == CLAIMS_ALL;
        }

        /** Tells whether a reader sees that it is wrong; of the others the header must say so. */
        boolean isEvident() {
            return this == GARBAGE || this == EMPTY || this == GONE || this == SHORTER;
        }

        private static void save(Pool pool, String map, int objects, ObjectState all) throws RadosException {
            ClassCalls.write(pool, map, ObjectMapCalls.save(new BitVector(objects, all)));
        }
    }

    /** Natively made, with two parts, a snapshot, and another two parts. */
    private void make(String wanted) throws IOException {
        name = wanted;
        content = Arrays.copyOf(TestClient.bytes(1, 4 * PART), OBJECTS * PART);
        Arrays.fill(content, PART, 3 * PART, (byte) 0);
        client.imported(content, client.spec(name), "--object-size", "256K");
        client.rbd("snap", "create", "--no-progress", client.spec(name + "@s"));
        try (Image image = client.rbd.open(name)) {
            id = image.id();
            write(image, PART, 7);
        }
    }

    private void write(Image image, int offset, int value) throws IOException {
        byte[] data = TwoClients.filled(value, PART);
        image.write(offset, ByteBuffer.wrap(data));
        System.arraycopy(data, 0, content, offset, PART);
    }

    private boolean isInvalid(String spec) throws IOException {
        return Json.of(client, "info", client.spec(spec))
                .get("flags")
                .toString()
                .contains("object map invalid");
    }

    private void checkNatively() throws IOException {
        for (String spec : new String[] {name, name + "@s"}) {
            client.rbd("object-map", "check", "--no-progress", client.spec(spec));
            assertThat(isInvalid(spec)).as(spec).isFalse();
        }
    }

    private void check() throws IOException {
        try (Image image = client.rbd.open(name)) {
            assertThat(image.checkObjectMap(Optional.empty(), Progress.NONE)).isTrue();
            assertThat(image.checkObjectMap(Optional.of("s"), Progress.NONE)).isTrue();
        }
    }

    @ParameterizedTest
    @EnumSource(Damage.class)
    @Covers({"H20", "H21", "H88", "G25", "G62", "H87"})
    void ofTheHead(Damage damage) throws IOException {
        make("head-" + damage);
        damage.wreck(client.pool, ObjectNames.objectMap(id));
        try (Image image = client.rbd.open(name)) {
            assertThat(image.checkObjectMap(Optional.empty(), Progress.NONE)).isEqualTo(damage.isHarmless(false));
            assertThat(isInvalid(name)).isNotEqualTo(damage.isHarmless(false));
            assertThat(isInvalid(name + "@s")).isFalse();
            assertThat(TestClient.read(image)).isEqualTo(content);
            write(image, 2 * PART, 8);
            image.discard(3 * PART, PART);
            Arrays.fill(content, 3 * PART, 4 * PART, (byte) 0);
            assertThat(TestClient.read(image)).isEqualTo(content);
        }
        repairAndCheck(damage.ordinal() % 2 == 0, name);
    }

    @ParameterizedTest
    @EnumSource(Damage.class)
    @Covers({"H20", "H21", "H88", "G25", "G62"})
    void ofASnapshot(Damage damage) throws IOException {
        make("snapshot-" + damage);
        byte[] before = client.exported(client.spec(name + "@s"));
        long snapId;
        try (Image image = client.rbd.openReadOnly(name)) {
            snapId = image.snapshots().get(0).id();
        }
        damage.wreck(client.pool, ObjectNames.objectMap(id, snapId));
        try (Image image = client.rbd.open(name)) {
            assertThat(image.checkObjectMap(Optional.of("s"), Progress.NONE)).isEqualTo(damage.isHarmless(true));
            assertThat(isInvalid(name + "@s")).isNotEqualTo(damage.isHarmless(true));
            write(image, 2 * PART, 9);
        }
        try (Image snapshot = client.rbd.openSnapshot(name, "s")) {
            assertThat(TestClient.read(snapshot)).isEqualTo(before);
        }
        if (damage.isHarmless(true)) {
            checkNatively();
        }
        repairAndCheck(damage.ordinal() % 2 == 0, name + "@s");
    }

    /** An object that both maps call absent would not be rolled back. */
    @ParameterizedTest
    @EnumSource(
            value = Damage.class,
            names = {"SHORTER", "GONE", "DENIES_ALL", "CLAIMS_ALL"})
    @Covers({"H53", "H88", "K14"})
    void aRollbackDoesNotBelieveASnapshotsWrongMap(Damage damage) throws IOException {
        make("rolled-" + damage);
        content = client.exported(client.spec(name + "@s"));
        try (Image image = client.rbd.open(name)) {
            image.discard(3 * PART, PART);
            image.write(2 * PART, ByteBuffer.wrap(TwoClients.filled(9, PART)));
            damage.wreck(
                    client.pool,
                    ObjectNames.objectMap(id, image.snapshots().get(0).id()));
            if (!damage.isEvident()) {
                assertThat(image.checkObjectMap(Optional.of("s"), Progress.NONE))
                        .isEqualTo(damage.isHarmless(true));
            }
            image.rollBack("s", Progress.NONE);
            assertThat(TestClient.read(image)).isEqualTo(content);
            assertThat(client.exported(client.spec(name))).isEqualTo(content);
            assertThat(isInvalid(name)).isNotEqualTo(damage.isHarmless(true));
            image.rebuildObjectMap(Progress.NONE);
        }
        checkNatively();
    }

    /**
     * Changes of the snapshot count as changes of the head from then on; without its map nobody knows what that was.
     */
    @ParameterizedTest
    @EnumSource(
            value = Damage.class,
            names = {"GARBAGE", "GONE", "DENIES_ALL"})
    @Covers({"H47", "H88", "K14"})
    void removingASnapshotWithAWrongMapMakesTheNextMapInvalid(Damage damage) throws IOException {
        make("removed-" + damage);
        try (Image image = client.rbd.open(name)) {
            write(image, 2 * PART, 8);
            image.createSnapshot("t");
            damage.wreck(
                    client.pool,
                    ObjectNames.objectMap(id, image.snapshots().get(1).id()));
            if (!damage.isEvident()) {
                assertThat(image.checkObjectMap(Optional.of("t"), Progress.NONE))
                        .isFalse();
            }
            image.removeSnapshot("t");
            assertThat(isInvalid(name)).isTrue();
            assertThat(isInvalid(name + "@s")).isFalse();
            image.rebuildObjectMap(Progress.NONE);
        }
        checkNatively();
    }

    private void repairAndCheck(boolean ours, String damaged) throws IOException {
        if (ours) {
            try (Image image = client.rbd.open(name)) {
                image.rebuildObjectMap(Progress.NONE);
                assertThat(image.info().flags()).isZero();
            }
        } else {
            client.rbd("object-map", "rebuild", "--no-progress", client.spec(damaged));
        }
        checkNatively();
        check();
        checkNatively();
        assertThat(client.exported(client.spec(name))).isEqualTo(content);
        client.rbd("snap", "purge", "--no-progress", client.spec(name));
        client.rbd("rm", "--no-progress", client.spec(name));
        assertNothingLeft();
    }

    /** OSDs list an object that a snapshot had until they have trimmed it. */
    private void assertNothingLeft() throws IOException {
        long deadline = System.nanoTime() + TRIMMED_WITHIN.toNanos();
        List<String> left = partsLeft();
        while (!left.isEmpty() && System.nanoTime() < deadline) {
            left = partsLeft();
        }
        assertThat(left).isEmpty();
    }

    private List<String> partsLeft() throws IOException {
        List<String> left = new ArrayList<>();
        for (String object : client.pool.objects()) {
            if (object.contains(id)) {
                left.add(object);
            }
        }
        return left;
    }
}
