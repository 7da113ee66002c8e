package io.jrados.drivers.glance;

import static io.jrados.drivers.Clusters.assertEmpty;
import static io.jrados.drivers.Clusters.data;
import static io.jrados.drivers.Clusters.digest;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import io.jrados.drivers.ByteSource;
import io.jrados.drivers.Clusters;
import io.jrados.drivers.DriverException;
import io.jrados.drivers.DriverException.Kind;
import io.jrados.drivers.ImageReader;
import io.jrados.drivers.Upstream;
import io.jrados.drivers.glance.model.AddedImage;
import io.jrados.drivers.glance.model.GlanceOptions;
import io.jrados.rados.Rados;
import io.jrados.rbd.Image;
import io.jrados.rbd.Rbd;
import io.jrados.rbd.model.ImageOptions;
import io.jrados.testkit.CephCluster;
import io.jrados.testkit.CephTest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Images that glance_store's own driver and ours serve, refuse, delete and find half done of each other. */
@CephTest
@Timeout(300)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class GlanceCrossingsTest {
    private static final int MIB = 1 << 20;

    private Path folder;

    private CephCluster cluster;
    private String pool;
    private Rados rados;
    private GlanceStore store;
    private Upstream python;

    @BeforeAll
    void connect(CephCluster theCluster, @TempDir Path theFolder) throws IOException {
        folder = theFolder;
        cluster = theCluster;
        pool = cluster.pool(GlanceCrossingsTest.class);
        rados = Clusters.connect(cluster, "crc");
        store = new GlanceStore(rados, GlanceOptions.DEFAULT.withPool(pool));
        python = new Upstream(cluster, folder);
    }

    @AfterAll
    void disconnect() throws IOException {
        python.close();
        rados.close();
    }

    @AfterEach
    void leavesNothing() throws IOException {
        assertEmpty(cluster, pool);
    }

    private JsonNode theirs(String name, int size, boolean known) throws IOException {
        return python.call(
                "glance.add", "pool", pool, "image", name, "seed", name.hashCode(), "size", size, "known", known);
    }

    private AddedImage ours(String name, byte[] bytes, boolean known) throws IOException {
        return store.add(name, source(bytes), known ? bytes.length : 0);
    }

    private static ByteSource source(byte[] bytes) {
        return ByteSource.of(new ByteArrayInputStream(bytes));
    }

    private String digestOf(String uri) throws IOException {
        try (ImageReader image = store.get(uri)) {
            ByteBuffer all = ByteBuffer.allocate((int) image.size());
            while (all.hasRemaining() && image.read(all) >= 0) {
                assertThat(image.position()).isLessThanOrEqualTo(image.size());
            }
            return digest("SHA-256", all.array());
        }
    }

    private void assertServedByThem(String uri, byte[] bytes) throws IOException {
        JsonNode read = python.call("glance.get", "pool", pool, "uri", uri);
        assertThat(read.get("size").asInt()).isEqualTo(bytes.length);
        assertThat(read.get("sha256").asText()).isEqualTo(digest("SHA-256", bytes));
    }

    private static void assertFails(Kind kind, ThrowingCallable call) {
        DriverException failed = catchThrowableOfType(DriverException.class, call);
        assertThat(failed).isNotNull();
        assertThat(failed.kind()).as(failed.getMessage()).isEqualTo(kind);
    }

    private void clone(String parent, String child, int format) throws IOException {
        Rbd rbd = Rbd.on(rados.pool(pool));
        rbd.clone(
                io.jrados.rbd.model.ImageSpec.of(pool, parent).at("snap"),
                child,
                ImageOptions.DEFAULT.withCloneFormat(format));
    }

    private void deleteByThem(String uri) throws IOException {
        python.call("glance.delete", "pool", pool, "uri", uri);
    }

    @Test
    void theirImagesAreServedAndDeletedByUs() throws IOException {
        for (boolean known : new boolean[] {true, false}) {
            JsonNode added = theirs("theirs", 9 * MIB + 5, known);
            String uri = added.get("uri").asText();
            assertThat(uri).startsWith(store.urlPrefix());
            assertThat(store.size(uri)).isEqualTo(9 * MIB + 5);
            assertThat(digestOf(uri)).isEqualTo(added.get("sha256").asText());
            assertThat(digestOf("rbd://theirs")).isEqualTo(added.get("sha256").asText());
            store.delete(uri);
            python.assertFails("NotFound", "glance.size", "pool", pool, "uri", uri);
            python.assertFails("NotFound", "glance.delete", "pool", pool, "uri", uri);
        }
    }

    @Test
    void ourImagesAreServedAndDeletedByThem() throws IOException {
        byte[] bytes = data(1, 9 * MIB + 5);
        for (boolean known : new boolean[] {true, false}) {
            AddedImage added = ours("ours", bytes, known);
            assertServedByThem(added.uri(), bytes);
            assertServedByThem("rbd://ours", bytes);
            deleteByThem(added.uri());
            assertFails(Kind.NOT_FOUND, () -> store.size(added.uri()));
            assertFails(Kind.NOT_FOUND, () -> store.delete(added.uri()));
        }
    }

    @Test
    void theSameBytesHaveTheSameDigestsAndTheSameForm() throws IOException {
        byte[] bytes = new byte[20 * MIB];
        System.arraycopy(data(2, MIB), 0, bytes, 9 * MIB, MIB);
        GlanceStore thin = new GlanceStore(
                rados, store.options().withThinProvisioning(true).withChunkSize(6));
        AddedImage added = thin.add("thin", source(bytes), bytes.length);
        assertServedByThem(added.uri(), bytes);
        deleteByThem(added.uri());

        JsonNode theirs = python.call(
                "glance.add",
                "pool",
                pool,
                "image",
                "form",
                "seed",
                1,
                "size",
                MIB,
                "options",
                Map.of("rbd_store_chunk_size", 6));
        String form = form("form");
        byte[] same = readAll(theirs.get("uri").asText(), MIB);
        assertThat(theirs.get("md5").asText()).isEqualTo(digest("MD5", same));
        store.delete(theirs.get("uri").asText());
        AddedImage again = thin.add("form", source(same), same.length);
        assertThat(again.md5()).isEqualTo(theirs.get("md5").asText());
        assertThat(again.multihash()).isEqualTo(theirs.get("multihash").asText());
        assertThat(again.uri()).isEqualTo(theirs.get("uri").asText());
        assertThat(form("form")).isEqualTo(form);
        deleteByThem(again.uri());
    }

    private byte[] readAll(String uri, int size) throws IOException {
        ByteBuffer all = ByteBuffer.allocate(size);
        try (ImageReader image = store.get(uri)) {
            while (all.hasRemaining() && image.read(all) >= 0) {
                assertThat(image.size()).isEqualTo(size);
            }
        }
        return all.array();
    }

    /** Size, order, features and snapshots, by the native tool. */
    private String form(String image) throws IOException {
        String info = cluster.run("rbd", "info", "--format", "json", pool + "/" + image);
        String snapshots = cluster.run("rbd", "snap", "ls", "--format", "json", pool + "/" + image);
        String metadata = cluster.run("rbd", "image-meta", "ls", pool + "/" + image);
        return info.replaceAll(
                        "\"(id|block_name_prefix|create_timestamp|access_timestamp|modify_timestamp)\":\"[^\"]*\"", "")
                + snapshots.replaceAll("\"(id|timestamp)\":(\"[^\"]*\"|[0-9]+)", "")
                + metadata;
    }

    @Test
    void anImageOfTheOtherIsADuplicate() throws IOException {
        String theirs = theirs("first", MIB, true).get("uri").asText();
        assertFails(Kind.DUPLICATE, () -> ours("first", data(3, MIB), true));
        byte[] bytes = data(3, MIB);
        AddedImage ours = ours("second", bytes, true);
        python.assertFails("Duplicate", "glance.add", "pool", pool, "image", "second", "seed", 1, "size", MIB);
        assertServedByThem(ours.uri(), bytes);
        store.delete(theirs);
        deleteByThem(ours.uri());
    }

    @Test
    void clonesOfFormat1KeepTheImageWhoeverMadeIt() throws IOException {
        byte[] bytes = data(4, MIB);
        String theirs = theirs("theirs", MIB, true).get("uri").asText();
        String ours = ours("ours", bytes, true).uri();
        clone("theirs", "child-1", 1);
        clone("ours", "child-2", 1);
        assertFails(Kind.IN_USE_BY_STORE, () -> store.delete(theirs));
        python.assertFails("InUseByStore", "glance.delete", "pool", pool, "uri", ours);
        assertThat(store.size(theirs)).isEqualTo(MIB);
        assertServedByThem(ours, bytes);
        cluster.run("rbd", "rm", "--no-progress", pool + "/child-1");
        cluster.run("rbd", "rm", "--no-progress", pool + "/child-2");
        deleteByThem(theirs);
        store.delete(ours);
    }

    @Test
    void anImageWithAClonesOfFormat2ThatTheyRefuseGoesToTheTrashByUs() throws IOException {
        JsonNode added = theirs("theirs", MIB, true);
        String uri = added.get("uri").asText();
        clone("theirs", "survivor", 2);
        try {
            deleteByThem(uri);
        } catch (Upstream.Failed older) {
            // Before its release 4.6 the store refuses, and has removed the snapshot or not.
            assertThat(older.name()).isIn("HasSnapshot", "InUseByStore");
            store.delete(uri);
        }
        assertThat(cluster.run("rbd", "ls", pool)).isEqualTo("survivor");
        assertThat(digest("SHA-256", Clusters.export(cluster, pool + "/survivor")))
                .isEqualTo(added.get("sha256").asText());
        cluster.run("rbd", "flatten", "--no-progress", pool + "/survivor");
        cluster.run("rbd", "trash", "purge", "--no-progress", pool);
        cluster.run("rbd", "rm", "--no-progress", pool + "/survivor");
    }

    @Test
    void aDeletionThatTheOtherCouldNotFinishIsFinished() throws IOException {
        byte[] bytes = data(6, 9 * MIB);
        String uri = ours("read", bytes, true).uri();
        try (Rados other = Clusters.connect(cluster, "crc");
                Image open = Rbd.on(other.pool(pool)).open("read")) {
            // Their deletion takes the snapshot first, and finds the image in use then.
            python.assertFails("InUseByStore", "glance.delete", "pool", pool, "uri", uri);
            assertThat(open.snapshots()).isEmpty();
        }
        store.delete(uri);

        String theirs = theirs("half", MIB, true).get("uri").asText();
        cluster.run("rbd", "snap", "unprotect", pool + "/half@snap");
        cluster.run("rbd", "snap", "rm", "--no-progress", pool + "/half@snap");
        store.delete(theirs);
    }

    @Test
    void theirReaderSeesTheWholeImage() throws IOException {
        byte[] bytes = data(7, 20 * MIB);
        String uri = ours("long", bytes, false).uri();
        JsonNode first = python.call("glance.start_get", "pool", pool, "uri", uri);
        assertFails(Kind.DUPLICATE, () -> ours("long", bytes, true));
        assertThat(python.call("glance.end_get", "uri", uri).asInt())
                .isEqualTo(bytes.length - first.get("bytes").asInt());
        store.delete(uri);
    }

    @Test
    void anUploadOfTheirsThatFailedLeavesTheNameToUs() throws IOException {
        python.assertFails(
                "OSError",
                "glance.add",
                "pool",
                pool,
                "image",
                "failed",
                "seed",
                1,
                "size",
                20 * MIB,
                "fail_at",
                9 * MIB);
        store.delete(ours("failed", data(8, MIB), true).uri());
    }

    @Test
    void anUploadOfTheirsThatDiedIsNotOurs() throws IOException {
        try (Upstream dying = new Upstream(cluster, folder)) {
            dying.callAndDie(
                    "glance.add",
                    "pool",
                    pool,
                    "image",
                    "dead",
                    "seed",
                    1,
                    "size",
                    20 * MIB,
                    "fail_at",
                    9 * MIB,
                    "die",
                    true);
        }
        assertFails(Kind.DUPLICATE, () -> ours("dead", data(9, MIB), true));
        cluster.exec("rbd", "snap", "ls", pool + "/dead").succeeded();
        // Nobody but their database knows that it may go; whoever deletes waits for the watch of the dead.
        long end = System.nanoTime() + 60_000_000_000L;
        while (!cluster.run("rbd", "status", pool + "/dead").contains("Watchers: none")) {
            assertThat(System.nanoTime()).isLessThan(end);
        }
        store.delete("rbd://dead");
    }

    @Test
    void anUploadOfOursThatDiedIsADuplicateForThemAndDeletedByThem() throws IOException {
        Rbd rbd = Rbd.on(rados.pool(pool));
        rbd.create("left", MIB, ImageOptions.DEFAULT.withMetadata("jrados.unfinished-image", "of a dead client"));
        python.assertFails("Duplicate", "glance.add", "pool", pool, "image", "left", "seed", 1, "size", MIB);
        deleteByThem(store.urlPrefix() + "left/snap");
    }

    @Test
    void namesThatNeedEncodingAreTheSameOnBothSides() throws IOException {
        String name = "größe 1% +b";
        byte[] bytes = data(11, MIB);
        String uri = ours(name, bytes, true).uri();
        assertServedByThem(uri, bytes);
        deleteByThem(uri);
        JsonNode theirs = theirs(name, MIB, true);
        assertThat(theirs.get("uri").asText()).isEqualTo(uri);
        assertThat(digestOf(uri)).isEqualTo(theirs.get("sha256").asText());
        store.delete(uri);
    }

    @Test
    void snapshotsOfPeopleOnTheirImagesGoToTheTrashWithThem() throws IOException {
        String uri = theirs("extra", MIB, true).get("uri").asText();
        cluster.run("rbd", "snap", "create", "--no-progress", pool + "/extra@mine");
        store.delete(uri);
        String id = cluster.run("rbd", "trash", "ls", "--all", pool).split("\\s+")[0];
        cluster.run("rbd", "trash", "restore", pool + "/" + id);
        cluster.run("rbd", "snap", "rm", "--no-progress", pool + "/extra@mine");
        cluster.run("rbd", "rm", "--no-progress", pool + "/extra");
    }
}
