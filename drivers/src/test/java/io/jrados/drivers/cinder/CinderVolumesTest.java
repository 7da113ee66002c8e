package io.jrados.drivers.cinder;

import static io.jrados.drivers.Clusters.assertEmpty;
import static io.jrados.drivers.Clusters.data;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.jrados.drivers.ByteSource;
import io.jrados.drivers.Clusters;
import io.jrados.drivers.DriverException;
import io.jrados.drivers.DriverException.Kind;
import io.jrados.drivers.RbdLocation;
import io.jrados.drivers.cinder.model.CinderOptions;
import io.jrados.drivers.cinder.model.DeletePolicy;
import io.jrados.drivers.glance.GlanceStore;
import io.jrados.drivers.glance.model.AddedImage;
import io.jrados.drivers.glance.model.GlanceOptions;
import io.jrados.error.AlreadyExistsException;
import io.jrados.error.NotFoundException;
import io.jrados.rados.Rados;
import io.jrados.rbd.Image;
import io.jrados.rbd.Rbd;
import io.jrados.testkit.CephCluster;
import io.jrados.testkit.CephTest;
import io.jrados.testkit.Covers;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@CephTest
class CinderVolumesTest {
    private static final int MIB = 1 << 20;
    private static final long GIB = 1L << 30;

    private CephCluster cluster;
    private String images;
    private String pool;
    private Rados rados;
    private CinderVolumes volumes;

    @BeforeEach
    void connect(CephCluster theCluster) throws IOException {
        cluster = theCluster;
        images = cluster.pool(CinderVolumesTest.class, "images");
        pool = cluster.pool(CinderVolumesTest.class, "volumes");
        rados = Clusters.connect(cluster, "crc");
        volumes = volumes(CinderOptions.DEFAULT.withBusyBudget(Duration.ofSeconds(3)));
    }

    private CinderVolumes volumes(CinderOptions options) throws IOException {
        return new CinderVolumes(rados, options.withPool(pool));
    }

    /** Deletes through the driver whatever the test made: clones first, so that nothing may be left. */
    @AfterEach
    void leaveNothing() throws IOException {
        rados.close();
        try {
            assertEmpty(cluster, pool);
        } finally {
            cluster.run("rados", "purge", pool, "--yes-i-really-really-mean-it");
        }
    }

    private String info(String image) throws IOException {
        return cluster.run("rbd", "info", "--format", "json", pool + "/" + image);
    }

    private String snapshots(String image) throws IOException {
        return cluster.run("rbd", "snap", "ls", "--all", "--format", "json", pool + "/" + image);
    }

    private byte[] start(String spec, int length) throws IOException {
        try (Image image = Rbd.on(rados.pool(pool)).openReadOnly(spec)) {
            ByteBuffer bytes = ByteBuffer.allocate(length);
            image.read(0, bytes);
            return bytes.array();
        }
    }

    private void write(String volume, byte[] bytes, long offset) throws IOException {
        try (Image image = Rbd.on(rados.pool(pool)).open(volume)) {
            image.write(offset, ByteBuffer.wrap(bytes));
        }
    }

    private static void assertFails(Kind kind, ThrowingCallable call) {
        assertThatThrownBy(call)
                .asInstanceOf(type(DriverException.class))
                .extracting(DriverException::kind)
                .isEqualTo(kind);
    }

    private AddedImage addImage(String name, byte[] bytes) throws IOException {
        return new GlanceStore(rados, GlanceOptions.DEFAULT.withPool(images))
                .add(name, ByteSource.of(new ByteArrayInputStream(bytes)), bytes.length);
    }

    private void deleteImage(AddedImage image) throws IOException {
        new GlanceStore(rados, GlanceOptions.DEFAULT.withPool(images)).delete(image.uri());
    }

    @Test
    @Covers({"O26", "O52"})
    void item026And052AnEmptyVolume() throws IOException {
        volumes.create("volume-1", 3);
        assertThat(info("volume-1"))
                .contains("\"size\":" + 3 * GIB, "\"order\":22", "\"exclusive-lock\"", "\"deep-flatten\"");
        assertThat(cluster.run("rados", "-p", pool, "ls")).doesNotContain("rbd_data.");
        assertThatThrownBy(() -> volumes.create("volume-1", 1)).isInstanceOf(AlreadyExistsException.class);
        assertThat(info("volume-1")).contains("\"size\":" + 3 * GIB);
        volumes.delete("volume-1");
        volumes.delete("volume-1");
    }

    @Test
    @Covers({"O30", "O38"})
    void item030And038AnImageIsClonedIntoAVolume() throws IOException {
        byte[] bytes = data(1, 17 * MIB + 5);
        AddedImage image = addImage("golden", bytes);
        List<String> locations = List.of("rbd://short", "rbd://other/p/i/s", image.uri());
        assertThat(volumes.createFromImage(locations, "raw", "volume-2", 1)).isTrue();
        assertThat(info("volume-2"))
                .contains("\"size\":" + GIB, "\"order\":23", "\"pool\":\"" + images + "\"", "\"image\":\"golden\"");
        assertThat(cluster.run("rbd", "children", images + "/golden@snap")).isEqualTo(pool + "/volume-2");
        assertThat(start("volume-2", bytes.length)).isEqualTo(bytes);

        byte[] patch = data(2, 3 * MIB);
        write("volume-2", patch, 7 * MIB - 11);
        System.arraycopy(patch, 0, bytes, 7 * MIB - 11, patch.length);
        assertThat(Clusters.start(cluster, pool + "/volume-2", bytes.length)).isEqualTo(bytes);
        Clusters.assertMode(rados, "crc");
        volumes.delete("volume-2");
        deleteImage(image);

        GlanceStore small =
                new GlanceStore(rados, GlanceOptions.DEFAULT.withPool(images).withChunkSize(4));
        AddedImage ofOrder22 = small.add("small", ByteSource.of(new ByteArrayInputStream(patch)), patch.length);
        volumes(CinderOptions.DEFAULT.withChunkSize(8)).createFromImage(List.of(ofOrder22.uri()), "raw", "volume-2", 1);
        assertThat(info("volume-2")).contains("\"order\":23");
        assertThat(start("volume-2", patch.length)).isEqualTo(patch);
        volumes.delete("volume-2");
        deleteImage(ofOrder22);
    }

    @Test
    @Covers({"O39", "O40"})
    void item039And040WhatCannotBeClonedMakesNothing() throws IOException {
        AddedImage image = addImage("large", data(3, 2 * MIB));
        RbdLocation there = RbdLocation.parse(image.uri());
        List<String> bad = List.of(
                "rbd://large",
                "rbd://" + there.fsid() + "//large/snap",
                new RbdLocation("00000000-0000-0000-0000-000000000000", images, "large", "snap").toString(),
                new RbdLocation(there.fsid(), images, "large", "no").toString(),
                new RbdLocation(there.fsid(), "no-such-pool", "large", "snap").toString());
        assertThat(volumes.createFromImage(bad, "raw", "volume-3", 1)).isFalse();
        assertThat(volumes.createFromImage(List.of(image.uri()), "qcow2", "volume-3", 1))
                .isFalse();
        cluster.run("rbd", "create", "--size", "2G", "--image-feature", "layering", images + "/huge");
        cluster.run("rbd", "snap", "create", "--no-progress", images + "/huge@snap");
        cluster.run("rbd", "snap", "protect", images + "/huge@snap");
        String huge = new RbdLocation(there.fsid(), images, "huge", "snap").toString();
        assertFails(Kind.IMAGE_UNACCEPTABLE, () -> volumes.createFromImage(List.of(huge), "raw", "volume-3", 1));
        assertEmpty(cluster, pool);
        new GlanceStore(rados, GlanceOptions.DEFAULT.withPool(images)).delete(huge);
        deleteImage(image);
    }

    @Test
    @Covers({"O28", "O46"})
    void item028And046And050AVolumeFromASnapshot() throws IOException {
        volumes.create("volume-4", 1);
        byte[] before = data(4, 5 * MIB);
        write("volume-4", before, 0);
        volumes.createSnapshot("volume-4", "snapshot-1");
        assertThat(snapshots("volume-4")).contains("\"name\":\"snapshot-1\"", "\"protected\":\"true\"");
        write("volume-4", data(5, 5 * MIB), 0);
        volumes.createFromSnapshot("volume-4", "snapshot-1", "volume-5", 2);
        assertThat(info("volume-5"))
                .contains("\"size\":" + 2 * GIB, "\"image\":\"volume-4\"", "\"snapshot\":\"snapshot-1\"");
        assertThat(start("volume-5", before.length)).isEqualTo(before);
        assertThat(Clusters.start(cluster, pool + "/volume-5", before.length)).isEqualTo(before);
        assertThatThrownBy(() -> volumes.createFromSnapshot("volume-5", "x", "volume-6", 2))
                .isInstanceOf(NotFoundException.class);
        volumes.createSnapshot("volume-5", "snapshot-2");
        assertFails(Kind.INVALID, () -> volumes.createFromSnapshot("volume-5", "snapshot-2", "volume-6", 1));
        volumes.deleteSnapshot("volume-5", "snapshot-2");
        volumes.delete("volume-5");
        volumes.deleteSnapshot("volume-4", "snapshot-1");
        volumes.deleteSnapshot("volume-4", "snapshot-1");
        volumes.deleteSnapshot("volume-none", "snapshot-1");
        volumes.delete("volume-4");
    }

    @Test
    @Covers("O29")
    void item029AFlattenedVolumeHasNoParent() throws IOException {
        volumes.create("volume-7", 1);
        byte[] bytes = data(6, 9 * MIB);
        write("volume-7", bytes, 3 * MIB);
        volumes.createSnapshot("volume-7", "snapshot-2");
        volumes.createFromSnapshot("volume-7", "snapshot-2", "volume-8", 1);
        volumes.delete("volume-8");
        volumes(CinderOptions.DEFAULT.withFlattenVolumeFromSnapshot(true))
                .createFromSnapshot("volume-7", "snapshot-2", "volume-9", 1);
        assertThat(info("volume-9")).doesNotContain("\"parent\"");
        byte[] flattened = Clusters.start(cluster, pool + "/volume-9", 12 * MIB);
        assertThat(flattened).isEqualTo(Clusters.start(cluster, pool + "/volume-7@snapshot-2", 12 * MIB));
        assertThat(Arrays.copyOfRange(flattened, 3 * MIB, 12 * MIB)).isEqualTo(bytes);
        volumes.deleteSnapshot("volume-7", "snapshot-2");
        volumes.delete("volume-7");
        volumes.delete("volume-9");
    }

    @Test
    @Covers({"O32", "O53", "O54", "O55"})
    void item032And053To055AChainOfClonesGoesWithItsLastMember() throws IOException {
        volumes.create("volume-a", 1);
        byte[] bytes = data(7, 6 * MIB);
        write("volume-a", bytes, 0);
        volumes.createClone("volume-a", "volume-b", 2);
        assertThat(snapshots("volume-a")).contains("\"name\":\"volume-b.clone_snap\"", "\"protected\":\"true\"");
        assertThat(info("volume-b"))
                .contains("\"size\":" + 2 * GIB, "\"image\":\"volume-a\"", "\"snapshot\":\"volume-b.clone_snap\"");
        volumes.createClone("volume-b", "volume-c", 2);
        volumes.delete("volume-a");
        volumes.delete("volume-b");
        assertThat(cluster.run("rbd", "ls", pool).lines())
                .containsExactly("volume-a.deleted", "volume-b.deleted", "volume-c");
        assertThat(start("volume-c", bytes.length)).isEqualTo(bytes);
        volumes.delete("volume-c");
        assertEmpty(cluster, pool);

        volumes.create("volume-a", 1);
        volumes.createClone("volume-a", "volume-b", 1);
        volumes.delete("volume-b");
        assertThat(snapshots("volume-a")).isEqualTo("[]");
        volumes.delete("volume-a");
    }

    @Test
    @Covers("O33")
    void item033ACloneAtTheGreatestDepthIsFlattened() throws IOException {
        CinderVolumes shallow = volumes(CinderOptions.DEFAULT.withMaxCloneDepth(2));
        volumes.create("volume-a", 1);
        byte[] bytes = data(8, 6 * MIB);
        write("volume-a", bytes, MIB);
        shallow.createClone("volume-a", "volume-b", 1);
        shallow.createClone("volume-b", "volume-c", 1);
        shallow.createClone("volume-c", "volume-d", 1);
        assertThat(info("volume-c")).contains("\"image\":\"volume-b\"");
        assertThat(info("volume-d")).doesNotContain("\"parent\"");
        assertThat(snapshots("volume-c")).isEqualTo("[]");
        byte[] flattened = Clusters.start(cluster, pool + "/volume-d", 7 * MIB);
        assertThat(flattened).isEqualTo(Clusters.start(cluster, pool + "/volume-a", 7 * MIB));
        assertThat(Arrays.copyOfRange(flattened, MIB, 7 * MIB)).isEqualTo(bytes);
        volumes(CinderOptions.DEFAULT.withMaxCloneDepth(1)).createClone("volume-c", "volume-e", 1);
        assertThat(info("volume-e")).doesNotContain("\"parent\"");
        for (String volume : List.of("volume-e", "volume-d", "volume-c", "volume-b", "volume-a")) {
            volumes.delete(volume);
        }
    }

    @Test
    @Covers("O35")
    void item035AFullCopyHasNoParent() throws IOException {
        volumes.create("volume-a", 1);
        write("volume-a", data(9, 6 * MIB), 3 * MIB + 1);
        volumes(CinderOptions.DEFAULT.withMaxCloneDepth(0)).createClone("volume-a", "volume-b", 2);
        assertThat(info("volume-b")).contains("\"size\":" + 2 * GIB).doesNotContain("\"parent\"");
        assertThat(snapshots("volume-a")).isEqualTo("[]");
        assertThat(start("volume-b", 12 * MIB)).isEqualTo(start("volume-a", 12 * MIB));
        volumes.delete("volume-a");
        volumes.delete("volume-b");
    }

    @Test
    @Covers("O36")
    void item036ACloneThatCannotBeMadeUndoesOnlyItsOwn() throws IOException {
        volumes.create("volume-a", 1);
        volumes.create("volume-b", 1);
        assertFails(Kind.BACKEND, () -> volumes.createClone("volume-a", "volume-b", 1));
        assertThat(snapshots("volume-a")).isEqualTo("[]");
        cluster.run("rbd", "snap", "create", "--no-progress", pool + "/volume-a@volume-c.clone_snap");
        assertFails(Kind.BACKEND, () -> volumes.createClone("volume-a", "volume-c", 1));
        assertThat(snapshots("volume-a")).contains("\"name\":\"volume-c.clone_snap\"");
        cluster.run("rbd", "snap", "rm", "--no-progress", pool + "/volume-a@volume-c.clone_snap");
        volumes.delete("volume-a");
        volumes.delete("volume-b");
    }

    @Test
    @Covers({"O56", "O59"})
    void item056And059ABusyVolumeStaysAsItIs() throws IOException {
        volumes.create("volume-a", 1);
        byte[] bytes = data(10, MIB);
        write("volume-a", bytes, 0);
        cluster.run("rbd", "snap", "create", "--no-progress", pool + "/volume-a@mine");
        CinderVolumes strict = volumes(CinderOptions.DEFAULT.withDeletePolicy(DeletePolicy.STRICT));
        assertFails(Kind.VOLUME_IS_BUSY, () -> strict.delete("volume-a"));
        assertThat(snapshots("volume-a")).contains("\"name\":\"mine\"");
        cluster.run("rbd", "snap", "rm", "--no-progress", pool + "/volume-a@mine");
        try (Rados other = Clusters.connect(cluster, "crc");
                Image image = Rbd.on(other.pool(pool)).open("volume-a")) {
            assertThat(image.isReadOnly()).isFalse();
            assertFails(Kind.VOLUME_IS_BUSY, () -> volumes.delete("volume-a"));
        }
        assertThat(start("volume-a", bytes.length)).isEqualTo(bytes);
        volumes.delete("volume-a");
    }

    @Test
    @Covers("O76")
    void item076NamesAreBytes() throws IOException {
        volumes.create("größe 1", 1);
        volumes.createSnapshot("größe 1", "schnapp ü");
        assertThat(snapshots("größe 1")).contains("schnapp");
        volumes.createClone("größe 1", "größe 2", 1);
        assertThat(cluster.run("rbd", "ls", pool).lines()).containsExactly("größe 1", "größe 2");
        volumes.delete("größe 2");
        volumes.deleteSnapshot("größe 1", "schnapp ü");
        volumes.delete("größe 1");
    }
}
