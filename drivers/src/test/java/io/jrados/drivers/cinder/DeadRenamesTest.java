package io.jrados.drivers.cinder;

import static io.jrados.drivers.Clusters.assertEmpty;
import static io.jrados.drivers.Clusters.data;
import static io.jrados.drivers.cinder.CinderFixture.MIB;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jrados.disk.DiskImages;
import io.jrados.disk.model.DiskStream;
import io.jrados.drivers.DeadRemoval;
import io.jrados.drivers.cinder.model.Volume;
import io.jrados.osd.op.WriteOperation;
import io.jrados.rados.Pool;
import io.jrados.rbd.Image;
import io.jrados.testkit.CephCluster;
import io.jrados.testkit.CephTest;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Clients that died while they gave an image another name. The new name's object comes first, then the entry in the
 * directory, then the old name's object goes (src/librbd/operation/RenameRequest.cc): until then one image has two
 * names.
 */
@CephTest
class DeadRenamesTest {
    private static final byte[] OLD = data(1, MIB);
    private static final byte[] NEW = data(2, MIB);

    private CephCluster cluster;
    private CinderFixture cinder;

    @BeforeEach
    void connect(CephCluster theCluster) throws IOException {
        cluster = theCluster;
        cinder = new CinderFixture(cluster, cluster.pool(DeadRenamesTest.class));
    }

    @AfterEach
    void nothingIsLeft() throws IOException {
        cinder.volumes.delete("volume-1");
        cinder.volumes.releaseUnusedParents(Duration.ZERO);
        assertEmpty(cluster, cinder.pool);
        assertThat(cinder.rbd().list()).isEmpty();
        cinder.close();
    }

    private void make(String name, byte[] content) throws IOException {
        cinder.volumes.create(name, 1);
        cinder.write(name, content);
    }

    /** Dies before the directory's turn. */
    private void beginToRename(String name, String newName) throws IOException {
        giveObject(newName, name);
    }

    /** Dies after the directory's turn. */
    private void almostRename(String name, String newName) throws IOException {
        cinder.rbd().rename(name, newName);
        giveObject(name, newName);
    }

    private void giveObject(String name, String like) throws IOException {
        byte[] id = idOf(like);
        ByteBuffer encoded = ByteBuffer.allocate(4 + id.length).order(ByteOrder.LITTLE_ENDIAN);
        encoded.putInt(id.length).put(id);
        Pool pool = cinder.rados.pool(cinder.pool);
        pool.operate("rbd_id." + name, new WriteOperation().create(true).exec("rbd", "set_id", encoded.array()));
    }

    private byte[] idOf(String name) throws IOException {
        try (Image image = cinder.rbd().openReadOnly(name)) {
            return image.id().getBytes(StandardCharsets.US_ASCII);
        }
    }

    /** A second call, which fails when it has ended what the first began: the volume has all that it had. */
    private void assertKeeps(byte[] content) throws IOException {
        InputStream broken = new InputStream() {
            private int left = 64 << 10;

            @Override
            public int read() throws IOException {
                if (left-- == 0) {
                    throw new IOException("the disk image cannot be read");
                }
                return 0;
            }
        };
        assertThatThrownBy(() -> {
                    try (DiskStream stream = DiskImages.stream(Channels.newChannel(broken), MIB, 64 << 20)) {
                        cinder.volumes.copyImageToVolume(stream, Volume.of("volume-1", 1));
                    }
                })
                .isInstanceOf(IOException.class);
        assertThat(cinder.start("volume-1", MIB)).isEqualTo(content);
        assertThat(cinder.names()).containsExactly("volume-1");
    }

    @Test
    void aVolumeThatWasBeingSetAsideIsKept() throws IOException {
        make("volume-1", OLD);
        make("volume-1.import", NEW);
        beginToRename("volume-1", "volume-1.replaced");
        assertKeeps(OLD);
    }

    @Test
    void aVolumeThatWasSetAsideAllButItsOldNameIsKept() throws IOException {
        make("volume-1", OLD);
        make("volume-1.import", NEW);
        almostRename("volume-1", "volume-1.replaced");
        assertKeeps(OLD);
    }

    @Test
    void anImageThatWasTakingTheVolumesNameIsKept() throws IOException {
        make("volume-1.replaced", OLD);
        make("volume-1.import", NEW);
        beginToRename("volume-1.import", "volume-1");
        assertKeeps(NEW);
    }

    @Test
    void anImageThatHadTakenTheVolumesNameIsKept() throws IOException {
        make("volume-1.replaced", OLD);
        make("volume-1.import", NEW);
        almostRename("volume-1.import", "volume-1");
        assertKeeps(NEW);
    }

    /** The clone that it was set aside for went meanwhile: neither name stays. */
    @Test
    void aDeletionThatDiedSettingAVolumeAsideIsEnded() throws IOException {
        make("volume-1", OLD);
        beginToRename("volume-1", "volume-1.deleted");
        cinder.volumes.delete("volume-1");
        assertNoNames();
        make("volume-1", OLD);
        almostRename("volume-1", "volume-1.deleted");
        cinder.volumes.delete("volume-1");
        assertNoNames();
    }

    private void assertNoNames() throws IOException {
        assertEmpty(cluster, cinder.pool);
        assertThat(cluster.run("rados", "-p", cinder.pool, "listomapkeys", "rbd_directory"))
                .isBlank();
    }

    /** The removal of what was replaced had taken its name away: it is ended although there is no such image. */
    @Test
    void whatIsLeftOfARemovalBesideTheVolumeGoes() throws Exception {
        make("volume-1", NEW);
        for (String beside : new String[] {"volume-1.import", "volume-1.replaced"}) {
            make(beside, OLD);
            String id = new String(idOf(beside), StandardCharsets.US_ASCII);
            DeadRemoval.leave(cinder.rados.pool(cinder.pool), beside, id);
        }
        cinder.volumes.delete("volume-1");
        assertEmpty(cluster, cinder.pool);
        assertThat(cluster.run("rados", "-p", cinder.pool, "listomapkeys", "rbd_trash"))
                .isBlank();
    }
}
