package io.jrados.drivers.backup;

import static io.jrados.drivers.Clusters.data;
import static io.jrados.drivers.backup.BackupPools.MIB;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jrados.drivers.Clusters;
import io.jrados.drivers.backup.model.Backup;
import io.jrados.drivers.backup.model.RbdVolume;
import io.jrados.drivers.backup.model.VolumeMetadata;
import io.jrados.error.BusyException;
import io.jrados.rados.Rados;
import io.jrados.rbd.Image;
import io.jrados.rbd.Rbd;
import io.jrados.rbd.model.Progress;
import io.jrados.testkit.CephCluster;
import io.jrados.testkit.CephTest;
import io.jrados.testkit.Covers;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.channels.Channels;
import java.util.Map;
import java.util.Optional;
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
        RbdVolume volume = pools.volume("86", 1);
        pools.write(volume, 0, data(1, 5 * MIB));
        Backup full = Backup.of("b-1", "86", 1);
        VolumeMetadata metadata = new VolumeMetadata(
                Map.of("display_name", "Größe \"1\""), Map.of("readonly", "False"), Map.of("os", "linux"));
        Backup first = full.withServiceMetadata(pools.driver
                .backup(full, volume, Optional.of(metadata), Progress.NONE)
                .serviceMetadata());
        assertThat(pools.cluster.run("rados", "-p", pools.backups, "get", "backup.b-1.meta", "-"))
                .startsWith("{\"version\":2,\"volume-base-metadata\":{\"display_name\":\"Größe \\\"1\\\"\"}");
        pools.write(volume, MIB, data(2, 5 * MIB));
        Backup second = pools.make(Backup.of("b-2", "86", 1).since(first), volume);
        pools.write(volume, 2 * MIB, data(3, 5 * MIB));
        Backup third = pools.make(Backup.of("b-3", "86", 1).since(second), volume);
        pools.driver.delete(third);
        assertThat(pools.snapshots(pools.backups, "volume-86.backup.b-1")).hasSize(2);
        pools.write(volume, 3 * MIB, data(4, 5 * MIB));
        Backup fourth = pools.make(Backup.of("b-4", "86", 1).since(second), volume);
        String last = pools.snapshots(pools.backups, "volume-86.backup.b-1").get(2);
        assertThat(pools.backupStart("volume-86.backup.b-1@" + last, 8 * MIB))
                .isEqualTo(pools.volumeStart("volume-86", 8 * MIB));
        pools.driver.delete(fourth);
        pools.driver.delete(second);
        pools.driver.delete(first);
        pools.driver.delete(first);
        assertThat(pools.bases("86")).isEmpty();
        assertThat(pools.hasMetadata(first)).isFalse();
    }

    @Test
    @Covers("O87")
    void item087_basesUnderEveryNameAreRead() throws IOException {
        RbdVolume volume = pools.volume("87", 1);
        byte[] bytes = data(5, 5 * MIB);
        pools.write(volume, 0, bytes);
        String spec = pools.volumes + "/volume-87";
        String shared = pools.backups + "/volume-87.backup.base";
        pools.cluster.run("rbd", "snap", "create", "--no-progress", spec + "@backup.old-1.snap.1.5");
        pools.cluster.run("rbd", "create", "--size", "1G", shared);
        pools.cluster.run(
                "bash",
                "-c",
                "rbd export-diff --no-progress " + spec + "@backup.old-1.snap.1.5 - | rbd import-diff --no-progress - "
                        + shared);
        pools.cluster.run("rbd", "cp", "--no-progress", spec, pools.backups + "/volume-87.backup.old-2");
        Backup ofShared = Backup.of("old-1", "87", 1);
        Backup copied = Backup.of("old-2", "87", 1);
        pools.write(volume, MIB, data(6, MIB));
        Backup next = pools.make(Backup.of("new-3", "87", 1).since(ofShared), volume);
        assertThat(next.serviceMetadata().orElseThrow()).contains("volume-87.backup.base");
        restores(ofShared, bytes);
        restores(copied, bytes);
        restores(next, pools.volumeStart("volume-87", bytes.length));
        pools.driver.delete(next);
        pools.driver.delete(ofShared);
        assertThat(pools.bases("87")).containsExactly("volume-87.backup.old-2");
        pools.driver.delete(copied);
        assertThat(pools.bases("87")).isEmpty();
    }

    private void restores(Backup backup, byte[] bytes) throws IOException {
        String id = "of-" + backup.id();
        pools.driver.restore(backup, pools.volume(id, 1), Progress.NONE);
        assertThat(pools.volumeStart("volume-" + id, bytes.length)).isEqualTo(bytes);
    }

    @Test
    @Covers("O87")
    void item087_backupsOfTwoSnapshotsDoNotMeet() throws IOException {
        byte[] one = data(7, 5 * MIB);
        byte[] two = data(8, 3 * MIB);
        Backup first = ofSnapshot("s-1", one);
        Backup second = ofSnapshot("s-2", two);
        assertThat(pools.bases("187")).containsExactly("volume-187.backup.s-1", "volume-187.backup.s-2");
        restores(first, one);
        restores(second, two);
        pools.driver.delete(first);
        pools.driver.delete(second);
        assertThat(pools.bases("187")).isEmpty();
    }

    private Backup ofSnapshot(String id, byte[] bytes) throws IOException {
        Backup backup = Backup.of(id, "187", 1).takenOfSnapshot();
        return backup.withServiceMetadata(pools.driver
                .backup(backup, Channels.newChannel(new ByteArrayInputStream(bytes)), Optional.empty(), Progress.NONE)
                .serviceMetadata());
    }

    @Test
    @Covers("O88")
    void item088_aBaseInUseIsTriedAgain() throws IOException {
        RbdVolume volume = pools.volume("88", 1);
        pools.write(volume, 0, data(9, MIB));
        Backup backup = pools.make(Backup.of("b-88", "88", 1), volume);
        try (Rados other = Clusters.connect(pools.cluster, "crc");
                Image held = Rbd.on(other.pool(pools.backups)).open("volume-88.backup.b-88")) {
            assertThat(held.isReadOnly()).isFalse();
            assertThatThrownBy(() -> pools.driver.delete(backup)).isInstanceOf(BusyException.class);
        }
        assertThat(pools.bases("88")).containsExactly("volume-88.backup.b-88");
        pools.driver.delete(backup);
        assertThat(pools.bases("88")).isEmpty();
    }
}
