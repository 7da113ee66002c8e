package io.jrados.drivers;

import static org.assertj.core.api.Assertions.assertThat;

import io.jrados.disk.DiskImages;
import io.jrados.disk.model.DiskFormat;
import io.jrados.disk.model.DiskImage;
import io.jrados.disk.model.DiskStream;
import io.jrados.disk.model.RandomAccessSource;
import io.jrados.drivers.backup.CephBackup;
import io.jrados.drivers.backup.model.Backup;
import io.jrados.drivers.backup.model.BackupOptions;
import io.jrados.drivers.backup.model.RbdVolume;
import io.jrados.drivers.backup.model.VolumeMetadata;
import io.jrados.drivers.cinder.AsyncCinderVolumes;
import io.jrados.drivers.cinder.CinderVolumes;
import io.jrados.drivers.cinder.model.CinderOptions;
import io.jrados.drivers.cinder.model.DeletePolicy;
import io.jrados.drivers.cinder.model.MigrationTarget;
import io.jrados.drivers.cinder.model.Page;
import io.jrados.drivers.cinder.model.QosSpecs;
import io.jrados.drivers.cinder.model.Volume;
import io.jrados.drivers.cinder.model.VolumeType;
import io.jrados.drivers.nova.AsyncNovaDisks;
import io.jrados.drivers.nova.NovaDisks;
import io.jrados.drivers.nova.model.BaseImage;
import io.jrados.drivers.nova.model.DiskNames;
import io.jrados.drivers.nova.model.ImageService;
import io.jrados.drivers.nova.model.NovaOptions;
import io.jrados.rados.Rados;
import io.jrados.rbd.Rbd;
import io.jrados.rbd.model.Progress;
import io.jrados.testkit.BadArguments;
import io.jrados.testkit.CephCluster;
import io.jrados.testkit.CephTest;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Executor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Bad arguments of each call of the volumes, the backups and the disks: a failure that names the argument. */
@CephTest
@Timeout(60)
class BadArgumentsTest {
    private static final BaseImage IMAGE = new BaseImage("image", "raw", 1, List.of());

    private static final ImageService GLANCE = new ImageService() {
        @Override
        public BaseImage describe(String imageId) {
            return IMAGE;
        }

        @Override
        public ReadableByteChannel download(String imageId) {
            return Channels.newChannel(InputStream.nullInputStream());
        }
    };

    private String pool;
    private Rados rados;

    @BeforeEach
    void connect(CephCluster cluster) throws IOException {
        pool = cluster.pool(BadArgumentsTest.class);
        rados = Clusters.connect(cluster, "crc");
    }

    @AfterEach
    void close() {
        rados.close();
    }

    private BadArguments samples() {
        return new BadArguments()
                .with(Rados.class, rados)
                .with(Progress.class, Progress.NONE)
                .with(DriverEvent.Hook.class, DriverEvent.Hook.NONE)
                .with(Path.class, Path.of("none.conf"))
                .with(Executor.class, Runnable::run)
                .with(ReadableByteChannel.class, Channels.newChannel(InputStream.nullInputStream()))
                .with(WritableByteChannel.class, Channels.newChannel(OutputStream.nullOutputStream()));
    }

    private static void assertRefused(BadArguments bad, int calls) {
        assertThat(bad.wrong()).isEmpty();
        assertThat(bad.calls()).isGreaterThan(calls);
    }

    @Test
    void ofVolumesAreNamed(@TempDir Path folder) throws IOException {
        FileChannel file = FileChannel.open(Files.write(folder.resolve("disk"), new byte[512]));
        CinderOptions options = CinderOptions.DEFAULT.withPool(pool);
        CinderVolumes volumes = new CinderVolumes(rados, options);
        Volume volume = Volume.of("volume-sample", 1);
        try (DiskStream disk = DiskImages.stream(Channels.newChannel(InputStream.nullInputStream()), 0, 0);
                DiskImage image = DiskImages.open(RandomAccessSource.of(file), DiskFormat.RAW)) {
            BadArguments bad = samples()
                    .anyNumber("features")
                    .with(CinderOptions.class, options)
                    .with(DriverEvent.Hook.class, DriverEvent.Hook.NONE)
                    .with(Volume.class, volume)
                    .with(VolumeType.class, VolumeType.NONE)
                    .with(QosSpecs.class, QosSpecs.NONE)
                    .with(QosSpecs.Consumer.class, QosSpecs.Consumer.BOTH)
                    .with(MigrationTarget.class, new MigrationTarget("ceph", Optional.empty()))
                    .with(Page.class, Page.ALL)
                    .with(Page.Order.class, Page.Order.SIZE)
                    .with(DeletePolicy.class, DeletePolicy.AUTO)
                    .with(DiskFormat.class, DiskFormat.RAW)
                    .with(DiskStream.class, disk)
                    .with(DiskImage.class, image)
                    .with(Collection.class, List.of())
                    .with(Path.class, Path.of("none.conf"));
            bad.constructors(CinderVolumes.class).statics(CinderVolumes.class).of(CinderVolumes.class, volumes);
            bad.of(AsyncCinderVolumes.class, volumes.async(Runnable::run));
            bad.of(CinderOptions.class, options);
            bad.statics(Volume.class).of(Volume.class, volume);
            bad.constructors(VolumeType.class).statics(VolumeType.class).of(VolumeType.class, VolumeType.NONE);
            bad.constructors(QosSpecs.class).constructors(MigrationTarget.class);
            bad.constructors(Page.class).of(Page.class, Page.ALL);
            assertRefused(bad, 110);
        }
    }

    @Test
    void ofBackupsAreNamed() throws IOException {
        BackupOptions options = BackupOptions.DEFAULT.withPool(pool);
        Rbd images = Rbd.on(rados.pool(pool));
        Backup backup = Backup.of("sample", "sample", 1);
        RbdVolume volume = RbdVolume.of(images, "sample", 1);
        BadArguments bad = samples()
                .with(BackupOptions.class, options)
                .with(Backup.class, backup)
                .with(Rbd.class, images)
                .with(RbdVolume.class, volume);
        bad.constructors(CephBackup.class).of(CephBackup.class, new CephBackup(rados, options));
        bad.statics(BackupOptions.class).of(BackupOptions.class, options);
        bad.constructors(Backup.class).statics(Backup.class).of(Backup.class, backup);
        bad.constructors(RbdVolume.class).statics(RbdVolume.class).constructors(VolumeMetadata.class);
        assertRefused(bad, 55);
    }

    @Test
    void ofDisksAreNamed() throws IOException {
        NovaOptions options = NovaOptions.DEFAULT.withPool(pool);
        BadArguments bad = samples()
                .with(NovaOptions.class, options)
                .with(NovaOptions.Key.class, NovaOptions.Key.RBD_USER)
                .with(BaseImage.class, IMAGE)
                .with(ImageService.class, GLANCE)
                .with(UUID.class, new UUID(0, 0));
        NovaDisks disks = new NovaDisks(rados, options);
        bad.constructors(NovaDisks.class).of(NovaDisks.class, disks);
        bad.of(AsyncNovaDisks.class, disks.async(Runnable::run));
        bad.statics(NovaOptions.class).of(NovaOptions.class, options);
        bad.constructors(BaseImage.class).statics(DiskNames.class);
        assertRefused(bad, 45);
    }

    @Test
    void ofWhatTheyShareAreNamed() {
        BadArguments bad = samples()
                .with(Path.class, Path.of("none.conf"))
                .with(InputStream.class, InputStream.nullInputStream())
                .with(Iterator.class, List.of().iterator())
                .with(Map.class, Map.of());
        bad.statics(ByteSource.class).statics(RbdLocation.class).statics(ServiceConf.class);
        assertRefused(bad, 4);
    }
}
