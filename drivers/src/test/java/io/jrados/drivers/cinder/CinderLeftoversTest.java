package io.jrados.drivers.cinder;

import static io.jrados.drivers.Clusters.assertEmpty;
import static io.jrados.drivers.Clusters.data;
import static io.jrados.drivers.cinder.CinderFixture.GIB;
import static io.jrados.drivers.cinder.CinderFixture.MIB;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.jrados.disk.DiskImages;
import io.jrados.disk.model.DiskStream;
import io.jrados.drivers.cinder.model.CinderOptions;
import io.jrados.drivers.cinder.model.DeletePolicy;
import io.jrados.drivers.cinder.model.MigrationTarget;
import io.jrados.drivers.cinder.model.QosSpecs;
import io.jrados.drivers.cinder.model.Volume;
import io.jrados.drivers.cinder.model.VolumeType;
import io.jrados.rbd.Image;
import io.jrados.rbd.Rbd;
import io.jrados.rbd.model.ImageOptions;
import io.jrados.rbd.model.Progress;
import io.jrados.rbd.model.SnapshotInfo;
import io.jrados.testkit.CephCluster;
import io.jrados.testkit.CephTest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The images and snapshots that copies of disk images, migrations and refusals leave. */
@CephTest
class CinderLeftoversTest {
    private CephCluster cluster;
    private CinderFixture cinder;
    private CinderVolumes volumes;

    @BeforeEach
    void connect(CephCluster theCluster) throws IOException {
        cluster = theCluster;
        cinder = new CinderFixture(cluster, cluster.pool(CinderLeftoversTest.class), "rbd_default_clone_format", "2");
        volumes = cinder.volumes;
    }

    @AfterEach
    void disconnect() throws IOException {
        cinder.close();
        cluster.run("rados", "purge", cinder.pool, "--yes-i-really-really-mean-it");
    }

    private static DiskStream raw(byte[] bytes) throws IOException {
        return DiskImages.stream(Channels.newChannel(new ByteArrayInputStream(bytes)), bytes.length, 64 << 20);
    }

    /** A client died between the two renames of a copy; then the volume is deleted. */
    @Test
    void theDeletionOfAVolumeTakesWhatADeadCopyLeft() throws IOException {
        volumes.create("volume-1", 1);
        cinder.write("volume-1", data(1, 3 * MIB));
        cinder.rbd().rename("volume-1", "volume-1.replaced");
        cinder.rbd().create("volume-1.import", GIB, ImageOptions.DEFAULT);
        volumes.delete("volume-1");
        volumes.purge();
        volumes.releaseUnusedParents(Duration.ZERO);
        assertThat(cinder.rbd().list()).isEmpty();
    }

    /** A client died after the second rename. */
    @Test
    void theDeletionOfAVolumeTakesTheOneThatItReplaced() throws IOException {
        volumes.create("volume-1", 1);
        cinder.rbd().create("volume-1.replaced", GIB, ImageOptions.DEFAULT);
        volumes.delete("volume-1");
        volumes.purge();
        volumes.releaseUnusedParents(Duration.ZERO);
        assertThat(cinder.rbd().list()).isEmpty();
    }

    /** A snapshot was deleted while a clone hangs on it; then a disk image is copied over its volume. */
    @Test
    void aVolumeWithARemovedSnapshotThatHasAClone() throws IOException {
        byte[] old = data(1, 3 * MIB);
        byte[] fresh = data(2, MIB);
        volumes.create("volume-1", 1);
        cinder.write("volume-1", old);
        volumes.createSnapshot("volume-1", "snapshot-1");
        volumes.createFromSnapshot("volume-1", "snapshot-1", Volume.of("volume-2", 1));
        volumes.deleteSnapshot("volume-1", "snapshot-1");
        Throwable failed = catchThrowable(() -> {
            try (DiskStream stream = raw(fresh)) {
                volumes.copyImageToVolume(stream, Volume.of("volume-1", 1));
            }
        });
        boolean isNew = Arrays.equals(cinder.start("volume-1", MIB), fresh);
        // either refused and unchanged, or done
        assertThat(isNew).as("replaced, and told: " + failed).isEqualTo(failed == null);
        assertThat(cinder.start("volume-2", 3 * MIB)).isEqualTo(old);
        try (DiskStream stream = raw(fresh)) {
            volumes.copyImageToVolume(stream, Volume.of("volume-1", 1));
        }
        volumes.delete("volume-1");
        volumes.delete("volume-2");
        volumes.purge();
        assertEmpty(cluster, cinder.pool);
    }

    /** A volume that is a clone of another is filled with a disk image: the other's snapshot is released. */
    @Test
    void aCloneThatIsReplacedLetsItsSourceGo() throws IOException {
        volumes.create("volume-1", 1);
        cinder.write("volume-1", data(1, MIB));
        volumes.createClone("volume-1", Volume.of("volume-2", 1));
        volumes.delete("volume-1");
        try (DiskStream stream = raw(data(2, MIB))) {
            volumes.copyImageToVolume(stream, Volume.of("volume-2", 1));
        }
        volumes.delete("volume-2");
        assertThat(cinder.rbd().list()).as("without the sweep of what was left").isEmpty();
    }

    /** Limits of rates, and whatever else is in an image's metadata, move with the volume: librbd's copy takes it. */
    @Test
    void aVolumeThatMovesKeepsItsLimits() throws IOException {
        String other = cluster.pool(CinderLeftoversTest.class, "other");
        String fsid = cinder.rados.fsid().toString();
        VolumeType type = VolumeType.of(new QosSpecs(QosSpecs.Consumer.BACK_END, Map.of("total_iops_sec", "150")));
        Volume volume = Volume.of("volume-1", 1).withType(type);
        volumes.create(volume);
        try (Image image = cinder.rbd().open("volume-1")) {
            image.setMetadata("owner", "somebody".getBytes(StandardCharsets.UTF_8));
            assertThat(image.config("rbd_qos_iops_limit").value()).isEqualTo("150");
        }
        assertThat(volumes.migrate(
                        volume,
                        "available",
                        new MigrationTarget("ceph", Optional.of("ceph::" + fsid + ":cinder:" + other))))
                .isTrue();
        try (Image image = Rbd.on(cinder.rados.pool(other)).openReadOnly("volume-1")) {
            assertThat(image.metadata()).containsKey("owner");
            assertThat(image.config("rbd_qos_iops_limit").value()).isEqualTo("150");
        } finally {
            Rbd.on(cinder.rados.pool(other)).remove("volume-1", Progress.NONE);
        }
    }

    /** As item 56 says: nothing is changed when a volume with a user's snapshot is refused. */
    @Test
    void aRefusalForASnapshotChangesNothing() throws IOException {
        CinderVolumes strict = cinder.with(CinderOptions.DEFAULT.withDeletePolicy(DeletePolicy.STRICT));
        volumes.create("volume-1", 1);
        try (Image image = cinder.rbd().open("volume-1")) {
            image.createSnapshot("backup.b-1.snap.1");
            image.createSnapshot("mine");
        }
        Throwable failed = catchThrowable(() -> strict.delete("volume-1"));
        assertThat(failed).isNotNull();
        try (Image image = cinder.rbd().openReadOnly("volume-1")) {
            assertThat(image.snapshots()).extracting(SnapshotInfo::name).containsExactly("backup.b-1.snap.1", "mine");
        }
    }

    /** A volume that somebody has open is refused with its backups' snapshots. */
    @Test
    void aRefusalForAUserKeepsTheSnapshotsOfBackups() throws IOException {
        volumes.create("volume-1", 1);
        try (CinderFixture other = new CinderFixture(cluster, cinder.pool);
                Image open = other.rbd().open("volume-1")) {
            open.createSnapshot("backup.b-1.snap.1");
            assertThat(catchThrowable(() -> volumes.delete("volume-1"))).isNotNull();
            assertThat(open.snapshots()).extracting(SnapshotInfo::name).containsExactly("backup.b-1.snap.1");
        }
    }

    /** Snapshots of backups stay on a volume for good: they are no reason not to fill it anew (Cinder's reimage). */
    @Test
    void aVolumeThatWasBackedUpIsFilledAnew() throws IOException {
        byte[] fresh = data(2, MIB);
        volumes.create("volume-1", 1);
        try (Image image = cinder.rbd().open("volume-1")) {
            image.createSnapshot("backup.b-1.snap.1");
        }
        try (DiskStream stream = raw(fresh)) {
            volumes.copyImageToVolume(stream, Volume.of("volume-1", 1));
        }
        assertThat(cinder.start("volume-1", MIB)).isEqualTo(fresh);
    }
}
