package io.jrados.drivers.glance;

import static io.jrados.drivers.Clusters.assertEmpty;
import static io.jrados.drivers.Clusters.data;
import static io.jrados.drivers.Clusters.digest;
import static io.jrados.drivers.Clusters.export;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.jrados.drivers.ByteSource;
import io.jrados.drivers.Clusters;
import io.jrados.drivers.DriverException;
import io.jrados.drivers.DriverException.Kind;
import io.jrados.drivers.ImageReader;
import io.jrados.drivers.RbdLocation;
import io.jrados.drivers.glance.model.AddedImage;
import io.jrados.drivers.glance.model.GlanceOptions;
import io.jrados.error.Errno;
import io.jrados.error.RadosException;
import io.jrados.rados.Rados;
import io.jrados.rbd.Image;
import io.jrados.rbd.Rbd;
import io.jrados.testkit.CephCluster;
import io.jrados.testkit.CephTest;
import io.jrados.testkit.Covers;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@CephTest
class GlanceStoreTest {
    private static final int MIB = 1 << 20;

    private CephCluster cluster;
    private String pool;
    private Rados rados;
    private GlanceStore store;

    @BeforeEach
    void connect(CephCluster theCluster) throws IOException {
        cluster = theCluster;
        pool = cluster.pool(GlanceStoreTest.class);
        rados = Clusters.connect(cluster, "crc");
        store = new GlanceStore(rados, GlanceOptions.DEFAULT.withPool(pool));
    }

    @AfterEach
    void leaveNothing() throws IOException {
        rados.close();
        cluster.run("rados", "purge", pool, "--yes-i-really-really-mean-it");
    }

    private static ByteSource source(byte[] bytes) {
        return ByteSource.of(new ByteArrayInputStream(bytes));
    }

    private byte[] get(String uri) throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        ByteBuffer piece = ByteBuffer.allocate(300_007);
        try (ImageReader image = store.get(uri)) {
            while (image.read(piece) >= 0) {
                all.write(piece.array(), 0, piece.position());
                piece.clear();
            }
        }
        return all.toByteArray();
    }

    private static void assertFails(Kind kind, ThrowingCallable call) {
        assertThatThrownBy(call)
                .asInstanceOf(type(DriverException.class))
                .extracting(DriverException::kind)
                .isEqualTo(kind);
    }

    @Test
    @Covers("O1")
    void item001AnImageGoesInAndNativeToolsAgree() throws IOException {
        byte[] bytes = data(1, 20 * MIB + 3);
        AddedImage added = store.add("one", source(bytes), bytes.length);

        assertThat(added.size()).isEqualTo(bytes.length);
        assertThat(added.md5()).isEqualTo(digest("MD5", bytes));
        assertThat(added.multihash()).isEqualTo(digest("SHA-512", bytes));
        assertThat(added.uri()).isEqualTo("rbd://" + cluster.run("ceph", "fsid") + "/" + pool + "/one/snap");
        assertThat(cluster.run("rbd", "info", "--format", "json", pool + "/one"))
                .contains(
                        "\"size\":" + bytes.length,
                        "\"order\":23",
                        "\"layering\",\"exclusive-lock\",\"object-map\",\"fast-diff\"");
        assertThat(cluster.run("rbd", "snap", "ls", "--format", "json", pool + "/one"))
                .contains("\"name\":\"snap\"", "\"size\":" + bytes.length, "\"protected\":\"true\"");
        assertThat(export(cluster, pool + "/one@snap")).isEqualTo(bytes);
        assertThat(get(added.uri())).isEqualTo(bytes);
        assertThat(store.size(added.uri())).isEqualTo(bytes.length);
        Clusters.assertMode(rados, "crc");
    }

    @Test
    @Covers({"O2", "O4"})
    void item002AnImageOfUnknownSizeGrowsAndIsTrimmed() throws IOException {
        byte[] bytes = data(2, 57 * MIB);
        ByteSource all = source(bytes);
        Set<Long> sizes = new TreeSet<>();
        ByteSource watched = chunk -> {
            if (chunk.position() == 0) {
                sizes.add(currentSize("unknown"));
            }
            return all.read(chunk);
        };
        AddedImage added = store.add("unknown", watched, 0);
        assertThat(added.size()).isEqualTo(bytes.length);
        sizes.add(currentSize("unknown"));
        assertThat(sizes).contains(0L, (long) bytes.length).hasSizeLessThanOrEqualTo(1 + 4);
        assertThat(digest("SHA-256", export(cluster, pool + "/unknown"))).isEqualTo(digest("SHA-256", bytes));

        AddedImage empty = store.add("empty", source(new byte[0]), 0);
        assertThat(empty.size()).isZero();
        assertThat(get(empty.uri())).isEmpty();

        ByteBuffer large = ByteBuffer.wrap(data(3, 40 * MIB));
        AddedImage oneChunk =
                store.add("one-chunk", ByteSource.of(List.of(large).iterator()), 0);
        assertThat(store.size(oneChunk.uri())).isEqualTo(40 * MIB);
    }

    private long currentSize(String name) throws IOException {
        try (Image image = Rbd.on(rados.pool(pool)).openReadOnly(name)) {
            return image.size();
        }
    }

    @Test
    @Covers("O5")
    void item005DataThatIsNotAsDeclaredLeavesNothing() throws IOException {
        assertFails(Kind.INVALID, () -> store.add("short", source(data(4, 9 * MIB)), 10 * MIB));
        assertFails(Kind.INVALID, () -> store.add("long", source(data(4, 11 * MIB)), 10 * MIB));
        assertEmpty(cluster, pool);
    }

    @Test
    @Covers("O6")
    void item006AnImageThatIsThereStaysAsItIs() throws IOException {
        byte[] bytes = data(5, MIB);
        AddedImage first = store.add("twice", source(bytes), bytes.length);
        assertFails(Kind.DUPLICATE, () -> store.add("twice", source(data(6, MIB)), MIB));
        assertThat(get(first.uri())).isEqualTo(bytes);
    }

    @Test
    @Covers("O7")
    void item007ASourceThatFailsLeavesNothing() throws IOException {
        IOException broken = new IOException("the source broke");
        ByteSource good = source(data(7, 24 * MIB));
        ByteSource failing = chunk -> {
            if (!good.read(chunk)) {
                throw broken;
            }
            return true;
        };
        assertThatThrownBy(() -> store.add("broken", failing, 64 * MIB)).isSameAs(broken);
        assertEmpty(cluster, pool);
    }

    @Test
    @Covers("O10")
    void item010ChunksOfZeroesAreLeftOutWhenThin() throws IOException {
        byte[] bytes = new byte[64 * MIB];
        byte[] some = data(8, 8 * MIB);
        System.arraycopy(some, 0, bytes, 0, some.length);
        System.arraycopy(some, 0, bytes, 40 * MIB, some.length);
        GlanceStore thin =
                new GlanceStore(rados, GlanceOptions.DEFAULT.withPool(pool).withThinProvisioning(true));
        AddedImage added = thin.add("thin", source(bytes), bytes.length);
        assertThat(added.multihash()).isEqualTo(digest("SHA-512", bytes));
        assertThat(digest("SHA-256", export(cluster, pool + "/thin"))).isEqualTo(digest("SHA-256", bytes));
        assertThat(cluster.run("rados", "-p", pool, "ls").lines().filter(each -> each.startsWith("rbd_data.")))
                .hasSize(2);
    }

    @Test
    @Covers("O11")
    void item011TheChunkSizeSetsTheOrder() throws IOException {
        GlanceOptions options = GlanceOptions.DEFAULT.withPool(pool);
        new GlanceStore(rados, options.withChunkSize(6)).add("six", source(data(9, 13 * MIB)), 13 * MIB);
        assertThat(cluster.run("rbd", "info", "--format", "json", pool + "/six"))
                .contains("\"order\":22");
        for (int mib : new int[] {0, 64, 1024}) {
            assertThatThrownBy(() -> options.withChunkSize(mib))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("mib: " + mib);
        }
        assertThat(cluster.run("rbd", "ls", pool)).isEqualTo("six");
    }

    @Test
    @Covers({"O14", "O15"})
    void item014TheSnapshotKeepsWhatTheHeadLoses() throws IOException {
        byte[] bytes = data(10, 9 * MIB);
        AddedImage added = store.add("kept", source(bytes), bytes.length);
        byte[] other = data(11, 9 * MIB);
        cluster.run("rbd", "bench", "--io-type", "write", "--io-size", "1M", "--io-total", "9M", pool + "/kept");
        try (Image image = Rbd.on(rados.pool(pool)).open("kept")) {
            image.write(0, ByteBuffer.wrap(other));
        }
        try (ImageReader image = store.get(added.uri())) {
            assertThat(cluster.run("rbd", "status", pool + "/kept"))
                    .as("the snapshot is watched while it is read")
                    .contains("watcher=");
            assertThat(image.size()).isEqualTo(bytes.length);
        }
        assertThat(cluster.run("rbd", "status", pool + "/kept")).contains("Watchers: none");
        assertThat(get(added.uri())).isEqualTo(bytes);
        assertThat(get("rbd://kept")).isEqualTo(other);
        assertThat(export(cluster, pool + "/kept")).isEqualTo(other);
        store.delete(added.uri());
        assertEmpty(cluster, pool);
    }

    @Test
    @Covers("O17")
    void item017WhatIsNotThereIsNotFound() throws IOException {
        AddedImage added = store.add("gone", source(data(12, MIB)), MIB);
        store.delete(added.uri());
        assertEmpty(cluster, pool);
        assertFails(Kind.NOT_FOUND, () -> store.delete(added.uri()));
        assertFails(Kind.NOT_FOUND, () -> store.size(added.uri()));
        assertFails(Kind.NOT_FOUND, () -> store.get(added.uri()));
        store.add("there", source(data(12, MIB)), MIB);
        String otherSnapshot = new RbdLocation(rados.fsid().toString(), pool, "there", "no").toString();
        assertFails(Kind.NOT_FOUND, () -> store.size(otherSnapshot));
        String otherCluster = new RbdLocation("00000000-0000-0000-0000-000000000000", pool, "there", "snap").toString();
        assertFails(Kind.WRONG_CLUSTER, () -> store.delete(otherCluster));
    }

    @Test
    @Covers("O18")
    void item018AnImageWithClonesOfFormat1StaysAsItIs() throws IOException {
        byte[] bytes = data(13, MIB);
        AddedImage added = store.add("parent", source(bytes), bytes.length);
        clone("parent", "child", 1);
        assertFails(Kind.IN_USE_BY_STORE, () -> store.delete(added.uri()));
        assertThat(cluster.run("rbd", "snap", "ls", "--format", "json", pool + "/parent"))
                .contains("\"protected\":\"true\"");
        clone("parent", "second", 1);
        cluster.run("rbd", "rm", "--no-progress", pool + "/child");
        cluster.run("rbd", "rm", "--no-progress", pool + "/second");
        store.delete(added.uri());
        assertEmpty(cluster, pool);
    }

    @Test
    @Covers("O19")
    void item019AnImageWithClonesOfFormat2GoesToTheTrash() throws IOException {
        byte[] bytes = data(14, MIB);
        AddedImage added = store.add("trashed", source(bytes), bytes.length);
        clone("trashed", "survivor", 2);
        store.delete(added.uri());
        assertThat(cluster.run("rbd", "ls", pool)).isEqualTo("survivor");
        assertThat(cluster.run("rbd", "trash", "ls", "--all", pool)).contains("trashed");
        assertThat(export(cluster, pool + "/survivor")).isEqualTo(bytes);
        cluster.run("rbd", "flatten", "--no-progress", pool + "/survivor");
        cluster.run("rbd", "trash", "purge", "--no-progress", pool);
        cluster.run("rbd", "rm", "--no-progress", pool + "/survivor");
        assertEmpty(cluster, pool);
    }

    private void clone(String parent, String child, int format) throws IOException {
        cluster.run(
                "rbd",
                "clone",
                "--rbd-default-clone-format",
                String.valueOf(format),
                pool + "/" + parent + "@snap",
                pool + "/" + child);
    }

    @Test
    @Covers({"O20", "O21"})
    void item020AHalfFinishedDeleteIsResumed() throws IOException {
        AddedImage unprotected = store.add("unprotected", source(data(15, MIB)), MIB);
        cluster.run("rbd", "snap", "unprotect", pool + "/unprotected@snap");
        store.delete(unprotected.uri());
        AddedImage removed = store.add("removed", source(data(15, MIB)), MIB);
        cluster.run("rbd", "snap", "unprotect", pool + "/removed@snap");
        cluster.run("rbd", "snap", "rm", "--no-progress", pool + "/removed@snap");
        store.delete(removed.uri());
        assertEmpty(cluster, pool);

        AddedImage extra = store.add("extra", source(data(15, MIB)), MIB);
        cluster.run("rbd", "snap", "create", "--no-progress", pool + "/extra@mine");
        store.delete(extra.uri());
        assertThat(cluster.run("rbd", "ls", pool)).isEmpty();
        String id = cluster.run("rbd", "trash", "ls", "--all", pool).split("\\s+")[0];
        cluster.run("rbd", "trash", "restore", pool + "/" + id);
    }

    @Test
    @Covers("O22")
    void item022AnImageThatIsOpenKeepsItsSnapshot() throws IOException {
        AddedImage added = store.add("open", source(data(16, MIB)), MIB);
        try (Rados other = Clusters.connect(cluster, "crc");
                Image image = Rbd.on(other.pool(pool)).open("open")) {
            assertThat(image.size()).isEqualTo(MIB);
            assertFails(Kind.IN_USE_BY_STORE, () -> store.delete(added.uri()));
            assertThat(cluster.run("rbd", "snap", "ls", "--format", "json", pool + "/open"))
                    .contains("\"protected\":\"true\"");
        }
        store.delete(added.uri());
        assertEmpty(cluster, pool);
    }

    @Test
    @Covers("O25")
    void item025UploadsDoNotDisturbEachOther() throws IOException {
        ExecutorService threads = Executors.newFixedThreadPool(3);
        try {
            List<CompletableFuture<AddedImage>> uploads = java.util.stream.IntStream.range(0, 4)
                    .mapToObj(i ->
                            CompletableFuture.supplyAsync(() -> add("parallel-" + i, data(i, 9 * MIB + i)), threads))
                    .toList();
            for (int i = 0; i < uploads.size(); i++) {
                AddedImage added = uploads.get(i).join();
                assertThat(added.size()).isEqualTo(9 * MIB + i);
                assertThat(get(added.uri())).isEqualTo(data(i, 9 * MIB + i));
            }
        } finally {
            threads.shutdown();
        }
    }

    private AddedImage add(String name, byte[] bytes) {
        try {
            return store.add(name, source(bytes), 0);
        } catch (IOException failed) {
            throw new java.io.UncheckedIOException(failed);
        }
    }

    @Test
    void namesAreBytes() throws IOException {
        byte[] bytes = data(17, 5000);
        for (String name : List.of("with space", "größe-图像", "a+b%20c", "-dash")) {
            AddedImage added = store.add(name, source(bytes), bytes.length);
            assertThat(get(added.uri())).isEqualTo(bytes);
            assertThat(cluster.run("rbd", "ls", pool)).isEqualTo(name);
            store.delete(added.uri());
        }
        for (String bad : List.of("", "a@b", "a/b")) {
            assertThatThrownBy(() -> store.add(bad, source(bytes), bytes.length))
                    .asInstanceOf(type(RadosException.class))
                    .extracting(RadosException::errno)
                    .isEqualTo(Errno.EINVAL);
        }
        assertEmpty(cluster, pool);
    }
}
