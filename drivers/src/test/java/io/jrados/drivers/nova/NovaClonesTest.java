package io.jrados.drivers.nova;

import static io.jrados.drivers.Clusters.assertEmpty;
import static io.jrados.drivers.Clusters.data;
import static io.jrados.drivers.Clusters.export;
import static io.jrados.drivers.nova.NovaCluster.MIB;
import static io.jrados.drivers.nova.NovaCluster.assertFails;
import static org.assertj.core.api.Assertions.assertThat;

import io.jrados.drivers.Clusters;
import io.jrados.drivers.DriverException.Kind;
import io.jrados.drivers.nova.model.BaseImage;
import io.jrados.drivers.nova.model.DiskNames;
import io.jrados.rados.Rados;
import io.jrados.rbd.Image;
import io.jrados.rbd.Rbd;
import io.jrados.rbd.model.Progress;
import io.jrados.testkit.CephCluster;
import io.jrados.testkit.CephTest;
import io.jrados.testkit.Covers;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

@CephTest
@ParameterizedClass(name = "clone format {0}")
@ValueSource(ints = {1, 2})
class NovaClonesTest extends NovaStage {
    @Parameter
    private int format;

    @BeforeEach
    void connect(CephCluster cluster) throws IOException {
        connect(cluster, format);
    }

    @Test
    @Covers("O93")
    void item093_aDirectSnapshotOfARunningDisk() throws IOException {
        BaseImage image = at.glance.inPool("golden", data(96, 9 * MIB));
        create(image, 12L * MIB);
        String uri;
        try (Rados guest = Clusters.connect(at.cluster, "crc");
                Image running = Rbd.on(guest.pool(at.pool)).open(ROOT)) {
            running.write(5 * MIB, ByteBuffer.wrap(data(97, 3 * MIB)));
            uri = disks.snapshot(ROOT, "image 1", image.locations(), Progress.NONE);
            running.write(0, ByteBuffer.wrap(data(98, MIB)));
            running.flush();
        }
        assertThat(uri).isEqualTo("rbd://" + at.cluster.run("ceph", "fsid") + "/" + at.images + "/image%201/snap");
        assertThat(at.info(at.images + "/image 1")).doesNotContain("\"parent\"");
        assertThat(at.snapshots(at.images + "/image 1")).contains("\"name\":\"snap\"", "\"protected\":\"true\"");
        assertThat(at.snapshots(at.pool + "/" + ROOT)).isEqualTo("[]");
        byte[] expected = Arrays.copyOf(data(96, 9 * MIB), 12 * MIB);
        System.arraycopy(data(97, 3 * MIB), 0, expected, 5 * MIB, 3 * MIB);
        assertThat(export(at.cluster, at.images + "/image 1@snap")).isEqualTo(expected);
        assertThat(at.cluster.run("rbd", "image-meta", "ls", at.images + "/image 1"))
                .doesNotContain("unfinished");

        assertFails(Kind.DUPLICATE, () -> disks.snapshot(ROOT, "image 1", List.of(), Progress.NONE));
        assertThat(at.snapshots(at.pool + "/" + ROOT)).isEqualTo("[]");
        assertThat(export(at.cluster, at.images + "/image 1@snap")).isEqualTo(expected);
        disks.discardSnapshot(uri);
        disks.discardSnapshot(uri);
        assertThat(at.list(at.images)).containsExactly("golden");
    }

    @Test
    @Covers("O97")
    void item097_deleteTakesWhatNovaLeft() throws IOException {
        BaseImage image = at.glance.inPool("golden", data(106, MIB));
        create(image);
        disks.create(DiskNames.root(OTHER), image, at.glance, Progress.NONE);
        disks.importFile(DiskNames.of(INSTANCE, DiskNames.SWAP), channel(new byte[MIB]), Progress.NONE);
        disks.finishResize(ROOT, 0, Progress.NONE);
        // as a direct snapshot leaves it that died
        String left = at.pool + "/" + ROOT + "@0123456789abcdef0123456789abcdef";
        at.cluster.run("rbd", "snap", "create", "--no-progress", left);
        at.cluster.run("rbd", "snap", "protect", left);
        disks.delete(INSTANCE, Progress.NONE);
        assertThat(at.list(at.pool)).containsExactly(DiskNames.root(OTHER));
        disks.delete(INSTANCE, Progress.NONE);
        disks.delete(OTHER, Progress.NONE);
    }

    @Test
    @Covers("O98")
    void item098_anUnshelvedDiskLetsItsImageGo() throws IOException {
        BaseImage image = at.glance.inPool("shelved", data(108, 5 * MIB));
        create(image, 8L * MIB);
        disks.flatten(ROOT, Progress.NONE);
        assertThat(at.disk(ROOT)).doesNotContain("\"parent\"");
        at.glance.delete(image);
        assertEmpty(at.cluster, at.images);
        disks.flatten(ROOT, Progress.NONE);
        assertThat(export(at.cluster, at.pool + "/" + ROOT)).isEqualTo(Arrays.copyOf(data(108, 5 * MIB), 8 * MIB));
    }
}
