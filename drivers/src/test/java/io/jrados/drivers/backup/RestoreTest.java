package io.jrados.drivers.backup;

import static io.jrados.drivers.Clusters.data;
import static io.jrados.drivers.backup.BackupPools.GIB;
import static io.jrados.drivers.backup.BackupPools.MIB;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.jrados.drivers.DriverException;
import io.jrados.drivers.DriverException.Kind;
import io.jrados.drivers.backup.model.Backup;
import io.jrados.drivers.backup.model.RbdVolume;
import io.jrados.drivers.backup.model.RestoreReport;
import io.jrados.drivers.backup.model.VolumeMetadata;
import io.jrados.rbd.model.Progress;
import io.jrados.testkit.CephCluster;
import io.jrados.testkit.CephTest;
import io.jrados.testkit.Covers;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@CephTest
class RestoreTest {
    private BackupPools pools;

    @BeforeEach
    void connect(CephCluster cluster) throws IOException {
        pools = new BackupPools(cluster, RestoreTest.class);
    }

    @AfterEach
    void close() throws IOException {
        pools.close();
    }

    @Test
    @Covers("O83")
    void item083_anEmptyVolumeTakesADiff() throws IOException {
        RbdVolume volume = pools.volume("83", 1);
        byte[] bytes = data(1, 9 * MIB);
        pools.write(volume, 0, bytes);
        Backup backup = pools.make(Backup.of("b-83", "83", 1), volume);
        RbdVolume equal = pools.volume("183", 1);
        assertThat(pools.driver.restore(backup, equal, Progress.NONE).differential())
                .isTrue();
        assertThat(pools.volumeStart("volume-183", bytes.length)).isEqualTo(bytes);
        assertThat(pools.size(pools.volumes + "/volume-183")).isEqualTo(GIB);
        RbdVolume larger = pools.volume("283", 2);
        assertThat(pools.driver.restore(backup, larger, Progress.NONE).differential())
                .isTrue();
        assertThat(pools.volumeStart("volume-283", bytes.length)).isEqualTo(bytes);
        assertThat(pools.size(pools.volumes + "/volume-283")).isEqualTo(2 * GIB);
    }

    @Test
    @Covers("O84")
    void item084_aVolumeWithDataIsWrittenFromBeginToEnd() throws IOException {
        RbdVolume volume = pools.volume("84", 1);
        byte[] bytes = data(2, 9 * MIB);
        pools.write(volume, 0, bytes);
        Backup backup = pools.make(Backup.of("b-84", "84", 1), volume);
        pools.write(volume, 3 * MIB, data(3, 30 * MIB));
        assertThat(pools.driver.restore(backup, volume, Progress.NONE).differential())
                .isFalse();
        assertThat(pools.volumeStart("volume-84", bytes.length)).isEqualTo(bytes);
        RbdVolume old = pools.volume("184", 2);
        pools.write(old, 7 * MIB, data(4, 5 * MIB));
        pools.write(old, GIB - MIB, data(5, 9 * MIB));
        assertThat(pools.driver.restore(backup, old, Progress.NONE).differential())
                .isFalse();
        assertThat(pools.volumeStart("volume-184", bytes.length)).isEqualTo(bytes);
        assertThat(pools.size(pools.volumes + "/volume-184")).isEqualTo(2 * GIB);
    }

    @Test
    @Covers("O85")
    void item085_zeroesBetweenDataKeepTheirPlace() throws IOException {
        RbdVolume volume = pools.volume("85", 1);
        byte[] bytes = new byte[100 * MIB];
        byte[] piece = data(6, 3 * MIB);
        for (int at : new int[] {0, 40 * MIB + 4096, 96 * MIB}) {
            System.arraycopy(piece, 0, bytes, at, piece.length);
            pools.write(volume, at, piece);
        }
        pools.write(volume, 60 * MIB, new byte[5 * MIB]);
        Backup backup = pools.make(Backup.of("b-85", "85", 1), volume);
        RbdVolume used = pools.volume("185", 1);
        pools.write(used, 50 * MIB, data(7, MIB));
        assertThat(pools.driver.restore(backup, used, Progress.NONE).differential())
                .isFalse();
        assertThat(pools.volumeStart("volume-185", bytes.length)).isEqualTo(bytes);
        Path file = Files.createTempFile("restored", ".raw");
        Files.write(file, data(8, 60 * MIB));
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            pools.driver.restore(backup, channel, 2, Progress.NONE);
            assertThat(channel.size()).isEqualTo(2 * GIB);
            byte[] start = new byte[bytes.length];
            assertThat(channel.read(ByteBuffer.wrap(start), 0)).isEqualTo(start.length);
            assertThat(start).isEqualTo(bytes);
            byte[] behind = new byte[MIB];
            assertThat(channel.read(ByteBuffer.wrap(behind), GIB)).isEqualTo(MIB);
            assertThat(behind).containsOnly(0);
        } finally {
            Files.delete(file);
        }
    }

    @Test
    @Covers("O89")
    void item089_aVolumeThatGrewBetweenItsBackups() throws IOException {
        RbdVolume volume = pools.volume("89", 1);
        byte[] bytes = data(9, 5 * MIB);
        pools.write(volume, 0, bytes);
        VolumeMetadata metadata = new VolumeMetadata(Map.of("display_name", "n"), Map.of("k", "v"), Map.of());
        Backup full = Backup.of("b-89", "89", 1);
        Backup first = full.withServiceMetadata(pools.driver
                .backup(full, volume, Optional.of(metadata), Progress.NONE)
                .serviceMetadata());
        pools.cluster.run("rbd", "resize", "--no-progress", "--size", "2G", pools.volumes + "/volume-89");
        RbdVolume grown = RbdVolume.of(pools.images(), "89", 2);
        pools.write(grown, GIB + 5, data(10, MIB));
        Backup second = pools.make(Backup.of("b-90", "89", 2).since(first), grown);
        assertThat(pools.size(pools.backups + "/volume-89.backup.b-89")).isEqualTo(2 * GIB);
        String old = pools.snapshots(pools.backups, "volume-89.backup.b-89").get(0);
        assertThat(pools.size(pools.backups + "/volume-89.backup.b-89@" + old)).isEqualTo(GIB);
        RestoreReport report = pools.driver.restore(first, pools.volume("189", 2), Progress.NONE);
        assertThat(report.differential()).isTrue();
        assertThat(report.metadata()).contains(metadata);
        assertThat(pools.size(pools.volumes + "/volume-189")).isEqualTo(2 * GIB);
        assertThat(pools.volumeStart("volume-189", bytes.length)).isEqualTo(bytes);
        RbdVolume small = pools.volume("289", 1);
        BackupPools.assertFails(Kind.INVALID_PARAMETER_VALUE, () -> pools.driver.restore(second, small, Progress.NONE));
        assertThat(pools.size(pools.volumes + "/volume-289")).isEqualTo(GIB);
    }

    @Test
    void metadataOfAnUnknownVersionIsRefused() throws IOException {
        RbdVolume volume = pools.volume("99", 1);
        Backup backup = pools.make(Backup.of("b-99", "99", 1), volume);
        Path file = Files.createTempFile(pools.cluster.scratch(), "meta", ".json");
        Files.writeString(file, "{\"version\": 3}");
        pools.cluster.run("rados", "-p", pools.backups, "put", "backup.b-99.meta", file.toString());
        assertThatThrownBy(() -> pools.driver.restore(backup, volume, Progress.NONE))
                .isInstanceOf(DriverException.class)
                .hasMessageContaining("b-99")
                .cause()
                .asInstanceOf(type(DriverException.class))
                .extracting(DriverException::kind)
                .isEqualTo(Kind.BACKUP_METADATA_UNSUPPORTED_VERSION);
        VolumeMetadata metadata = new VolumeMetadata(Map.of(), Map.of(), Map.of());
        pools.driver.delete(backup);
        pools.cluster.run("rados", "-p", pools.backups, "put", "backup.b-99.meta", file.toString());
        assertThatThrownBy(() ->
                        pools.driver.backup(Backup.of("b-99", "99", 1), volume, Optional.of(metadata), Progress.NONE))
                .cause()
                .asInstanceOf(type(DriverException.class))
                .extracting(DriverException::kind)
                .isEqualTo(Kind.VOLUME_METADATA_BACKUP_EXISTS);
        assertThat(pools.bases("99")).isEmpty();
        assertThat(pools.hasMetadata(backup)).isTrue();
        Files.delete(file);
    }
}
