package io.jrados.drivers.backup;

import static io.jrados.drivers.Clusters.data;
import static io.jrados.drivers.backup.BackupPools.MIB;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jrados.drivers.DriverException;
import io.jrados.drivers.DriverException.Kind;
import io.jrados.drivers.backup.model.Backup;
import io.jrados.drivers.backup.model.BackupOptions;
import io.jrados.drivers.backup.model.BackupReport;
import io.jrados.drivers.backup.model.RbdVolume;
import io.jrados.error.Errno;
import io.jrados.rbd.Rbd;
import io.jrados.rbd.model.ImageOptions;
import io.jrados.rbd.model.Progress;
import io.jrados.testkit.CephCluster;
import io.jrados.testkit.CephTest;
import io.jrados.testkit.Covers;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
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
        RbdVolume volume = pools.volume("77", 1);
        byte[] bytes = data(1, 9 * MIB + 77);
        pools.write(volume, 5, bytes);
        BackupReport report = pools.driver.backup(Backup.of("b-77", "77", 1), volume, Optional.empty(), Progress.NONE);
        assertThat(report.serviceMetadata()).isEqualTo("{\"base\":\"volume-77.backup.b-77\"}");
        assertThat(report.incremental()).isFalse();
        assertThat(pools.bases("77")).containsExactly("volume-77.backup.b-77");
        assertThat(pools.snapshots(pools.volumes, "volume-77"))
                .singleElement()
                .asString()
                .matches("backup\\.b-77\\.snap\\.[0-9]+\\.[0-9]+");
        assertThat(pools.snapshots(pools.backups, "volume-77.backup.b-77"))
                .isEqualTo(pools.snapshots(pools.volumes, "volume-77"));
        String snapshot = pools.snapshots(pools.volumes, "volume-77").get(0);
        byte[] kept = pools.backupStart("volume-77.backup.b-77@" + snapshot, 12 * MIB);
        assertThat(kept).isEqualTo(pools.volumeStart("volume-77@" + snapshot, 12 * MIB));
        assertThat(Arrays.copyOfRange(kept, 5, 5 + bytes.length)).isEqualTo(bytes);
        String info = pools.cluster.run("rbd", "info", pools.backups + "/volume-77.backup.b-77");
        assertThat(info).contains("size 1 GiB", "exclusive-lock", "object-map", "fast-diff");
    }

    @Test
    @Covers({"O78", "O79"})
    void item078_anIncrementalBackupMovesWhatChanged() throws IOException {
        RbdVolume volume = pools.volume("78", 1);
        pools.write(volume, 0, data(2, 24 * MIB));
        Backup first = pools.make(Backup.of("b-78", "78", 1), volume);
        pools.write(volume, 9 * MIB, data(3, 8 * MIB));
        pools.discard(volume, 20 * MIB, 4 * MIB);
        BackupReport report =
                pools.driver.backup(Backup.of("b-79", "78", 1).since(first), volume, Optional.empty(), Progress.NONE);
        assertThat(report.incremental()).isTrue();
        assertThat(report.bytes()).isBetween(8L * MIB, 12L * MIB);
        // A third by native tools alone, as item 79 has it, on top of ours; and a fourth of ours on top of that.
        pools.write(volume, 2 * MIB, data(4, 5 * MIB));
        List<String> before = pools.snapshots(pools.volumes, "volume-78");
        String spec = pools.volumes + "/volume-78@backup.b-80.snap.2.25";
        pools.cluster.run("rbd", "snap", "create", "--no-progress", spec);
        pools.cluster.run(
                "bash",
                "-c",
                "rbd export-diff --no-progress --from-snap " + before.get(1) + " " + spec
                        + " - | rbd import-diff --no-progress - " + pools.backups + "/volume-78.backup.b-78");
        pools.write(volume, 30 * MIB, data(5, MIB));
        Backup third = Backup.of("b-80", "78", 1).withServiceMetadata(report.serviceMetadata());
        pools.make(Backup.of("b-81", "78", 1).since(third), volume);
        List<String> snapshots = pools.snapshots(pools.volumes, "volume-78");
        assertThat(snapshots).hasSize(4);
        assertThat(pools.snapshots(pools.backups, "volume-78.backup.b-78")).isEqualTo(snapshots);
        for (String snapshot : snapshots) {
            assertThat(pools.backupStart("volume-78.backup.b-78@" + snapshot, 32 * MIB))
                    .isEqualTo(pools.volumeStart("volume-78@" + snapshot, 32 * MIB));
        }
    }

    @Test
    @Covers("O80")
    void item080_withoutTheParentsSnapshotNothingIsBegun() throws IOException {
        RbdVolume volume = pools.volume("80", 1);
        Backup first = pools.make(Backup.of("b-180", "80", 1), volume);
        String snapshot = pools.snapshots(pools.volumes, "volume-80").get(0);
        String base = pools.backups + "/volume-80.backup.b-180";
        pools.cluster.run("rbd", "snap", "rename", base + "@" + snapshot, base + "@mine");
        Backup next = Backup.of("b-181", "80", 1).since(first);
        BackupPools.assertFails(
                Kind.BACKUP_RBD_OPERATION_FAILED,
                () -> pools.driver.backup(next, volume, Optional.empty(), Progress.NONE));
        assertThat(pools.snapshots(pools.volumes, "volume-80")).containsExactly(snapshot);
        assertThat(pools.snapshots(pools.backups, "volume-80.backup.b-180")).containsExactly("mine");
        assertThat(pools.bases("80")).hasSize(1);
        Backup noPool = Backup.of("b-182", "80", 1).inContainer("no-such-pool");
        BackupPools.assertFails(
                Kind.BACKUP_OPERATION, () -> pools.driver.backup(noPool, volume, Optional.empty(), Progress.NONE));
        pools.driver.delete(noPool);
    }

    @Test
    @Covers("O81")
    void item081_aTransferThatEndsHalfWayLeavesNothing() throws IOException {
        RbdVolume volume = pools.volume("81", 1);
        pools.write(volume, 0, data(6, 24 * MIB));
        EndAfter half = new EndAfter(12 * MIB);
        assertThatThrownBy(() -> pools.driver.backup(Backup.of("b-190", "81", 1), volume, Optional.empty(), half))
                .isInstanceOf(DriverException.class)
                .extracting(failed -> ((DriverException) failed).errno())
                .isEqualTo(Errno.ECANCELED);
        assertThat(half.reached).isGreaterThanOrEqualTo(12 * MIB);
        assertThat(pools.bases("81")).isEmpty();
        assertThat(pools.snapshots(pools.volumes, "volume-81")).isEmpty();
        Backup first = pools.make(Backup.of("b-190", "81", 1), volume);
        byte[] kept = pools.volumeStart("volume-81", 24 * MIB);
        pools.write(volume, 0, data(7, 24 * MIB));
        assertThatThrownBy(() -> pools.driver.backup(
                        Backup.of("b-191", "81", 1).since(first), volume, Optional.empty(), new EndAfter(12 * MIB)))
                .isInstanceOf(DriverException.class);
        assertThat(pools.snapshots(pools.volumes, "volume-81")).hasSize(1);
        assertThat(pools.snapshots(pools.backups, "volume-81.backup.b-190")).hasSize(1);
        assertThat(pools.backupStart("volume-81.backup.b-190", 24 * MIB)).isEqualTo(kept);
    }

    @Test
    @Covers("O81")
    void item081_whatACallThatDiedLeftIsReplaced() throws IOException {
        RbdVolume volume = pools.volume("91", 1);
        pools.write(volume, 0, data(8, MIB));
        Backup backup = Backup.of("b-91", "91", 1);
        String base = pools.backups + "/volume-91.backup.b-91";
        Rbd.on(pools.rados.pool(pools.backups)).create("volume-91.backup.b-91", 1L << 30, ImageOptions.DEFAULT);
        BackupPools.assertFails(
                Kind.BACKUP_OPERATION, () -> pools.driver.backup(backup, volume, Optional.empty(), Progress.NONE));
        assertThat(pools.bases("91")).hasSize(1);
        pools.cluster.run("rbd", "image-meta", "set", base, "jrados.unfinished-backup", "b-91");
        pools.cluster.run("rbd", "snap", "create", "--no-progress", pools.volumes + "/volume-91@backup.b-91.snap.1");
        pools.make(backup, volume);
        assertThat(pools.snapshots(pools.volumes, "volume-91")).hasSize(1);
        assertThat(pools.snapshots(pools.backups, "volume-91.backup.b-91"))
                .isEqualTo(pools.snapshots(pools.volumes, "volume-91"));
        assertThat(pools.cluster.run("rbd", "image-meta", "ls", base)).doesNotContain("unfinished");
    }

    @Test
    @Covers("O82")
    void item082_aVolumeKeepsTheNewestSnapshots() throws IOException {
        CephBackup two = pools.driver(BackupOptions.DEFAULT.withMaxSnapshots(2));
        RbdVolume volume = pools.volume("82", 1);
        List<Backup> chain = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            pools.write(volume, (long) i * MIB, data(10 + i, MIB));
            Backup full = Backup.of("b-82" + i, "82", 1);
            Backup next = chain.isEmpty() ? full : full.since(chain.get(i - 1));
            BackupReport report = two.backup(next, volume, Optional.empty(), Progress.NONE);
            assertThat(report.incremental()).isEqualTo(i > 0);
            chain.add(next.withServiceMetadata(report.serviceMetadata()));
        }
        List<String> onBase = pools.snapshots(pools.backups, "volume-82.backup.b-820");
        assertThat(onBase).hasSize(4);
        assertThat(pools.snapshots(pools.volumes, "volume-82")).isEqualTo(onBase.subList(2, 4));
        two.delete(chain.get(3));
        two.delete(chain.get(2));
        BackupReport again =
                two.backup(Backup.of("b-824", "82", 1).since(chain.get(1)), volume, Optional.empty(), Progress.NONE);
        assertThat(again.incremental()).isFalse();
        assertThat(again.serviceMetadata()).contains("volume-82.backup.b-824");
        assertThat(pools.bases("82")).containsExactly("volume-82.backup.b-820", "volume-82.backup.b-824");
        assertThat(pools.snapshots(pools.volumes, "volume-82")).hasSize(2);
    }

    /** Progress that cancels. */
    private static final class EndAfter implements Progress {
        private final long limit;
        private volatile long reached;

        EndAfter(long limit) {
            this.limit = limit;
        }

        @Override
        public void report(long done, long total) {
            reached = done;
        }

        @Override
        public boolean isCancelled() {
            return reached >= limit;
        }
    }
}
