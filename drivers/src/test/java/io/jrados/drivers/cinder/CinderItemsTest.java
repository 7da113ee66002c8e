package io.jrados.drivers.cinder;

import static io.jrados.drivers.Clusters.assertEmpty;
import static io.jrados.drivers.Clusters.data;
import static io.jrados.drivers.cinder.CinderFixture.GIB;
import static io.jrados.drivers.cinder.CinderFixture.MIB;
import static io.jrados.drivers.cinder.CinderFixture.assertFails;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.jrados.conf.CephConf;
import io.jrados.disk.DiskImages;
import io.jrados.disk.model.DiskFormat;
import io.jrados.disk.model.DiskStream;
import io.jrados.disk.model.RandomAccessSource;
import io.jrados.drivers.Clusters;
import io.jrados.drivers.DriverEvent;
import io.jrados.drivers.DriverException.Kind;
import io.jrados.drivers.cinder.model.CinderOptions;
import io.jrados.drivers.cinder.model.Connection;
import io.jrados.drivers.cinder.model.Manageable;
import io.jrados.drivers.cinder.model.MigrationTarget;
import io.jrados.drivers.cinder.model.ModelUpdate;
import io.jrados.drivers.cinder.model.Page;
import io.jrados.drivers.cinder.model.QosSpecs;
import io.jrados.drivers.cinder.model.Retyped;
import io.jrados.drivers.cinder.model.Volume;
import io.jrados.drivers.cinder.model.VolumeType;
import io.jrados.error.Errno;
import io.jrados.error.RadosException;
import io.jrados.rados.Rados;
import io.jrados.rbd.Image;
import io.jrados.rbd.Rbd;
import io.jrados.rbd.model.ImageOptions;
import io.jrados.rbd.model.Progress;
import io.jrados.testkit.CephCluster;
import io.jrados.testkit.CephTest;
import io.jrados.testkit.Covers;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The acceptance items of volumes that have nothing to do with the format of clones. */
@CephTest
class CinderItemsTest {
    private CephCluster cluster;
    private CinderFixture cinder;
    private CinderVolumes volumes;

    @BeforeEach
    void connect(CephCluster theCluster) throws IOException {
        cluster = theCluster;
        cinder = new CinderFixture(cluster, cluster.pool(CinderItemsTest.class));
        volumes = cinder.volumes;
    }

    @AfterEach
    void leaveNothing() throws IOException {
        try {
            assertEmpty(cluster, cinder.pool);
        } finally {
            cinder.close();
            cluster.run("rados", "purge", cinder.pool, "--yes-i-really-really-mean-it");
        }
    }

    private static DiskStream raw(byte[] bytes) throws IOException {
        return DiskImages.stream(Channels.newChannel(new ByteArrayInputStream(bytes)), bytes.length, 64 << 20);
    }

    private long allocated(String volume) throws IOException {
        return cluster.run("rados", "-p", cinder.pool, "ls")
                .lines()
                .filter(name -> name.startsWith("rbd_data."))
                .count();
    }

    @Test
    @Covers({"O26", "O27"})
    void item027AVolumeThatCannotBeSetUpIsNotThere() throws IOException {
        VolumeType replicated = VolumeType.NONE.withExtraSpec("replication_enabled", "<is> True");
        VolumeType both = VolumeType.multiattach().withExtraSpec("replication_enabled", "<is> True");
        assertFails(
                Kind.RBD_DRIVER, () -> volumes.create(Volume.of("volume-1", 1).withType(both)));
        assertFails(
                Kind.REPLICATION_ERROR,
                () -> volumes.create(Volume.of("volume-1", 1).withType(replicated)));
        VolumeType wrong = VolumeType.of(new QosSpecs(QosSpecs.Consumer.BOTH, Map.of("total_iops_sec", "many")));
        assertFails(Kind.BACKEND, () -> volumes.create(Volume.of("volume-1", 1).withType(wrong)));
        assertThat(cinder.names()).isEmpty();
    }

    @Test
    @Covers({"O42", "O44"})
    void item042And044ADiskImageReplacesAllOfAVolume() throws IOException {
        volumes.create("volume-1", 1);
        cinder.write("volume-1", data(1, 20 * MIB));
        byte[] disk = new byte[100 * MIB];
        System.arraycopy(data(2, 10 * MIB), 0, disk, 40 * MIB, 10 * MIB);
        try (DiskStream stream = raw(disk)) {
            volumes.copyImageToVolume(stream, Volume.of("volume-1", 1));
        }
        assertThat(cinder.names()).containsExactly("volume-1");
        assertThat(cinder.info("volume-1")).contains("\"size\":" + GIB);
        assertThat(Clusters.start(cluster, cinder.pool + "/volume-1", disk.length))
                .isEqualTo(disk);
        assertThat(allocated("volume-1")).isLessThanOrEqualTo(3);
        volumes.delete("volume-1");
    }

    @Test
    @Covers("O43")
    void item043ACopyThatFailsLeavesTheVolumeAsItWas() throws IOException {
        volumes.create("volume-1", 1);
        byte[] old = data(3, 5 * MIB);
        cinder.write("volume-1", old);
        InputStream broken = new InputStream() {
            @Override
            public int read() throws IOException {
                throw new IOException("the source is gone");
            }
        };
        InputStream half = new SequenceInputStream(new ByteArrayInputStream(data(4, 5 * MIB)), broken);
        try (DiskStream stream = DiskImages.stream(Channels.newChannel(half), 10 * MIB, 64 << 20)) {
            assertThatThrownBy(() -> volumes.copyImageToVolume(stream, Volume.of("volume-1", 1)))
                    .isInstanceOf(RadosException.class)
                    .hasRootCauseMessage("the source is gone");
        }
        assertThat(cinder.names()).containsExactly("volume-1");
        assertThat(cinder.start("volume-1", old.length)).isEqualTo(old);
        try (DiskStream large =
                DiskImages.stream(Channels.newChannel(InputStream.nullInputStream()), GIB + 1, 64 << 20)) {
            assertFails(Kind.IMAGE_UNACCEPTABLE, () -> volumes.copyImageToVolume(large, Volume.of("volume-1", 1)));
        }
        try (Image open = cinder.rbd().open("volume-1");
                DiskStream stream = raw(new byte[512])) {
            assertThat(open.isReadOnly()).isFalse();
            try (CinderFixture other = new CinderFixture(cluster, cinder.pool)) {
                assertFails(
                        Kind.VOLUME_IS_BUSY, () -> other.volumes.copyImageToVolume(stream, Volume.of("volume-1", 1)));
            }
        }
        // A client that died between the two renames left the old volume aside.
        cinder.rbd().rename("volume-1", "volume-1.replaced");
        cinder.rbd().create("volume-1.import", GIB, ImageOptions.DEFAULT);
        try (DiskStream stream = raw(data(5, MIB))) {
            volumes.copyImageToVolume(stream, Volume.of("volume-1", 1));
        }
        assertThat(cinder.names()).containsExactly("volume-1");
        assertThat(cinder.start("volume-1", MIB)).isEqualTo(data(5, MIB));
        volumes.delete("volume-1");
    }

    @Test
    @Covers("O45")
    void item045AVolumeBecomesADiskImage(@TempDir Path folder) throws IOException {
        volumes.create("volume-1", 1);
        byte[] bytes = data(6, 3 * MIB);
        cinder.write("volume-1", bytes);
        Path raw = folder.resolve("raw");
        Path qcow2 = folder.resolve("qcow2");
        try (FileChannel sink = FileChannel.open(raw, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            assertThat(volumes.copyVolumeToImage("volume-1", DiskFormat.RAW, sink))
                    .isEqualTo(GIB);
        }
        assertThat(Files.size(raw)).isEqualTo(GIB);
        try (InputStream in = Files.newInputStream(raw)) {
            assertThat(in.readNBytes(bytes.length)).isEqualTo(bytes);
        }
        assertThat(cluster.run("rbd", "status", cinder.pool + "/volume-1")).contains("Watchers: none");
        volumes.delete("volume-1");
        cinder.rbd().create("volume-2", 4 * MIB, ImageOptions.DEFAULT);
        cinder.write("volume-2", bytes);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        volumes.copyVolumeToImage("volume-2", DiskFormat.QCOW2, Channels.newChannel(out));
        Files.write(qcow2, out.toByteArray());
        try (var disk = DiskImages.open(RandomAccessSource.of(FileChannel.open(qcow2)), DiskFormat.QCOW2)) {
            ByteBuffer read = ByteBuffer.allocate(bytes.length);
            disk.read(0, read);
            assertThat(read.array()).isEqualTo(bytes);
        }
        assertThatThrownBy(() -> volumes.copyVolumeToImage("volume-2", DiskFormat.VMDK, Channels.newChannel(out)))
                .hasMessageContaining("vmdk");
        volumes.delete("volume-2");
    }

    @Test
    @Covers({"O51", "O64"})
    void item051And064AVolumeIsRevertedAndExtended() throws IOException {
        volumes.create("volume-1", 1);
        byte[] before = data(7, MIB);
        cinder.write("volume-1", before);
        volumes.createSnapshot("volume-1", "snapshot-1");
        cinder.write("volume-1", data(8, MIB));
        try (CinderFixture other = new CinderFixture(cluster, cinder.pool);
                Image reader = other.rbd().open("volume-1")) {
            volumes.extend("volume-1", 5);
            reader.refresh();
            assertThat(reader.size()).isEqualTo(5 * GIB);
        }
        assertFails(Kind.INVALID, () -> volumes.extend("volume-1", 4));
        assertFails(Kind.BACKEND, () -> volumes.extend("volume-none", 4));
        assertThat(cinder.info("volume-1")).contains("\"size\":" + 5 * GIB);
        volumes.revertToSnapshot("volume-1", "snapshot-1");
        assertThat(cinder.info("volume-1")).contains("\"size\":" + GIB);
        assertThat(cinder.start("volume-1", MIB)).isEqualTo(before);
        assertThat(cinder.snapshots("volume-1")).contains("snapshot-1");
        volumes.deleteSnapshot("volume-1", "snapshot-1");
        volumes.delete("volume-1");
    }

    @Test
    @Covers("O63")
    void item063OnlySoManyAreFlattenedAtOnce() throws Exception {
        volumes.create("volume-0", 1);
        volumes.createSnapshot("volume-0", "snapshot-0");
        AtomicInteger running = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        CountDownLatch three = new CountDownLatch(3);
        DriverEvent.Hook counting = event -> {
            if (event.step().equals("flattening")) {
                most.accumulateAndGet(running.incrementAndGet(), Math::max);
                three.countDown();
                try {
                    assertThat(three.await(60, TimeUnit.SECONDS)).isTrue();
                } catch (InterruptedException interrupted) {
                    throw new IllegalStateException(interrupted);
                }
            } else if (event.step().equals("flattened")) {
                running.decrementAndGet();
            }
        };
        CinderOptions flattening = CinderOptions.DEFAULT.withFlattenVolumeFromSnapshot(true);
        CinderVolumes counted = new CinderVolumes(cinder.rados, cinder.inPool(flattening), counting);
        ExecutorService threads = Executors.newFixedThreadPool(6);
        try {
            List<CompletableFuture<ModelUpdate>> all = new ArrayList<>();
            for (int i = 1; i <= 6; i++) {
                all.add(counted.async(threads)
                        .createFromSnapshotAsync("volume-0", "snapshot-0", Volume.of("volume-" + i, 1)));
            }
            for (CompletableFuture<ModelUpdate> each : all) {
                each.get(120, TimeUnit.SECONDS);
            }
        } finally {
            threads.shutdown();
        }
        assertThat(most).hasValue(3);
        volumes.deleteSnapshot("volume-0", "snapshot-0");
        for (int i = 0; i <= 6; i++) {
            volumes.delete("volume-" + i);
        }
    }

    @Test
    @Covers({"O65", "O66", "O67"})
    void item065And066ARetypeLimitsAndUnlimitsAndSharesAVolume() throws IOException {
        QosSpecs qos = new QosSpecs(
                QosSpecs.Consumer.BACK_END,
                Map.of("total_iops_sec", "500", "total_iops_sec_max", "700", "read_bytes_sec", "1048576", "odd", "1"));
        Volume volume = Volume.of("volume-1", 1).withType(VolumeType.of(qos));
        volumes.create(volume);
        String before = cinder.info("volume-1");
        assertThat(limits())
                .containsExactlyInAnyOrder(
                        "rbd_qos_iops_limit 500", "rbd_qos_iops_burst 700", "rbd_qos_read_bps_limit 1048576");
        Retyped shared = volumes.retype(volume, VolumeType.multiattach(), true);
        assertThat(shared.done()).isTrue();
        assertThat(shared.update().fields())
                .isEqualTo(Map.of("provider_location", Optional.of("{\"saved_features\":61}")));
        assertThat(limits()).isEmpty();
        assertThat(cinder.info("volume-1"))
                .contains("\"layering\"", "\"deep-flatten\"")
                .doesNotContain("exclusive-lock", "object-map", "fast-diff");
        Volume now = Volume.of("volume-1", 1).withType(VolumeType.multiattach());
        assertFails(Kind.RBD_DRIVER, () -> volumes.retype(now, VolumeType.NONE, true));
        Retyped back = volumes.retype(now.withProviderLocation("{\"saved_features\":61}"), VolumeType.NONE, true);
        assertThat(back.update().fields()).isEqualTo(Map.of("provider_location", Optional.empty()));
        assertThat(cinder.info("volume-1").replaceAll("\"(access|modify)_timestamp\":\"[^\"]*\"", ""))
                .isEqualTo(before.replaceAll("\"(access|modify)_timestamp\":\"[^\"]*\"", ""));
        VolumeType replicated = VolumeType.NONE.withExtraSpec("replication_enabled", "<is> True");
        assertFails(Kind.REPLICATION_ERROR, () -> volumes.retype(Volume.of("volume-1", 1), replicated, true));
        assertThat(cinder.with(CinderOptions.LIBERTY)
                        .retype(Volume.of("volume-1", 1), VolumeType.multiattach(), true)
                        .done())
                .isFalse();
        volumes.delete("volume-1");
    }

    private List<String> limits() throws IOException {
        return cluster.run("rbd", "config", "image", "ls", cinder.pool + "/volume-1")
                .lines()
                .map(line -> line.trim().split("\\s+"))
                .filter(words -> words.length == 3 && words[2].equals("image"))
                .map(words -> words[0] + " " + words[1])
                .toList();
    }

    private MigrationTarget target(String fsid, String pool) {
        return new MigrationTarget("ceph", Optional.of("ceph::" + fsid + ":cinder:" + pool));
    }

    @Test
    @Covers("O68")
    void item068AVolumeMovesToAnotherPool() throws IOException {
        String fsid = cinder.rados.fsid().toString();
        String other = cluster.pool(CinderItemsTest.class, "other");
        volumes.create("volume-1", 1);
        byte[] bytes = data(9, 9 * MIB);
        cinder.write("volume-1", bytes);
        Volume volume = Volume.of("volume-1", 1);
        assertThat(volumes.migrate(volume, "available", target(fsid, cinder.pool)))
                .isTrue();
        assertThat(cinder.names()).containsExactly("volume-1");
        String elsewhere = "00000000-0000-0000-0000-000000000000";
        assertThat(volumes.migrate(volume, "available", target(elsewhere, other)))
                .isFalse();
        assertThat(volumes.migrate(volume, "in-use", target(fsid, other))).isFalse();
        assertThat(volumes.migrate(volume, "error", target(fsid, other))).isFalse();
        try (CinderFixture there = new CinderFixture(cluster, other)) {
            there.volumes.create("volume-1", 2);
            assertThatThrownBy(() -> volumes.migrate(volume, "available", target(fsid, other)))
                    .isInstanceOf(RadosException.class)
                    .extracting(failed -> ((RadosException) failed).errno())
                    .isEqualTo(Errno.EEXIST);
            assertThat(there.info("volume-1")).contains("\"size\":" + 2 * GIB);
            there.volumes.delete("volume-1");
            assertThat(volumes.migrate(volume, "available", target(fsid, other)))
                    .isTrue();
            assertThat(cinder.names()).isEmpty();
            assertThat(Clusters.start(cluster, other + "/volume-1", bytes.length))
                    .isEqualTo(bytes);
            there.volumes.delete("volume-1");
        }
    }

    @Test
    @Covers("O69")
    void item069AReplacementGetsTheNameIfItIsFree() throws IOException {
        volumes.create("volume-new", 1);
        ModelUpdate renamed = volumes.updateMigratedVolume("volume-old", Volume.of("volume-new", 1), false);
        assertThat(renamed.fields())
                .isEqualTo(Map.of("_name_id", Optional.empty(), "provider_location", Optional.empty()));
        assertThat(cinder.names()).containsExactly("volume-old");
        volumes.create("volume-new", 1);
        Volume replacement = Volume.of("volume-new", 1).withProviderLocation("{}");
        assertThat(volumes.updateMigratedVolume("volume-old", replacement, false)
                        .fields())
                .isEqualTo(Map.of("_name_id", Optional.of("new"), "provider_location", Optional.of("{}")));
        assertThat(cinder.names()).containsExactly("volume-new", "volume-old");
        volumes.delete("volume-new");
        volumes.delete("volume-old");
    }

    @Test
    @Covers({"O70", "O71"})
    void item070And071ImagesOfOthersAreListedAndManaged() throws IOException {
        for (String name : List.of("foo", "bar", "volume-known", "volume-x.deleted")) {
            cinder.rbd().create(name, GIB * 6 / 5, ImageOptions.DEFAULT);
        }
        try (Image held = cinder.rbd().open("bar")) {
            assertThat(held.isReadOnly()).isFalse();
            assertThat(volumes.manageableVolumes(Set.of("known"), Page.ALL))
                    .extracting(Manageable::name, Manageable::size, each -> each.reasonNotSafe()
                            .orElse("safe"))
                    .containsExactly(
                            tuple("bar", 2L, "volume in use"),
                            tuple("foo", 2L, "safe"),
                            tuple("volume-known", 2L, "already managed"),
                            tuple("volume-x.deleted", 2L, "volume marked as deleted"));
        }
        assertThat(volumes.manageableVolumes(Set.of(), Page.ALL.after("foo").first(1)))
                .extracting(Manageable::name)
                .containsExactly("volume-known");
        assertFails(Kind.INVALID, () -> volumes.manageableVolumes(Set.of(), Page.ALL.after("none")));
        assertThat(volumes.manageGetSize("foo")).isEqualTo(2);
        assertFails(Kind.MANAGE_INVALID_REFERENCE, () -> volumes.manageGetSize("none"));
        assertFails(Kind.MANAGE_INVALID_REFERENCE, () -> volumes.manage("none", Volume.of("volume-1", 2)));
        volumes.manage("foo", Volume.of("volume-1", 2));
        assertThat(cinder.names()).containsExactly("bar", "volume-1", "volume-known", "volume-x.deleted");
        volumes.unmanage("volume-1");
        for (String name : cinder.names()) {
            cinder.rbd().remove(name, Progress.NONE);
        }
    }

    @Test
    @Covers("O72")
    void item072SnapshotsOfOthersAreListedAndManaged() throws IOException {
        volumes.create("volume-1", 1);
        try (Image image = cinder.rbd().open("volume-1")) {
            image.createSnapshot("theirs");
            image.createSnapshot("backup.b.snap.1.5");
        }
        volumes.createSnapshot("volume-1", "snapshot-known");
        volumes.createClone("volume-1", "volume-2", 1);
        assertThat(volumes.manageableSnapshots(Set.of("known"), Page.ALL))
                .extracting(each -> each.name() + ": " + each.reasonNotSafe().orElse("safe"))
                .containsExactly(
                        "backup.b.snap.1.5: used for volume backup",
                        "snapshot-known: already managed",
                        "theirs: safe",
                        "volume-2.clone_snap: used for clone snap");
        assertThat(volumes.manageSnapshotGetSize("volume-1", "theirs")).isEqualTo(1);
        volumes.manageSnapshot("volume-1", "theirs", "snapshot-1");
        assertThat(cinder.snapshots("volume-1")).contains("snapshot-1").doesNotContain("theirs");
        volumes.createFromSnapshot("volume-1", "snapshot-1", "volume-3", 1);
        try (Image image = cinder.rbd().openReadOnly("volume-1")) {
            volumes.unmanageSnapshot("volume-1", "snapshot-1");
            assertThat(image.isSnapshotProtected("snapshot-1")).isTrue();
        }
        volumes.delete("volume-3");
        volumes.unmanageSnapshot("volume-1", "snapshot-1");
        try (Image image = cinder.rbd().openReadOnly("volume-1")) {
            assertThat(image.isSnapshotProtected("snapshot-1")).isFalse();
        }
        volumes.deleteSnapshot("volume-1", "snapshot-1");
        volumes.deleteSnapshot("volume-1", "snapshot-known");
        volumes.delete("volume-2");
        volumes.delete("volume-1");
    }

    @Test
    @Covers("O73")
    void item073AConnectionHasTheKeysThatNovaKnows() throws IOException {
        volumes.create("volume-1", 1);
        CinderVolumes ofUser = cinder.with(CinderOptions.DEFAULT.withUser("cinder"));
        Connection connection = ofUser.initializeConnection("volume-1");
        assertThat(connection.toMap()).containsEntry("driver_volume_type", "rbd");
        assertThat((Map<?, ?>) connection.toMap().get("data"))
                .extracting(Map::keySet)
                .isEqualTo(Set.of(
                        "name",
                        "hosts",
                        "ports",
                        "cluster_name",
                        "auth_enabled",
                        "auth_username",
                        "secret_type",
                        "secret_uuid",
                        "volume_id",
                        "discard"));
        assertThat(connection.name()).isEqualTo(cinder.pool + "/volume-1");
        assertThat(connection.volumeId()).isEqualTo("1");
        assertThat(connection.secretUuid()).isEqualTo(cinder.rados.fsid().toString());
        String address = connection.hosts().get(0) + ":" + connection.ports().get(0);
        assertThat(cluster.run("ceph", "mon", "dump")).contains("v1:" + address);
        assertThat(cluster.run("rbd", "--mon-host", "v1:" + address, "info", connection.name()))
                .contains("size 1 GiB");
        volumes.delete("volume-1");
    }

    @Test
    @Covers("O41")
    void item041ReadingRightsOnTheImagesAreEnough() throws IOException {
        String images = cluster.pool(CinderItemsTest.class, "images");
        Rbd golden = Rbd.on(cinder.rados.pool(images));
        golden.create("golden", MIB, ImageOptions.DEFAULT);
        try (Image image = golden.open("golden")) {
            image.createSnapshot("snap");
            image.protectSnapshot("snap");
        }
        String user = "client." + cinder.pool;
        String caps = "profile rbd pool=" + cinder.pool + ", profile rbd-read-only pool=" + images;
        cluster.run("ceph", "auth", "get-or-create", user, "mon", "profile rbd", "osd", caps);
        String uri = "rbd://" + cinder.rados.fsid() + "/" + images + "/golden/snap";
        String key = cluster.run("ceph", "auth", "get-key", user);
        var conf = CephConf.builder().file(cluster.conf()).name(user).set("key", key);
        try (var rados = Rados.connect(conf.build())) {
            CinderVolumes limited = new CinderVolumes(rados, cinder.inPool(CinderOptions.DEFAULT));
            assertThat(limited.createFromImage(List.of(uri), "raw", "volume-1", 1))
                    .isTrue();
            assertThat(cinder.info("volume-1")).contains("\"image\":\"golden\"");
            limited.delete("volume-1");
        } finally {
            cluster.run("ceph", "auth", "rm", user);
        }
    }

    @Test
    void asynchronousCallsFailAsTheBlockingOnesDoAndCanBeCancelled() throws Exception {
        volumes.create("volume-1", 1);
        assertThatThrownBy(() -> volumes.async(Runnable::run)
                        .extendAsync("volume-none", 1)
                        .get())
                .hasRootCauseInstanceOf(RadosException.class);
        assertThatThrownBy(() -> volumes.async(task -> {
                            throw new RejectedExecutionException("full");
                        })
                        .deleteAsync("volume-1")
                        .get())
                .hasRootCauseMessage("full");
        List<Runnable> tasks = new ArrayList<>();
        CompletableFuture<Void> cancelled = volumes.async(tasks::add).deleteAsync("volume-1");
        cancelled.cancel(false);
        tasks.forEach(Runnable::run);
        assertThat(cinder.names()).containsExactly("volume-1");
        volumes.async(Runnable::run).deleteAsync("volume-1").get();
    }

    @Test
    void theAuditTrailTellsWhatWasDoneToWhichImage() throws IOException {
        List<String> trail = new ArrayList<>();
        CinderVolumes told = new CinderVolumes(cinder.rados, cinder.inPool(CinderOptions.DEFAULT), event -> {
            trail.add(event.call() + " " + event.step() + " " + event.image().replace(cinder.pool + "/", "")
                    + event.failure().map(why -> " failed").orElse(""));
            throw new IllegalStateException("a hook's own failure");
        });
        told.create("volume-1", 1);
        told.createClone("volume-1", "volume-2", 1);
        assertThatThrownBy(() -> told.create("volume-1", 1)).isInstanceOf(RadosException.class);
        told.delete("volume-1");
        told.delete("volume-2");
        assertThat(trail)
                .containsExactly(
                        "create created volume-1",
                        "create end volume-1",
                        "createClone snapshotted volume-1",
                        "createClone cloned volume-2",
                        "createClone end volume-2",
                        "create end volume-1 failed",
                        "delete set aside volume-1.deleted",
                        "delete end volume-1",
                        "delete removed volume-2",
                        "delete snapshot removed volume-1.deleted@volume-2.clone_snap",
                        "delete removed volume-1.deleted",
                        "delete end volume-2");
    }
}
