package io.jrados.drivers;

import static io.jrados.drivers.Clusters.assertEmpty;
import static io.jrados.drivers.Clusters.data;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jrados.drivers.cinder.CinderVolumes;
import io.jrados.drivers.cinder.model.CinderOptions;
import io.jrados.error.Errno;
import io.jrados.error.RadosException;
import io.jrados.osd.op.WriteOperation;
import io.jrados.rados.Rados;
import io.jrados.rbd.Image;
import io.jrados.rbd.Rbd;
import io.jrados.rbd.model.ImageOptions;
import io.jrados.rbd.model.Progress;
import io.jrados.testkit.CephCluster;
import io.jrados.testkit.CephTest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
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
}
