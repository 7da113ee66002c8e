package io.jrados.drivers.backup;

import static io.jrados.drivers.Clusters.data;
import static io.jrados.drivers.backup.BackupPools.MIB;
import static org.assertj.core.api.Assertions.assertThat;

import io.jrados.drivers.backup.model.Backup;
import io.jrados.drivers.backup.model.RbdVolume;
import io.jrados.testkit.CephCluster;
import io.jrados.testkit.CephTest;
import io.jrados.testkit.Covers;
import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@CephTest
class DeleteBackupTest {
    private BackupPools pools;

    @BeforeEach
    void connect(CephCluster cluster) throws IOException {
        pools = new BackupPools(cluster, DeleteBackupTest.class);
    }

    @AfterEach
    void close() throws IOException {
        pools.close();
    }

    @Test
    @Covers("O86")
    void item086_theBaseGoesWithTheLastBackup() throws IOException {
        RbdVolume volume = pools.volume("1", 1);
        pools.write(volume, 0, data(1, 5 * MIB));
        Backup first = pools.make(Backup.of("b-1", "1", 1), volume);
        pools.write(volume, MIB, data(2, 5 * MIB));
        Backup second = pools.make(Backup.of("b-2", "1", 1).since(first), volume);
        pools.write(volume, 2 * MIB, data(3, 5 * MIB));
        Backup third = pools.make(Backup.of("b-3", "1", 1).since(second), volume);
        pools.driver.delete(third);
        assertThat(pools.snapshots(pools.backups, "volume-1.backup.b-1")).hasSize(2);
        pools.write(volume, 3 * MIB, data(4, 5 * MIB));
        Backup fourth = pools.make(Backup.of("b-4", "1", 1).since(second), volume);
        String last = pools.snapshots(pools.backups, "volume-1.backup.b-1").get(2);
        assertThat(pools.backupStart("volume-1.backup.b-1@" + last, 8 * MIB))
                .isEqualTo(pools.volumeStart("volume-1", 8 * MIB));
        pools.driver.delete(fourth);
        pools.driver.delete(second);
        pools.driver.delete(first);
        pools.driver.delete(first);
        assertThat(pools.bases()).isEmpty();
        assertThat(pools.metadataObjects()).isEmpty();
    }
}
