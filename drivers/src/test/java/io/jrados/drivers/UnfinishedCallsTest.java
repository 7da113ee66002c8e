package io.jrados.drivers;

import static io.jrados.drivers.Clusters.assertEmpty;
import static io.jrados.drivers.Clusters.data;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jrados.conf.CephConf;
import io.jrados.drivers.cinder.CinderVolumes;
import io.jrados.drivers.cinder.model.CinderOptions;
import io.jrados.drivers.cinder.model.MigrationTarget;
import io.jrados.drivers.cinder.model.Volume;
import io.jrados.error.BusyException;
import io.jrados.error.Errno;
import io.jrados.error.RadosException;
import io.jrados.osd.op.WriteOperation;
import io.jrados.rados.OperationHook;
import io.jrados.rados.Rados;
import io.jrados.rados.Wait;
import io.jrados.rbd.Image;
import io.jrados.rbd.Rbd;
import io.jrados.rbd.model.ImageOptions;
import io.jrados.rbd.model.Progress;
import io.jrados.testkit.CephCluster;
import io.jrados.testkit.CephTest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Calls that died, or that another client overtook: what is another's stays, and the next call ends the rest. */
@CephTest
class UnfinishedCallsTest {
    private static final int MIB = 1 << 20;

    private CephCluster cluster;
    private String pool;
    private Rados rados;
    private Rbd rbd;

    @BeforeEach
    void connect(CephCluster theCluster) throws IOException {
        cluster = theCluster;
        pool = cluster.pool(UnfinishedCallsTest.class);
        rados = Clusters.connect(cluster, "crc");
        rbd = Rbd.on(rados.pool(pool));
    }

    @AfterEach
    void close() {
        rados.close();
    }

    private CinderVolumes volumes(DriverEvent.Hook hook) throws IOException {
        return new CinderVolumes(
                rados, CinderOptions.DEFAULT.withPool(pool).withBusyBudget(Duration.ofSeconds(3)), hook);
    }

    private void write(String name, byte[] bytes) throws IOException {
        try (Image image = rbd.open(name)) {
            image.write(0, ByteBuffer.wrap(bytes));
        }
    }

    /** Another client took the volume for left over and has made its own by now: the one that is slow leaves that. */
    @Test
    void aCallThatWasOvertakenLeavesTheOthersVolume() throws Exception {
        CinderVolumes plain = volumes(DriverEvent.Hook.NONE);
        plain.create("volume-1", 1);
        plain.createSnapshot("volume-1", "s");
        byte[] others = data(7, MIB);
        CinderVolumes slow = volumes(event -> {
            if (event.step().equals("cloned")) {
                try {
                    rbd.remove("volume-2", Progress.NONE);
                    rbd.create("volume-2", MIB, ImageOptions.DEFAULT);
                    write("volume-2", others);
                } catch (IOException failed) {
                    throw new AssertionError(failed);
                }
            }
        });
        assertThatThrownBy(() -> slow.createFromSnapshot("volume-1", "s", "volume-2", 1))
                .isInstanceOf(DriverException.class)
                .hasMessageContaining("another client has begun again");
        assertThatThrownBy(() -> slow.createClone("volume-1", "volume-2", 1)).isInstanceOf(DriverException.class);
        try (Image kept = rbd.openReadOnly("volume-2")) {
            ByteBuffer read = ByteBuffer.allocate(MIB);
            kept.read(0, read);
            assertThat(read.array()).isEqualTo(others);
        }
        plain.delete("volume-2");
        plain.deleteSnapshot("volume-1", "s");
        plain.delete("volume-1");
        assertEmpty(cluster, pool);
    }

    /** A mark that another call has claimed is that one's: the image will be removed, and its maker hears so. */
    @Test
    void aMarkThatAnotherHasClaimedIsNotTakenOff() throws Exception {
        UnfinishedMark maker = new UnfinishedMark("jrados.test");
        rbd.create("image", MIB, maker.on(ImageOptions.DEFAULT));
        try (Image image = rbd.openReadOnly("image")) {
            maker.confirm(image);
        }
        assertThat(new UnfinishedMark("jrados.test").claim(rbd, "image")).isTrue();
        try (Image image = rbd.openReadOnly("image")) {
            assertThatThrownBy(() -> maker.remove(image))
                    .isInstanceOfSatisfying(RadosException.class, failed -> assertThat(failed.errno())
                            .isEqualTo(Errno.ECANCELED));
            assertThat(image.metadata()).containsKey("jrados.test");
        }
        rbd.remove("image", Progress.NONE);
    }

    /** A move to the trash that died left the name in the directory: snapshots forbid a removal, the trash takes it. */
    @Test
    void aMoveToTheTrashThatDiedIsEnded() throws Exception {
        CinderVolumes volumes = volumes(DriverEvent.Hook.NONE);
        volumes.create("volume-1", 1);
        String id;
        try (Image image = rbd.open("volume-1")) {
            id = image.id();
            image.createSnapshot("people's");
        }
        rados.pool(pool).operate("rbd_id.volume-1", new WriteOperation().delete());
        assertThat(cluster.run("rados", "-p", pool, "listomapkeys", "rbd_directory"))
                .contains("name_volume-1");
        volumes.delete("volume-1");
        assertThat(rbd.list()).isEmpty();
        assertThat(cluster.run("rbd", "trash", "ls", "--all", pool)).contains(id);
        cluster.run("rbd", "trash", "restore", "-p", pool, "--image", "back", id);
        cluster.run("rbd", "snap", "purge", "--no-progress", pool + "/back");
        cluster.run("rbd", "rm", "--no-progress", pool + "/back");
    }

    /** An Error of the user's hook changes nothing of the call. */
    @Test
    void aHookThatThrowsAnErrorDoesNotUndoTheCall() throws Exception {
        CinderVolumes volumes = volumes(event -> {
            throw new AssertionError("of the user's");
        });
        volumes.create("volume-1", 1);
        volumes.createClone("volume-1", "volume-2", 1);
        assertThat(rbd.list()).containsExactly("volume-1", "volume-2");
        volumes.delete("volume-2");
        volumes.delete("volume-1");
        assertEmpty(cluster, pool);
    }

    /** A client whose operations fail from the step on that is named. */
    private Rados dyingAt(String step, AtomicReference<DriverEvent.Hook> events) throws IOException {
        AtomicBoolean dead = new AtomicBoolean();
        events.set(event -> {
            if (event.step().equals(step)) {
                dead.set(true);
            }
        });
        OperationHook death = new OperationHook() {
            @Override
            public void before(String inPool, String object, boolean write) throws RadosException {
                if (dead.get()) {
                    throw new RadosException(Errno.EIO, "the client is dead, at " + object);
                }
            }
        };
        return Wait.on(Rados.builder(CephConf.load(cluster.conf())).hook(death).connectAsync());
    }

    private MigrationTarget target(String other) {
        return new MigrationTarget("ceph", Optional.of("ceph::" + rados.fsid() + ":cinder:" + other));
    }

    private void assertContent(String inPool, byte[] bytes) throws IOException {
        assertThat(Clusters.start(cluster, inPool + "/volume-1", bytes.length)).isEqualTo(bytes);
    }

    private void dieMoving(String step, String other) throws IOException {
        AtomicReference<DriverEvent.Hook> events = new AtomicReference<>();
        try (Rados dying = dyingAt(step, events)) {
            CinderVolumes dead = new CinderVolumes(dying, CinderOptions.DEFAULT.withPool(pool), events.get());
            assertThatThrownBy(() -> dead.migrate(Volume.of("volume-1", 1), "available", target(other)))
                    .hasStackTraceContaining("the client is dead");
        }
    }

    /** The copy is whole, and the volume is there still: it is copied again, for it may have changed. */
    @Test
    void aMoveThatDiedBetweenCopyAndDeletionIsDoneAnew() throws Exception {
        String other = cluster.pool(UnfinishedCallsTest.class, "other");
        CinderVolumes volumes = volumes(DriverEvent.Hook.NONE);
        volumes.create("volume-1", 1);
        write("volume-1", data(3, MIB));
        dieMoving("copied", other);
        write("volume-1", data(4, MIB));
        assertThat(volumes.migrate(Volume.of("volume-1", 1), "available", target(other)))
                .isTrue();
        assertMoved(other, data(4, MIB));
    }

    /** While somebody has the copy open, who may be moving it, it is nobody else's; then the move is ended. */
    @Test
    void aMoveThatDiedAfterTheDeletionKeepsTheCopy() throws Exception {
        String other = cluster.pool(UnfinishedCallsTest.class, "other");
        CinderVolumes volumes = volumes(DriverEvent.Hook.NONE);
        volumes.create("volume-1", 1);
        write("volume-1", data(3, MIB));
        dieMoving("removed", other);
        assertThat(rbd.list()).isEmpty();
        Image open = Rbd.on(rados.pool(other)).open("volume-1");
        try (open) {
            assertThatThrownBy(() -> volumes.migrate(Volume.of("volume-1", 1), "available", target(other)))
                    .isInstanceOf(BusyException.class)
                    .hasMessageContaining("another client");
        }
        assertThat(volumes.migrate(Volume.of("volume-1", 1), "available", target(other)))
                .isTrue();
        assertMoved(other, data(3, MIB));
    }

    private void assertMoved(String other, byte[] bytes) throws IOException {
        assertThat(rbd.list()).isEmpty();
        assertContent(other, bytes);
        Rbd there = Rbd.on(rados.pool(other));
        try (Image moved = there.openReadOnly("volume-1")) {
            assertThat(moved.metadata()).isEmpty();
        }
        there.remove("volume-1", Progress.NONE);
        assertEmpty(cluster, pool);
        assertEmpty(cluster, other);
    }

    /** Another client moves the volume between this one's copy and its deletion: the volume is where it put it. */
    @Test
    void aMoveThatWasOvertakenLeavesTheOthersCopy() throws Exception {
        String other = cluster.pool(UnfinishedCallsTest.class, "other");
        CinderVolumes plain = volumes(DriverEvent.Hook.NONE);
        plain.create("volume-1", 1);
        write("volume-1", data(3, MIB));
        CinderVolumes slow = volumes(event -> {
            if (event.step().equals("copied")) {
                try {
                    plain.migrate(Volume.of("volume-1", 1), "available", target(other));
                } catch (IOException failed) {
                    throw new AssertionError(failed);
                }
            }
        });
        assertThatThrownBy(() -> slow.migrate(Volume.of("volume-1", 1), "available", target(other)))
                .isInstanceOf(DriverException.class)
                .hasMessageContaining("another client's by now");
        assertMoved(other, data(3, MIB));
    }
}
