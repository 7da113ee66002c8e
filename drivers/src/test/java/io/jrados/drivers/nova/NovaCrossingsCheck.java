package io.jrados.drivers.nova;

import static io.jrados.drivers.Clusters.data;
import static io.jrados.drivers.Clusters.digest;
import static io.jrados.drivers.Clusters.export;
import static org.assertj.core.api.Assertions.assertThat;

import io.jrados.drivers.Clusters;
import io.jrados.drivers.Upstream;
import io.jrados.drivers.glance.GlanceStore;
import io.jrados.drivers.glance.model.GlanceOptions;
import io.jrados.drivers.nova.model.BaseImage;
import io.jrados.drivers.nova.model.DiskNames;
import io.jrados.drivers.nova.model.NovaOptions;
import io.jrados.rados.Rados;
import io.jrados.rbd.Image;
import io.jrados.rbd.Rbd;
import io.jrados.rbd.model.Progress;
import io.jrados.testkit.CephCluster;
import io.jrados.testkit.PrivateCephCluster;
import io.jrados.testkit.PrivateCephTest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Disks that Nova's own rbd_utils and ours make, resize, snapshot and delete of each other. Runs on request: it takes
 * {@code tools/setup openstack}.
 */
@PrivateCephTest(mgrs = 1)
@Timeout(300)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class NovaCrossingsCheck {
    private static final int MIB = 1 << 20;

    private Path folder;

    private CephCluster cluster;
    private String pool;
    private String images;
    private Rados rados;
    private NovaDisks ours;
    private GlanceStore store;
    private TestGlance glance;
    private BaseImage base;
    private String image;
    private byte[] bytes;
    private Upstream python;
    private UUID instance;
    private String disk;

    @BeforeAll
    void connect(PrivateCephCluster theCluster, @TempDir Path theFolder) throws IOException {
        folder = theFolder;
        cluster = theCluster;
        pool = cluster.pool(NovaCrossingsCheck.class, "vms");
        images = cluster.pool(NovaCrossingsCheck.class, "images");
        rados = Clusters.connect(cluster, "crc");
        ours = new NovaDisks(rados, NovaOptions.DEFAULT.withPool(pool));
        store = new GlanceStore(rados, GlanceOptions.DEFAULT.withPool(images));
        bytes = data(1, 5 * MIB);
        glance = new TestGlance(rados, images);
        base = glance.inPool("base", bytes);
        image = base.locations().get(2);
        python = new Upstream(cluster, folder);
        next();
    }

    @AfterAll
    void disconnect() throws IOException {
        python.close();
        rados.close();
    }

    @AfterEach
    void next() throws IOException {
        assertThat(cluster.run("rbd", "ls", pool)).isEmpty();
        assertThat(cluster.run("rbd", "ls", images)).isEqualTo("base");
        instance = UUID.randomUUID();
        disk = DiskNames.root(instance);
    }

    private void makeByThem(long size) throws IOException {
        python.call("nova.create", "pool", pool, "disk", disk, "uri", image, "size", size);
    }

    private void makeByUs(long size) throws IOException {
        ours.create(disk, base, size, glance, Progress.NONE);
    }

    private void deleteByThem() throws IOException {
        python.call("nova.delete", "pool", pool, "instance", instance.toString());
    }

    private void deleteByUs() throws IOException {
        ours.delete(instance, Progress.NONE);
    }

    private void write(byte[] data) throws IOException {
        try (Image open = Rbd.on(rados.pool(pool)).open(disk)) {
            open.write(0, ByteBuffer.wrap(data));
        }
    }

    private void assertStarts(String spec, byte[] expected) throws IOException {
        byte[] start = java.util.Arrays.copyOf(export(cluster, spec), expected.length);
        assertThat(digest("SHA-256", start)).isEqualTo(digest("SHA-256", expected));
    }

    @Test
    void disksOfEitherAreTheSameAndDeletedByTheOther() throws IOException {
        makeByThem(8 * MIB);
        String theirs = form();
        assertStarts(pool + "/" + disk, bytes);
        deleteByUs();
        makeByUs(8 * MIB);
        assertThat(form()).isEqualTo(theirs);
        assertStarts(pool + "/" + disk, bytes);
        deleteByThem();
    }

    private String form() throws IOException {
        return cluster.run("rbd", "info", "--format", "json", pool + "/" + disk)
                .replaceAll(
                        "\"(id|name|block_name_prefix|create_timestamp|access_timestamp|modify_timestamp)\":\"[^\"]*\"",
                        "");
    }

    @Test
    void resizesAreConfirmedRevertedAndDeletedByTheOther() throws IOException {
        makeByThem(8 * MIB);
        ours.finishResize(disk, 16 * MIB, Progress.NONE);
        python.call("nova.confirm", "pool", pool, "disk", disk);
        python.call("nova.resize", "pool", pool, "disk", disk, "size", 20 * MIB);
        ours.confirmResize(disk);
        ours.finishResize(disk, 24 * MIB, Progress.NONE);
        write(data(2, MIB));
        python.call("nova.revert", "pool", pool, "disk", disk);
        assertStarts(pool + "/" + disk, bytes);
        assertThat(python.call("nova.size", "pool", pool, "disk", disk).asInt()).isEqualTo(20 * MIB);
        python.call("nova.resize", "pool", pool, "disk", disk, "size", 32 * MIB);
        write(data(2, MIB));
        ours.revertResize(disk, Progress.NONE);
        assertStarts(pool + "/" + disk, bytes);
        python.call("nova.resize", "pool", pool, "disk", disk, "size", 32 * MIB);
        deleteByUs();
        makeByUs(8 * MIB);
        ours.finishResize(disk, 16 * MIB, Progress.NONE);
        deleteByThem();
    }

    @Test
    void snapshotsOfDisksOfTheOtherBecomeImages() throws IOException {
        byte[] written = data(3, MIB);
        makeByThem(8 * MIB);
        write(written);
        String our = ours.snapshot(disk, "our-image", List.of(image), Progress.NONE);
        String theirs = python.call(
                        "nova.snapshot",
                        "pool",
                        pool,
                        "disk",
                        disk,
                        "image",
                        "their-image",
                        "target",
                        images,
                        "temporary",
                        "0123456789abcdef0123456789abcdef")
                .asText();
        assertStarts(images + "/our-image@snap", written);
        assertStarts(images + "/their-image@snap", written);
        assertThat(cluster.run("rbd", "snap", "ls", pool + "/" + disk)).isEmpty();
        python.call("glance.delete", "pool", images, "uri", our);
        store.delete(theirs);
        deleteByThem();
    }

    @Test
    void flattenedDisksLetTheImageGo() throws IOException {
        makeByThem(0);
        ours.flatten(disk, Progress.NONE);
        python.call("nova.flatten", "pool", pool, "disk", disk);
        assertStarts(pool + "/" + disk, bytes);
        deleteByUs();
        makeByUs(bytes.length);
        python.call("nova.flatten", "pool", pool, "disk", disk);
        ours.flatten(disk, Progress.NONE);
        assertStarts(pool + "/" + disk, bytes);
        deleteByThem();
    }

    @Test
    void filesAreImportedAndReplaced() throws IOException {
        Path file = Files.write(folder.resolve("drive"), bytes);
        String config = DiskNames.of(instance, DiskNames.CONFIG);
        python.call("nova.import_file", "pool", pool, "path", file.toString(), "disk", config);
        assertThat(ours.importConfigDrive(
                        config, Channels.newChannel(new ByteArrayInputStream(data(5, MIB))), Progress.NONE))
                .isFalse();
        assertStarts(pool + "/" + config, bytes);
        ours.importFile(config, Channels.newChannel(new ByteArrayInputStream(data(6, MIB))), Progress.NONE);
        assertStarts(pool + "/" + config, data(6, MIB));
        assertThat(python.call("nova.exists", "pool", pool, "disk", config).asBoolean())
                .isTrue();
        deleteByThem();
        ours.importConfigDrive(config, Channels.newChannel(new ByteArrayInputStream(bytes)), Progress.NONE);
        assertThat(python.call("nova.size", "pool", pool, "disk", config).asInt())
                .isEqualTo(bytes.length);
        deleteByThem();
    }
}
