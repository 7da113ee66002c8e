package io.jrados.drivers.backup;

import static io.jrados.drivers.Clusters.data;
import static io.jrados.drivers.backup.BackupPools.MIB;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jrados.drivers.backup.model.Backup;
import io.jrados.drivers.backup.model.RbdVolume;
import io.jrados.error.RadosException;
import io.jrados.rbd.Image;
import io.jrados.rbd.Rbd;
import io.jrados.rbd.model.ImageOptions;
import io.jrados.rbd.model.Progress;
import io.jrados.rbd.stream.DiffExportOptions;
import io.jrados.rbd.stream.ImageStreams;
import io.jrados.testkit.CephCluster;
import io.jrados.testkit.CephTest;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Incremental backups onto a base whose head is not the parent's snapshot any more. */
@CephTest
class BackupHeadTest {
    private BackupPools pools;

    @BeforeEach
    void connect(CephCluster cluster) throws IOException {
        pools = new BackupPools(cluster, BackupHeadTest.class);
    }

    @AfterEach
    void close() throws IOException {
        pools.close();
    }

    private byte[] restored(Backup backup, String into, int length) throws IOException {
        RbdVolume volume = pools.volume(into, 1);
        pools.driver.restore(backup, volume, Progress.NONE);
        try (Image image = pools.images().openReadOnly(volume.name())) {
            ByteBuffer bytes = ByteBuffer.allocate(length);
            image.read(0, bytes);
            return bytes.array();
        }
    }

    /** The newest backup is deleted: its content stays in the base's head, and nothing takes it out of the next. */
    @Test
    void aBackupAfterTheDeletionOfTheNewestHasNothingOfThat() throws IOException {
        RbdVolume volume = pools.volume("1", 1);
        byte[] expected = new byte[16 * MIB];
        byte[] first = data(1, MIB);
        System.arraycopy(first, 0, expected, 0, MIB);
        pools.write(volume, 0, first);
        Backup full = pools.make(Backup.of("h-1", "1", 1), volume);
        pools.write(volume, 8 * MIB, data(2, MIB));
        Backup second = pools.make(Backup.of("h-2", "1", 1).since(full), volume);
        pools.driver.delete(second);
        pools.discard(volume, 8 * MIB, 4 * MIB);
        Backup third = pools.make(Backup.of("h-3", "1", 1).since(full), volume);
        assertThat(Arrays.mismatch(restored(third, "101", expected.length), expected))
                .as("the first byte that the restored volume has wrong; -1 if none")
                .isEqualTo(-1);
    }

    /** A client died while it moved a diff: the base's head has a part of it. */
    @Test
    void aBackupAfterOneThatDiedHalfWayHasNothingOfThat() throws IOException {
        RbdVolume volume = pools.volume("2", 1);
        byte[] expected = new byte[16 * MIB];
        byte[] first = data(3, MIB);
        System.arraycopy(first, 0, expected, 0, MIB);
        pools.write(volume, 0, first);
        Backup full = pools.make(Backup.of("d-1", "2", 1), volume);
        String from = pools.snapshots(pools.volumes, volume.name()).get(0);
        pools.write(volume, 8 * MIB, data(4, 2 * MIB));
        try (Image image = pools.images().open(volume.name())) {
            image.createSnapshot("backup.d-2.snap.1");
        }
        ByteArrayOutputStream diff = new ByteArrayOutputStream();
        ImageStreams.on(pools.images())
                .exportDiff(
                        volume.name(),
                        DiffExportOptions.DEFAULT.since(from).until("backup.d-2.snap.1"),
                        Channels.newChannel(diff),
                        Progress.NONE);
        byte[] half = Arrays.copyOf(diff.toByteArray(), diff.size() - 1);
        Rbd bases = Rbd.on(pools.rados.pool(pools.backups));
        assertThatThrownBy(() -> ImageStreams.on(bases)
                        .importDiff(
                                "volume-2.backup.d-1",
                                Channels.newChannel(new ByteArrayInputStream(half)),
                                Progress.NONE))
                .isInstanceOf(RadosException.class);
        pools.discard(volume, 8 * MIB, 4 * MIB);
        Backup next = pools.make(Backup.of("d-3", "2", 1).since(full), volume);
        assertThat(Arrays.mismatch(restored(next, "102", expected.length), expected))
                .as("the first byte that the restored volume has wrong; -1 if none")
                .isEqualTo(-1);
    }

    /** A client died in its first, full backup: half of it is in an image that is marked as unfinished. */
    @Test
    void aBaseThatIsMarkedAsUnfinishedIsNotRestored() throws IOException {
        RbdVolume volume = pools.volume("3", 1);
        pools.write(volume, 0, data(5, 8 * MIB));
        Rbd bases = Rbd.on(pools.rados.pool(pools.backups));
        bases.create("volume-3.backup.u-1", BackupPools.GIB, ImageOptions.DEFAULT);
        try (Image base = bases.open("volume-3.backup.u-1")) {
            base.setMetadata("jrados.unfinished-backup", "u-1".getBytes(StandardCharsets.UTF_8));
            base.write(0, ByteBuffer.wrap(data(5, MIB)));
        }
        RbdVolume target = pools.volume("103", 1);
        assertThatThrownBy(() -> pools.driver.restore(Backup.of("u-1", "3", 1), target, Progress.NONE))
                .isInstanceOf(RadosException.class);
    }
}
