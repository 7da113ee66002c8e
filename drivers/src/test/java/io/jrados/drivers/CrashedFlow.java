package io.jrados.drivers;

import static org.assertj.core.api.Assertions.assertThat;

import io.jrados.drivers.DriverException.Kind;
import io.jrados.drivers.backup.CephBackup;
import io.jrados.drivers.backup.model.Backup;
import io.jrados.drivers.backup.model.BackupOptions;
import io.jrados.drivers.backup.model.BackupReport;
import io.jrados.drivers.backup.model.RbdVolume;
import io.jrados.drivers.backup.model.VolumeMetadata;
import io.jrados.drivers.cinder.CinderVolumes;
import io.jrados.drivers.cinder.model.CinderOptions;
import io.jrados.drivers.cinder.model.MigrationTarget;
import io.jrados.drivers.cinder.model.Volume;
import io.jrados.drivers.glance.GlanceStore;
import io.jrados.drivers.glance.model.GlanceOptions;
import io.jrados.error.AlreadyExistsException;
import io.jrados.rados.Rados;
import io.jrados.rbd.Image;
import io.jrados.rbd.Rbd;
import io.jrados.rbd.model.ImageOptions;
import io.jrados.rbd.model.Progress;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * Flows of the drivers that a client may die in the middle of: what is there before, the flow, which a second call
 * ends, and what is there then. The word {@code id} tells the runs of one flow apart.
 */
enum CrashedFlow {
    ADD {
        @Override
        void prepare(Drivers on, String id) {}

        @Override
        void run(Drivers on, String id) throws IOException {
            on.store().add("image-" + id, ByteSource.of(new ByteArrayInputStream(content(id))), SIZE);
        }

        @Override
        boolean isDone(IOException failed) {
            // It died after its last step: the image is whole, as is judged next.
            return failed instanceof DriverException known && known.kind() == Kind.DUPLICATE;
        }

        @Override
        void judge(Drivers on, String id) throws IOException {
            on.assertContent(on.images, "image-" + id + "@snap", id);
            on.store().delete(new RbdLocation(on.rados.fsid().toString(), on.images, "image-" + id, "snap").toString());
        }
    },
    CLONE_WITH_FLATTEN {
        @Override
        void prepare(Drivers on, String id) throws IOException {
            on.filled("volume-a" + id, id);
            on.cinder().createClone("volume-a" + id, "volume-b" + id, 1);
        }

        @Override
        void run(Drivers on, String id) throws IOException {
            on.cinder().createClone("volume-b" + id, "volume-c" + id, 1);
        }

        @Override
        boolean isDone(IOException failed) {
            return failed.getCause() instanceof AlreadyExistsException;
        }

        @Override
        void judge(Drivers on, String id) throws IOException {
            on.assertContent(on.volumes, "volume-c" + id, id);
            try (Image clone = Rbd.on(on.rados.pool(on.volumes)).openReadOnly("volume-c" + id)) {
                assertThat(clone.parent()).isEmpty();
                assertThat(clone.metadata()).isEmpty();
            }
            for (String each : new String[] {"volume-c", "volume-b", "volume-a"}) {
                on.cinder().delete(each + id);
            }
        }
    },
    DELETE_OF_A_CHAIN {
        @Override
        void prepare(Drivers on, String id) throws IOException {
            CinderVolumes cinder = on.cinder();
            on.filled("volume-d" + id, id);
            cinder.createClone("volume-d" + id, "volume-e" + id, 1);
            on.deep().createClone("volume-e" + id, "volume-f" + id, 1);
            cinder.delete("volume-d" + id);
            cinder.delete("volume-e" + id);
        }

        @Override
        void run(Drivers on, String id) throws IOException {
            on.cinder().delete("volume-f" + id);
        }

        @Override
        void judge(Drivers on, String id) {}
    },
    BACKUP {
        @Override
        void prepare(Drivers on, String id) throws IOException {
            on.filled("volume-g" + id, id);
        }

        @Override
        void run(Drivers on, String id) throws IOException {
            on.backup(Backup.of("full" + id, "g" + id, 1), Optional.of(METADATA));
        }

        @Override
        boolean isDone(IOException failed) {
            return failed.getCause() instanceof AlreadyExistsException;
        }

        @Override
        void judge(Drivers on, String id) throws IOException {
            Backup full = Backup.of("full" + id, "g" + id, 1);
            on.assertRestores(full, "volume-h" + id, id);
            on.backups().delete(full);
            on.cinder().delete("volume-g" + id);
        }
    },
    INCREMENTAL_BACKUP {
        @Override
        void prepare(Drivers on, String id) throws IOException {
            on.filled("volume-i" + id, id + "before");
            on.backup(full(id), Optional.empty());
            on.write("volume-i" + id, id);
        }

        private Backup full(String id) {
            return Backup.of("first" + id, "i" + id, 1);
        }

        @Override
        void run(Drivers on, String id) throws IOException {
            on.backup(Backup.of("next" + id, "i" + id, 1).since(named(id)), Optional.of(METADATA));
        }

        private Backup named(String id) {
            return full(id).withServiceMetadata("{\"base\": \"volume-i" + id + ".backup.first" + id + "\"}");
        }

        @Override
        boolean isDone(IOException failed) {
            return failed.getMessage().contains("finding room for it")
                    || failed.getCause() instanceof AlreadyExistsException
                    || failed.getCause() != null
                            && String.valueOf(failed.getCause().getMessage()).contains("finding room");
        }

        @Override
        void judge(Drivers on, String id) throws IOException {
            Backup next = Backup.of("next" + id, "i" + id, 1)
                    .withServiceMetadata(named(id).serviceMetadata().orElseThrow());
            on.assertRestores(next, "volume-j" + id, id);
            on.backups().delete(next);
            on.assertRestores(named(id), "volume-j" + id, id + "before");
            on.backups().delete(named(id));
            on.cinder().delete("volume-i" + id);
        }
    },
    RESTORE {
        @Override
        void prepare(Drivers on, String id) throws IOException {
            on.filled("volume-k" + id, id);
            on.backup(Backup.of("kept" + id, "k" + id, 1), Optional.empty());
            on.cinder().create("volume-l" + id, 1);
        }

        @Override
        void run(Drivers on, String id) throws IOException {
            RbdVolume target = RbdVolume.of(Rbd.on(on.rados.pool(on.volumes)), "l" + id, 1);
            on.backups().restore(Backup.of("kept" + id, "k" + id, 1), target, Progress.NONE);
        }

        @Override
        void judge(Drivers on, String id) throws IOException {
            on.assertContent(on.volumes, "volume-l" + id, id);
            on.backups().delete(Backup.of("kept" + id, "k" + id, 1));
            on.cinder().delete("volume-k" + id);
            on.cinder().delete("volume-l" + id);
        }
    },
    MIGRATE {
        @Override
        void prepare(Drivers on, String id) throws IOException {
            on.filled("volume-m" + id, id);
        }

        @Override
        void run(Drivers on, String id) throws IOException {
            String location = "ceph:/etc/ceph/ceph.conf:" + on.rados.fsid() + ":admin:" + on.others;
            assertThat(on.cinder()
                            .migrate(
                                    Volume.of("volume-m" + id, 1),
                                    "available",
                                    new MigrationTarget("ceph", Optional.of(location))))
                    .isTrue();
        }

        @Override
        boolean isDone(IOException failed) {
            return failed instanceof io.jrados.error.NotFoundException;
        }

        @Override
        void judge(Drivers on, String id) throws IOException {
            on.assertContent(on.others, "volume-m" + id, id);
            try (Image moved = Rbd.on(on.rados.pool(on.others)).openReadOnly("volume-m" + id)) {
                assertThat(moved.metadata()).isEmpty();
            }
            new CinderVolumes(on.rados, CinderOptions.DEFAULT.withPool(on.others)).delete("volume-m" + id);
            on.cinder().delete("volume-m" + id);
        }
    };

    /** Bytes that are stored: of three objects at least. */
    static final int SIZE = 9 << 20;

    private static final VolumeMetadata METADATA =
            new VolumeMetadata(Map.of("size", "1"), Map.of("key", "value"), Map.of());

    abstract void prepare(Drivers on, String id) throws IOException;

    abstract void run(Drivers on, String id) throws IOException;

    /** Whether a second call may fail so, since the first had done all. */
    boolean isDone(IOException failed) {
        return false;
    }

    /** Judges what is there when it is done, and removes it. */
    abstract void judge(Drivers on, String id) throws IOException;

    static byte[] content(String id) {
        return Clusters.data(id.hashCode(), SIZE);
    }

    /** The drivers of one client, and the pools that they work on. */
    record Drivers(Rados rados, String images, String volumes, String others, String kept) {
        GlanceStore store() throws IOException {
            return new GlanceStore(rados, GlanceOptions.DEFAULT.withPool(images).withChunkSize(4));
        }

        /** Volumes whose clones of clones are flattened. */
        CinderVolumes cinder() throws IOException {
            return cinder(1);
        }

        CinderVolumes deep() throws IOException {
            return cinder(5);
        }

        private CinderVolumes cinder(int depth) throws IOException {
            return new CinderVolumes(
                    rados,
                    CinderOptions.DEFAULT
                            .withPool(volumes)
                            .withMaxCloneDepth(depth)
                            .withBusyBudget(Duration.ofSeconds(20)));
        }

        CephBackup backups() throws IOException {
            return new CephBackup(rados, BackupOptions.DEFAULT.withPool(kept).withBusyBudget(Duration.ofSeconds(20)));
        }

        BackupReport backup(Backup backup, Optional<VolumeMetadata> metadata) throws IOException {
            RbdVolume volume = RbdVolume.of(Rbd.on(rados.pool(volumes)), backup.volumeId(), 1);
            return backups().backup(backup, volume, metadata, Progress.NONE);
        }

        void filled(String volume, String content) throws IOException {
            cinder().create(volume, 1);
            write(volume, content);
        }

        void write(String volume, String content) throws IOException {
            try (Image image = Rbd.on(rados.pool(volumes)).open(volume)) {
                image.write(0, ByteBuffer.wrap(CrashedFlow.content(content)));
            }
        }

        void assertContent(String pool, String image, String content) throws IOException {
            String[] parts = image.split("@");
            Rbd rbd = Rbd.on(rados.pool(pool));
            ByteBuffer bytes = ByteBuffer.allocate(SIZE);
            try (Image open = parts.length == 2 ? rbd.openSnapshot(parts[0], parts[1]) : rbd.openReadOnly(image)) {
                open.read(0, bytes);
            }
            assertThat(java.util.Arrays.equals(bytes.array(), CrashedFlow.content(content)))
                    .as("the bytes of %s", image)
                    .isTrue();
        }

        void assertRestores(Backup backup, String target, String content) throws IOException {
            Rbd rbd = Rbd.on(rados.pool(volumes));
            rbd.create(target, 1L << 30, ImageOptions.DEFAULT);
            String id = target.substring("volume-".length());
            backups().restore(backup, RbdVolume.of(rbd, id, 1), Progress.NONE);
            assertContent(volumes, target, content);
            cinder().delete(target);
        }
    }
}
