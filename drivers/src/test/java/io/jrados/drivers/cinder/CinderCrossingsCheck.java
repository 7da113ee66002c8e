package io.jrados.drivers.cinder;

import static io.jrados.drivers.Clusters.assertEmpty;
import static io.jrados.drivers.Clusters.data;
import static io.jrados.drivers.Clusters.digest;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.jrados.drivers.ByteSource;
import io.jrados.drivers.Clusters;
import io.jrados.drivers.DriverException.Kind;
import io.jrados.drivers.Upstream;
import io.jrados.drivers.cinder.model.CinderOptions;
import io.jrados.drivers.cinder.model.MigrationTarget;
import io.jrados.drivers.cinder.model.Volume;
import io.jrados.drivers.glance.GlanceStore;
import io.jrados.drivers.glance.model.GlanceOptions;
import io.jrados.rbd.Image;
import io.jrados.rbd.Rbd;
import io.jrados.rbd.model.ImageOptions;
import io.jrados.testkit.CephCluster;
import io.jrados.testkit.CephTest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Volumes that Cinder's own driver and ours make, clone, snapshot, move and delete of each other. Runs on request: it
 * takes {@code tools/setup openstack}.
 */
@CephTest
@Timeout(300)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CinderCrossingsCheck {
    private static final int MIB = 1 << 20;

    private CinderFixture cinder;
    private CephCluster cluster;
    private CinderVolumes ours;
    private String pool;
    private Upstream python;

    @BeforeAll
    void connect(CephCluster theCluster, @TempDir Path theFolder) throws IOException {
        cluster = theCluster;
        pool = cluster.pool(CinderCrossingsCheck.class);
        cinder = new CinderFixture(cluster, pool);
        ours = cinder.volumes;
        python = new Upstream(cluster, theFolder);
    }

    @AfterAll
    void disconnect() throws IOException {
        python.close();
        cinder.close();
    }

    @AfterEach
    void leavesNothing() throws IOException {
        try {
            assertEmpty(cluster, pool);
        } finally {
            cluster.run("rados", "purge", pool, "--yes-i-really-really-mean-it");
        }
    }

    /** Calls Cinder's driver. */
    private JsonNode theirs(String method, Object... arguments) throws IOException {
        Object[] all = new Object[arguments.length + 2];
        all[0] = "pool";
        all[1] = pool;
        System.arraycopy(arguments, 0, all, 2, arguments.length);
        return python.call("cinder." + method, all);
    }

    private void assertSame(String volume, byte[] bytes) throws IOException {
        assertThat(theirs("read", "volume", volume, "size", bytes.length).asText())
                .isEqualTo(digest("SHA-256", bytes));
        assertThat(cinder.start(volume, bytes.length)).isEqualTo(bytes);
    }

    @Test
    void aVolumeOfTheirsIsReadWrittenExtendedAndDeletedByUs() throws IOException {
        theirs("create", "volume", "volume-a", "size", 1);
        String sha =
                theirs("write", "volume", "volume-a", "seed", 1, "size", MIB).asText();
        assertThat(digest("SHA-256", cinder.start("volume-a", MIB))).isEqualTo(sha);
        byte[] bytes = data(1, MIB);
        cinder.write("volume-a", bytes);
        assertSame("volume-a", bytes);
        ours.extend("volume-a", 2);
        theirs("extend", "volume", "volume-a", "size", 2, "new_size", 3);
        assertThat(cinder.info("volume-a")).contains("\"size\":" + (3L << 30));
        ours.delete("volume-a");
        theirs("delete", "volume", "volume-a");
    }

    @Test
    void aVolumeOfOursHasTheirFormAndIsDeletedByThem() throws IOException {
        theirs("create", "volume", "volume-a", "size", 1);
        String form = form("volume-a");
        theirs("delete", "volume", "volume-a");
        ours.create("volume-a", 1);
        assertThat(form("volume-a")).isEqualTo(form);
        python.assertFails("ImageExists", "cinder.create", "pool", pool, "volume", "volume-a", "size", 1);
        theirs("delete", "volume", "volume-a");
        ours.delete("volume-a");
    }

    private String form(String volume) throws IOException {
        return cinder.info(volume)
                        .replaceAll(
                                "\"(id|block_name_prefix|create_timestamp|access_timestamp|modify_timestamp)\":\"[^\"]*\"",
                                "")
                + cluster.run("rbd", "image-meta", "ls", pool + "/" + volume);
    }

    /** The letters say who makes a, b and c, and who deletes a, b and c. */
    @ParameterizedTest
    @ValueSource(strings = {"ppjppj", "jpjjpj", "pjpjpj", "jjpppj", "ppjjjp", "pppjjj", "jjjppp"})
    void chainsOfBothAreDeletedByBoth(String who) throws IOException {
        byte[] bytes = data(2, MIB);
        make(who.charAt(0), "", "volume-a");
        cinder.write("volume-a", bytes);
        make(who.charAt(1), "volume-a", "volume-b");
        make(who.charAt(2), "volume-b", "volume-c");
        assertSame("volume-c", bytes);
        delete(who.charAt(3), "volume-a");
        assertThat(cinder.names()).contains("volume-a.deleted");
        assertSame("volume-c", bytes);
        delete(who.charAt(4), "volume-b");
        assertSame("volume-c", bytes);
        delete(who.charAt(5), "volume-c");
        // Their driver of today leaves the snapshot of a clone that it has deleted, and so the clone's source.
        ours.releaseUnusedParents(Duration.ZERO);
    }

    private void make(char who, String source, String volume) throws IOException {
        boolean we = who == 'j';
        if (source.isEmpty()) {
            if (we) {
                ours.create(volume, 1);
            } else {
                theirs("create", "volume", volume, "size", 1);
            }
        } else if (we) {
            ours.createClone(source, volume, 1);
        } else {
            theirs("clone", "source", source, "volume", volume, "size", 1);
        }
    }

    private void delete(char who, String volume) throws IOException {
        if (who == 'j') {
            ours.delete(volume);
        } else {
            theirs("delete", "volume", volume);
        }
    }

    @Test
    void aCloneAtTheGreatestDepthIsFlattenedByEither() throws IOException {
        CinderVolumes shallow = cinder.with(CinderOptions.DEFAULT.withMaxCloneDepth(1));
        theirs("create", "volume", "volume-a", "size", 1);
        shallow.createClone("volume-a", "volume-b", 1);
        theirs(
                "clone",
                "source",
                "volume-b",
                "volume",
                "volume-c",
                "size",
                1,
                "options",
                Map.of("rbd_max_clone_depth", 1));
        theirs("clone", "source", "volume-a", "volume", "volume-d", "size", 1);
        shallow.createClone("volume-d", "volume-e", 1);
        for (String each : List.of("volume-c", "volume-e")) {
            assertThat(cinder.info(each)).doesNotContain("\"parent\"");
        }
        for (String each : List.of("volume-e", "volume-d", "volume-c", "volume-b", "volume-a")) {
            ours.delete(each);
        }
    }

    @Test
    void snapshotsOfEitherAreUsedRevertedAndDeletedByTheOther() throws IOException {
        byte[] before = data(3, MIB);
        ours.create("volume-a", 1);
        cinder.write("volume-a", before);
        theirs("snapshot", "volume", "volume-a", "snapshot", "snapshot-t", "size", 1);
        ours.createSnapshot("volume-a", "snapshot-o");
        cinder.write("volume-a", data(4, MIB));
        ours.createFromSnapshot("volume-a", "snapshot-t", "volume-b", 1);
        theirs("from_snapshot", "source", "volume-a", "snapshot", "snapshot-o", "volume", "volume-c", "size", 1);
        assertSame("volume-b", before);
        assertSame("volume-c", before);
        theirs("revert", "volume", "volume-a", "snapshot", "snapshot-o", "size", 1);
        assertSame("volume-a", before);
        cinder.write("volume-a", data(4, MIB));
        ours.revertToSnapshot("volume-a", "snapshot-t");
        assertSame("volume-a", before);
        ours.delete("volume-b");
        theirs("delete", "volume", "volume-c");
        ours.deleteSnapshot("volume-a", "snapshot-t");
        theirs("delete_snapshot", "volume", "volume-a", "snapshot", "snapshot-o", "size", 1);
        ours.deleteSnapshot("volume-a", "snapshot-o");
        theirs("delete", "volume", "volume-a");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aSnapshotWithAChildIsDeletedByEither(boolean we) throws IOException {
        byte[] bytes = data(5, MIB);
        ours.create("volume-a", 1);
        cinder.write("volume-a", bytes);
        ours.createSnapshot("volume-a", "snapshot-s");
        if (we) {
            theirs("from_snapshot", "source", "volume-a", "snapshot", "snapshot-s", "volume", "volume-b", "size", 1);
            ours.deleteSnapshot("volume-a", "snapshot-s");
            theirs("delete", "volume", "volume-a");
        } else {
            ours.createFromSnapshot("volume-a", "snapshot-s", "volume-b", 1);
            try {
                theirs("delete_snapshot", "volume", "volume-a", "snapshot", "snapshot-s", "size", 1);
            } catch (Upstream.Failed older) {
                // Before its release 24 the driver does not flatten the child, and leaves all as it is.
                assertThat(older.name()).isEqualTo("SnapshotIsBusy");
                ours.deleteSnapshot("volume-a", "snapshot-s");
            }
            ours.delete("volume-a");
        }
        assertSame("volume-b", bytes);
        assertThat(cinder.names()).containsExactly("volume-b");
        ours.delete("volume-b");
        cluster.run("rbd", "trash", "purge", "--no-progress", pool);
    }

    @Test
    void imagesOfEitherStoreAreClonedByTheOthersVolumes() throws IOException {
        String images = cluster.pool(CinderCrossingsCheck.class, "images");
        byte[] bytes = data(6, MIB);
        String our = new GlanceStore(cinder.rados, GlanceOptions.DEFAULT.withPool(images))
                .add("ours", ByteSource.of(new ByteArrayInputStream(bytes)), bytes.length)
                .uri();
        JsonNode added = python.call("glance.add", "pool", images, "image", "theirs", "seed", 1, "size", MIB);
        assertThat(theirs("from_image", "uri", our, "volume", "volume-a", "size", 1)
                        .asBoolean())
                .isTrue();
        assertThat(ours.createFromImage(List.of(added.get("uri").asText()), "raw", "volume-b", 1))
                .isTrue();
        assertSame("volume-a", bytes);
        assertThat(theirs("read", "volume", "volume-b", "size", MIB).asText())
                .isEqualTo(added.get("sha256").asText());
        ours.delete("volume-a");
        theirs("delete", "volume", "volume-b");
    }

    @Test
    void volumesAreMovedToAndFro() throws IOException {
        String other = cluster.pool(CinderCrossingsCheck.class, "other");
        byte[] bytes = data(7, MIB);
        ours.create("volume-a", 1);
        cinder.write("volume-a", bytes);
        String fsid = cinder.rados.fsid().toString();
        String there = "ceph:" + cluster.conf() + ":" + fsid + ":admin:" + other;
        assertThat(ours.migrate(Volume.of("volume-a", 1), "available", new MigrationTarget("ceph", Optional.of(there))))
                .isTrue();
        String back = "ceph:" + cluster.conf() + ":" + fsid + ":admin:" + pool;
        assertThat(python.call("cinder.migrate", "pool", other, "volume", "volume-a", "size", 1, "location_info", back)
                        .asBoolean())
                .isTrue();
        assertSame("volume-a", bytes);
        assertEmpty(cluster, other);
        theirs("delete", "volume", "volume-a");
    }

    @Test
    void foreignImagesAreManagedByEither() throws IOException {
        Rbd rbd = cinder.rbd();
        rbd.create("foreign-1", 5 * MIB, ImageOptions.DEFAULT);
        rbd.create("foreign-2", (1L << 30) + 1, ImageOptions.DEFAULT);
        assertThat(theirs("manage", "source", "foreign-2", "volume", "volume-b").asInt())
                .isEqualTo((int) ours.manageGetSize("volume-b"));
        ours.manage("foreign-1", Volume.of("volume-a", 1));
        theirs("delete", "volume", "volume-a");
        ours.delete("volume-b");
    }

    @Test
    void connectionsAreTheSame() throws IOException {
        ours.create("volume-a", 1);
        JsonNode data = theirs("connection", "volume", "volume-a");
        CinderVolumes asUser = cinder.with(CinderOptions.DEFAULT.withUser("admin"));
        Map<?, ?> map =
                (Map<?, ?>) asUser.initializeConnection("volume-a").toMap().get("data");
        assertThat(new com.fasterxml.jackson.databind.ObjectMapper()
                        .valueToTree(map)
                        .toString())
                .isNotEmpty();
        assertThat(new com.fasterxml.jackson.databind.ObjectMapper().<JsonNode>valueToTree(map))
                .isEqualTo(data);
        ours.delete("volume-a");
    }

    @Test
    void aVolumeInUseIsBusyAndWhatTheyTrashIsPurged() throws IOException {
        theirs("create", "volume", "volume-a", "size", 1);
        try (var other = Clusters.connect(cluster, "crc");
                Image open = Rbd.on(other.pool(pool)).open("volume-a")) {
            open.write(0, ByteBuffer.wrap(new byte[1]));
            CinderFixture.assertFails(Kind.VOLUME_IS_BUSY, () -> ours.delete("volume-a"));
            try {
                // Before its release 24 the driver moves it to the trash.
                theirs("delete", "volume", "volume-a");
            } catch (Upstream.Failed newer) {
                assertThat(newer.name()).isEqualTo("VolumeIsBusy");
            }
        }
        ours.purge();
        ours.delete("volume-a");
    }
}
