package io.jrados.drivers.backup;

import static io.jrados.drivers.Clusters.data;
import static io.jrados.drivers.backup.BackupPools.GIB;
import static io.jrados.drivers.backup.BackupPools.MIB;
import static org.assertj.core.api.Assertions.assertThat;

import io.jrados.drivers.backup.model.Backup;
import io.jrados.drivers.backup.model.RbdVolume;
import io.jrados.rbd.model.Progress;
import io.jrados.testkit.CephCluster;
import io.jrados.testkit.CephTest;
import io.jrados.testkit.Covers;
import java.io.IOException;
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
        RbdVolume volume = pools.volume("1", 1);
        byte[] bytes = data(1, 9 * MIB);
        pools.write(volume, 0, bytes);
        Backup backup = pools.make(Backup.of("b-1", "1", 1), volume);
        RbdVolume equal = pools.volume("2", 1);
        assertThat(pools.driver.restore(backup, equal, Progress.NONE).differential())
                .isTrue();
        assertThat(pools.volumeStart("volume-2", bytes.length)).isEqualTo(bytes);
        assertThat(pools.size(pools.volumes + "/volume-2")).isEqualTo(GIB);
        RbdVolume larger = pools.volume("3", 2);
        assertThat(pools.driver.restore(backup, larger, Progress.NONE).differential())
                .isTrue();
        assertThat(pools.volumeStart("volume-3", bytes.length)).isEqualTo(bytes);
        assertThat(pools.size(pools.volumes + "/volume-3")).isEqualTo(2 * GIB);
    }

    @Test
    @Covers("O84")
    void item084_aVolumeWithDataIsWrittenFromBeginToEnd() throws IOException {
        RbdVolume volume = pools.volume("1", 1);
        byte[] bytes = data(2, 9 * MIB);
        pools.write(volume, 0, bytes);
        Backup backup = pools.make(Backup.of("b-1", "1", 1), volume);
        pools.write(volume, 3 * MIB, data(3, 30 * MIB));
        assertThat(pools.driver.restore(backup, volume, Progress.NONE).differential())
                .isFalse();
        assertThat(pools.volumeStart("volume-1", bytes.length)).isEqualTo(bytes);
        RbdVolume old = pools.volume("2", 2);
        pools.write(old, 7 * MIB, data(4, 5 * MIB));
        pools.write(old, GIB - MIB, data(5, 9 * MIB));
        assertThat(pools.driver.restore(backup, old, Progress.NONE).differential())
                .isFalse();
        assertThat(pools.volumeStart("volume-2", bytes.length)).isEqualTo(bytes);
        assertThat(pools.size(pools.volumes + "/volume-2")).isEqualTo(2 * GIB);
    }
}
