package io.jrados.drivers.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.jrados.drivers.Clusters;
import io.jrados.drivers.DriverException;
import io.jrados.drivers.DriverException.Kind;
import io.jrados.drivers.backup.model.Backup;
import io.jrados.drivers.backup.model.BackupOptions;
import io.jrados.drivers.backup.model.BackupReport;
import io.jrados.drivers.backup.model.RbdVolume;
import io.jrados.rados.Rados;
import io.jrados.rbd.Image;
import io.jrados.rbd.Rbd;
import io.jrados.rbd.model.ImageOptions;
import io.jrados.rbd.model.Progress;
import io.jrados.testkit.CephCluster;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** A pool of volumes and one of backups, with what native tools say about both. Each test has volumes of its own. */
final class BackupPools implements AutoCloseable {
    static final int MIB = 1 << 20;
    static final long GIB = 1L << 30;

    final CephCluster cluster;
    final String volumes;
    final String backups;
    final Rados rados;
    final CephBackup driver;

    BackupPools(CephCluster cluster, Class<?> test) throws IOException {
        this.cluster = cluster;
        this.volumes = cluster.pool(test, "volumes");
        this.backups = cluster.pool(test, "backups");
        this.rados = Clusters.connect(cluster, "crc");
        this.driver = driver(BackupOptions.DEFAULT);
    }

    CephBackup driver(BackupOptions options) throws IOException {
        return new CephBackup(rados, options.withPool(backups).withBusyBudget(Duration.ofSeconds(2)));
    }

    Rbd images() throws IOException {
        return Rbd.on(rados.pool(volumes));
    }

    /** Makes an empty volume. */
    RbdVolume volume(String id, int gibibytes) throws IOException {
        images().create("volume-" + id, gibibytes * GIB, ImageOptions.DEFAULT);
        return RbdVolume.of(images(), id, gibibytes);
    }

    void write(RbdVolume volume, long offset, byte[] bytes) throws IOException {
        try (Image image = images().open(volume.name())) {
            image.write(offset, ByteBuffer.wrap(bytes));
        }
    }

    void discard(RbdVolume volume, long offset, long length) throws IOException {
        try (Image image = images().open(volume.name())) {
            image.discard(offset, length);
        }
    }

    /** Backs up, and returns the backup as Cinder's database would have it. */
    Backup make(Backup backup, RbdVolume volume) throws IOException {
        BackupReport report = driver.backup(backup, volume, Optional.empty(), Progress.NONE);
        assertThat(report.incremental()).isEqualTo(backup.parent().isPresent());
        return backup.withServiceMetadata(report.serviceMetadata());
    }

    /** The first bytes of a volume, or of a snapshot of it, by a native tool; there must be nothing behind. */
    byte[] volumeStart(String spec, int length) throws IOException {
        return Clusters.start(cluster, volumes + "/" + spec, length);
    }

    byte[] backupStart(String spec, int length) throws IOException {
        return Clusters.start(cluster, backups + "/" + spec, length);
    }

    /** Names of the snapshots by a native tool, oldest first. */
    List<String> snapshots(String pool, String image) throws IOException {
        return cluster.run("rbd", "snap", "ls", "--all", pool + "/" + image)
                .lines()
                .skip(1)
                .map(line -> line.trim().split(" +")[1])
                .toList();
    }

    /** Names of the base images of a volume's backups. */
    List<String> bases(String volumeId) throws IOException {
        return cluster.run("rbd", "ls", backups)
                .lines()
                .filter(name -> name.startsWith("volume-" + volumeId + "."))
                .toList();
    }

    /** Whether there is an object with a backup's metadata. */
    boolean hasMetadata(Backup backup) throws IOException {
        return cluster.run("rados", "-p", backups, "ls").lines().anyMatch(("backup." + backup.id() + ".meta")::equals);
    }

    long size(String spec) throws IOException {
        String json = cluster.run("rbd", "info", "--format", "json", spec);
        return Long.parseLong(json.replaceFirst(".*?\"size\":([0-9]+).*", "$1"));
    }

    static void assertFails(Kind kind, ThrowingCallable call) {
        assertThatThrownBy(call)
                .asInstanceOf(type(DriverException.class))
                .extracting(DriverException::kind)
                .isEqualTo(kind);
    }

    @Override
    public void close() throws IOException {
        rados.close();
    }
}
