package io.jrados.drivers.backup;

import static io.jrados.drivers.Clusters.data;
import static io.jrados.drivers.backup.BackupPools.MIB;
import static org.assertj.core.api.Assertions.assertThat;

import io.jrados.drivers.backup.model.Backup;
import io.jrados.drivers.backup.model.BackupReport;
import io.jrados.drivers.backup.model.RbdVolume;
import io.jrados.rbd.model.Progress;
import io.jrados.testkit.CephCluster;
import io.jrados.testkit.CephTest;
import io.jrados.testkit.Covers;
import java.io.IOException;
import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@CephTest
class BackupVolumeTest {
    private BackupPools pools;

    @BeforeEach
    void connect(CephCluster cluster) throws IOException {
        pools = new BackupPools(cluster, BackupVolumeTest.class);
    }

    @AfterEach
    void close() throws IOException {
        pools.close();
    }

    @Test
    @Covers("O77")
    void item077_aFullBackupIsASnapshotOnVolumeAndBase() throws IOException {
        RbdVolume volume = pools.volume("1", 1);
        byte[] bytes = data(1, 9 * MIB + 77);
        pools.write(volume, 5, bytes);
        BackupReport report = pools.driver.backup(Backup.of("b-1", "1", 1), volume, Optional.empty(), Progress.NONE);
        assertThat(report.serviceMetadata()).isEqualTo("{\"base\":\"volume-1.backup.b-1\"}");
        assertThat(report.incremental()).isFalse();
        assertThat(pools.bases()).containsExactly("volume-1.backup.b-1");
        assertThat(pools.snapshots(pools.volumes, "volume-1"))
                .singleElement()
                .asString()
                .matches("backup\\.b-1\\.snap\\.[0-9]+\\.[0-9]+");
        assertThat(pools.snapshots(pools.backups, "volume-1.backup.b-1"))
                .isEqualTo(pools.snapshots(pools.volumes, "volume-1"));
        String snapshot = pools.snapshots(pools.volumes, "volume-1").get(0);
        byte[] kept = pools.backupStart("volume-1.backup.b-1@" + snapshot, 12 * MIB);
        assertThat(kept).isEqualTo(pools.volumeStart("volume-1@" + snapshot, 12 * MIB));
        assertThat(Arrays.copyOfRange(kept, 5, 5 + bytes.length)).isEqualTo(bytes);
        String info = pools.cluster.run("rbd", "info", pools.backups + "/volume-1.backup.b-1");
        assertThat(info).contains("size 1 GiB", "exclusive-lock", "object-map", "fast-diff");
    }
}
