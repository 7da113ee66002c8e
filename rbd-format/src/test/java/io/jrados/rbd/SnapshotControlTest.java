package io.jrados.rbd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import io.jrados.error.Errno;
import io.jrados.error.RadosException;
import io.jrados.rbd.model.GroupRef;
import io.jrados.rbd.model.ImageOptions;
import io.jrados.rbd.model.ImageSpec;
import io.jrados.rbd.model.LinkedImage;
import io.jrados.rbd.model.Progress;
import io.jrados.rbd.model.SnapshotInfo;
import io.jrados.rbd.model.SnapshotOwner;
import io.jrados.testkit.CephCluster;
import io.jrados.testkit.CephTest;
import io.jrados.testkit.Covers;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Snapshots and clones by way of the public API, each verb seen by the native tool and the other way round. */
@CephTest
@Timeout(180)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SnapshotControlTest {
    private static final int MIB = 1 << 20;

    private TestClient client;
    private String dataPool;

    @BeforeAll
    void connect(CephCluster cluster) throws IOException {
        client = new TestClient(cluster, cluster.pool(SnapshotControlTest.class), TestClient.Mode.CRC);
        dataPool = cluster.pool(SnapshotControlTest.class, "data");
    }

    @AfterAll
    void disconnect() {
        client.close();
    }

    private JsonNode json(String... words) throws IOException {
        return Json.of(client, words);
    }

    Stream<Arguments> featureSets() {
        return Stream.of(
                Arguments.of("layering", ImageOptions.LAYERING),
                Arguments.of("default features", ImageOptions.DEFAULT),
                Arguments.of(
                        "striped in a data pool",
                        ImageOptions.DEFAULT
                                .withOrder(20)
                                .withStriping(65536, 3)
                                .withDataPool(dataPool)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("featureSets")
    @Covers({"H46", "H47", "H48", "H49", "H50", "H52", "G71", "G69", "G70"})
    void snapshotsAreNamedRenamedProtectedAndRemovedBothWays(String kind, ImageOptions options) throws IOException {
        String name = "snaps of " + kind;
        client.rbd.create(name, 6 * MIB, options);
        try (Image image = client.rbd.open(name)) {
            image.createSnapshot("one");
            client.rbd("snap", "create", "--no-progress", client.spec(name) + "@two");
            image.renameSnapshot("two", "zwei ü");
            client.rbd("snap", "rename", client.spec(name) + "@one", client.spec(name) + "@eins");

            JsonNode listed = json("snap", "ls", "--all", client.spec(name));
            assertThat(image.snapshots()).extracting(SnapshotInfo::name).containsExactly("eins", "zwei ü");
            assertThat(listed.findValuesAsText("name")).containsExactly("eins", "zwei ü");
            assertThat(image.snapshots())
                    .extracting(SnapshotInfo::id)
                    .containsExactly(
                            listed.get(0).get("id").asLong(),
                            listed.get(1).get("id").asLong());
            assertThat(image.snapshotOwner(listed.get(0).get("id").asLong())).isEqualTo(new SnapshotOwner.User());
            assertThat(errno(() -> image.renameSnapshot("eins", "zwei ü"))).isEqualTo(Errno.EEXIST);
            assertThat(errno(() -> image.renameSnapshot("drei", "vier"))).isEqualTo(Errno.ENOENT);
            assertThat(errno(() -> image.renameSnapshot("eins", "a@b"))).isEqualTo(Errno.EINVAL);

            image.protectSnapshot("eins");
            assertThat(json("snap", "ls", client.spec(name))
                            .get(0)
                            .get("protected")
                            .asText())
                    .isEqualTo("true");
            assertThat(errno(() -> image.removeSnapshot("eins"))).isEqualTo(Errno.EBUSY);
            client.rbd("snap", "unprotect", client.spec(name) + "@eins");
            assertThat(image.isSnapshotProtected("eins")).isFalse();

            long second = listed.get(1).get("id").asLong();
            image.removeSnapshot(second);
            assertThat(errno(() -> image.removeSnapshot(second))).isEqualTo(Errno.ENOENT);
            client.rbd("snap", "rm", "--no-progress", client.spec(name) + "@eins");
            assertThat(image.snapshots()).isEmpty();
            assertThat(json("snap", "ls", "--all", client.spec(name))).isEmpty();
        }
        client.rbd("rm", "--no-progress", client.spec(name));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("featureSets")
    @Covers({"H53", "K6", "H15"})
    void rollingBackIsWhatTheNativeToolDoes(String kind, ImageOptions options) throws IOException {
        String name = "rolled " + kind;
        client.rbd.create(name, 6 * MIB, options);
        byte[] first = TestClient.bytes(1, 3 * MIB);
        byte[] second = TestClient.bytes(2, 5 * MIB);
        byte[] before = new byte[6 * MIB];
        System.arraycopy(first, 0, before, 1000, first.length);
        try (Image image = client.rbd.open(name)) {
            image.write(1000, ByteBuffer.wrap(first));
            image.createSnapshot("small");
            image.resize(11 * MIB, Progress.NONE);
            image.write(5 * MIB + 7, ByteBuffer.wrap(second));
            image.discard(0, MIB);
            byte[] large = TestClient.read(image);
            image.createSnapshot("large");
            long[] told = new long[2];
            image.rollBack("small", (done, total) -> {
                told[0] = done;
                told[1] = total;
            });
            assertThat(told)
                    .containsExactly(image.info().objectCount(), image.info().objectCount());
            assertThat(image.size()).isEqualTo(6 * MIB);
            assertThat(TestClient.read(image)).isEqualTo(before);
            assertThat(client.exported(client.spec(name))).isEqualTo(before);
            assertThat(client.exported(client.spec(name) + "@large")).isEqualTo(large);

            image.rollBack("large", Progress.NONE);
            assertThat(client.exported(client.spec(name))).isEqualTo(large);
            assertThat(errno(() -> image.rollBack("none", Progress.NONE))).isEqualTo(Errno.ENOENT);
        }
        checkMap(name);
        client.rbd("snap", "rollback", "--no-progress", client.spec(name) + "@small");
        try (Image image = client.rbd.open(name)) {
            assertThat(TestClient.read(image)).isEqualTo(before);
            image.rollBack("small", Progress.NONE);
            assertThat(TestClient.read(image)).isEqualTo(before);
        }
        checkMap(name);
        try (Image image = client.rbd.openSnapshot(name, "small")) {
            assertThat(errno(() -> image.rollBack("small", Progress.NONE))).isEqualTo(Errno.EROFS);
        }
    }

    private void checkMap(String name) throws IOException {
        JsonNode info = json("info", client.spec(name));
        if (info.get("features").toString().contains("object-map")) {
            client.rbd("object-map", "check", "--no-progress", client.spec(name));
        }
        assertThat(json("info", client.spec(name)).get("flags")).isEmpty();
    }

    @Test
    @Covers({"H53", "H26", "K6"})
    void aCloneIsRolledBackToWhatItSharedWithItsParent() throws IOException {
        byte[] content = TestClient.bytes(3, 8 * MIB);
        client.imported(content, client.spec("rolled parent"), "--image-feature", "layering");
        client.rbd("snap", "create", "--no-progress", client.spec("rolled parent") + "@s");
        client.rbd.clone(
                client.snapshot("rolled parent", "s"), "rolled child", ImageOptions.LAYERING.withCloneFormat(2));
        try (Image image = client.rbd.open("rolled child")) {
            image.createSnapshot("whole");
            image.write(5, ByteBuffer.wrap(new byte[] {1, 2, 3}));
            image.resize(3 * MIB, Progress.NONE);
            image.resize(9 * MIB, Progress.NONE);
            image.rollBack("whole", Progress.NONE);
            assertThat(TestClient.read(image)).isEqualTo(content);
            assertThat(client.exported(client.spec("rolled child"))).isEqualTo(content);
            image.flatten(Progress.NONE);
            image.write(MIB, ByteBuffer.wrap(new byte[MIB]));
            image.rollBack("whole", Progress.NONE);
            assertThat(client.exported(client.spec("rolled child"))).isEqualTo(content);
        }
    }

    @Test
    @Covers({"H54", "G28", "G73", "G74"})
    void theLimitIsTheNativeOne() throws IOException {
        client.rbd.create("limited", MIB, ImageOptions.LAYERING);
        try (Image image = client.rbd.open("limited")) {
            assertThat(image.snapshotLimit()).isEmpty();
            image.setSnapshotLimit(OptionalLong.of(2));
            assertThat(json("info", client.spec("limited"))
                            .get("snapshot_limit")
                            .asLong())
                    .isEqualTo(2);
            image.createSnapshot("a");
            image.createSnapshot("b");
            assertThat(errno(() -> image.createSnapshot("c"))).isEqualTo(Errno.EDQUOT);
            assertThat(errno(() -> image.setSnapshotLimit(OptionalLong.of(1)))).isEqualTo(Errno.ERANGE);
            assertThatThrownBy(() -> image.setSnapshotLimit(OptionalLong.of(-3)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("limit");
            client.rbd("snap", "limit", "set", client.spec("limited"), "--limit", "3");
            assertThat(image.snapshotLimit()).hasValue(3);
            image.createSnapshot("c");
            image.setSnapshotLimit(OptionalLong.empty());
            assertThat(json("info", client.spec("limited")).has("snapshot_limit"))
                    .isFalse();
            image.createSnapshot("d");
            assertThat(json("info", client.spec("limited"))
                            .get("snapshot_count")
                            .asInt())
                    .isEqualTo(4);
        }
    }

    @Test
    @Covers({"H55", "H58", "H51", "G27", "G86", "H10"})
    void descendantsAreThoseOfTheNativeTool() throws IOException {
        client.rbd.create("root", 4 * MIB, ImageOptions.LAYERING);
        try (Image root = client.rbd.open("root")) {
            root.createSnapshot("s");
            root.protectSnapshot("s");
            long id = root.snapshots().get(0).id();
            client.rbd.clone(ImageSpec.of(client.pool.name(), "root"), id, "left", clone(2));
            client.rbd.clone(client.snapshot("root", "s"), "right", clone(1));
            client.rbd("snap", "create", "--no-progress", client.spec("left") + "@t");
            client.rbd(
                    "clone",
                    "--rbd-default-clone-format",
                    "2",
                    client.spec("left") + "@t",
                    client.spec("grandchild"),
                    "--image-feature",
                    "layering");
            String trashed = client.rbd.clone(client.snapshot("root", "s"), "trashed", clone(2));
            client.rbd("trash", "mv", client.spec("trashed"));

            assertThat(root.children()).extracting(ImageSpec::image).containsExactly("left", "right");
            assertThat(root.linkedChildren())
                    .extracting(child -> child.spec().image())
                    .containsExactly("left", "right", "trashed");
            assertThat(root.linkedChildren())
                    .filteredOn(LinkedImage::isInTrash)
                    .extracting(LinkedImage::id)
                    .containsExactly(trashed);
            List<String> descendants = root.descendants().stream()
                    .map(image -> image.spec().image())
                    .toList();
            assertThat(descendants).containsExactly("grandchild", "left", "right", "trashed");
            JsonNode natively = json("children", "--all", "--descendants", client.spec("root"));
            assertThat(natively.findValuesAsText("image")).containsExactlyInAnyOrderElementsOf(descendants);
            assertThat(natively.findValuesAsText("id"))
                    .containsExactlyInAnyOrderElementsOf(
                            root.descendants().stream().map(LinkedImage::id).toList());

            try (Image at = client.rbd.openSnapshot("root", id);
                    Image byIds = client.rbd.openSnapshotById(root.id(), id)) {
                assertThat(at.descendants()).hasSize(4);
                assertThat(byIds.linkedChildren()).hasSize(3);
            }
            assertThat(errno(() -> client.rbd.openSnapshot("root", 99_999))).isEqualTo(Errno.ENOENT);
            assertThat(errno(
                            () -> client.rbd.clone(ImageSpec.of(client.pool.name(), "root"), 99_999, "none", clone(2))))
                    .isEqualTo(Errno.ENOENT);
        }
        try (Image left = client.rbd.openReadOnly("left")) {
            assertThat(left.parent().orElseThrow().spec()).isEqualTo(client.snapshot("root", "s"));
            assertThat(left.opFeatures()).isEqualTo(3);
        }
    }

    private static ImageOptions clone(int format) {
        return ImageOptions.LAYERING.withCloneFormat(format);
    }

    @Test
    @Covers({"H47", "H16", "H51", "K12", "G72"})
    void aSnapshotIsRemovedWithWhatStandsAgainstIt() throws IOException {
        byte[] content = TestClient.bytes(4, 4 * MIB);
        client.imported(content, client.spec("forced"), "--image-feature", "layering");
        try (Image image = client.rbd.open("forced")) {
            image.createSnapshot("s");
            image.protectSnapshot("s");
            client.rbd.clone(client.snapshot("forced", "s"), "forced-1", clone(1));
            client.rbd.clone(client.snapshot("forced", "s"), "forced-2", clone(2));
            int[] told = new int[1];
            image.forceRemoveSnapshot("s", (done, total) -> told[0] = (int) (10 * done + total));
            assertThat(told[0]).isEqualTo(22);
            assertThat(image.snapshots()).isEmpty();
            assertThat(json("snap", "ls", "--all", client.spec("forced"))).isEmpty();
            assertThat(client.exported(client.spec("forced-1"))).isEqualTo(content);
            assertThat(client.exported(client.spec("forced-2"))).isEqualTo(content);

            image.createSnapshot("kept");
            client.rbd.clone(client.snapshot("forced", "kept"), "forced-3", clone(2));
            image.removeSnapshot("kept");
            SnapshotInfo kept = image.snapshots().get(0);
            assertThat(image.snapshotOwner(kept.id()))
                    .isEqualTo(new SnapshotOwner.Trash("kept", SnapshotInfo.Namespace.USER));
            JsonNode namespace =
                    json("snap", "ls", "--all", client.spec("forced")).get(0).get("namespace");
            assertThat(namespace.get("type").asText()).isEqualTo("trash");
            assertThat(namespace.get("original_name").asText()).isEqualTo("kept");
            assertThat(errno(() ->
                            client.rbd.clone(ImageSpec.of(client.pool.name(), "forced"), kept.id(), "late", clone(2))))
                    .isEqualTo(Errno.EINVAL);
        }
    }

    @Test
    @Covers({"H51", "G125", "G127", "G209"})
    void aGroupsSnapshotTellsItsGroup() throws IOException {
        String pool = client.pool.name();
        client.rbd.create("grouped", MIB, ImageOptions.LAYERING);
        client.rbd("group", "create", pool + "/g");
        client.rbd("group", "image", "add", pool + "/g", client.spec("grouped"));
        client.rbd("group", "snap", "create", pool + "/g@gs");
        try (Image image = client.rbd.open("grouped")) {
            SnapshotInfo snapshot = image.snapshots().get(0);
            assertThat(snapshot.namespace()).isEqualTo(SnapshotInfo.Namespace.GROUP);
            SnapshotOwner.Group owner = (SnapshotOwner.Group) image.snapshotOwner(snapshot.id());
            assertThat(owner.pool()).isEqualTo(client.pool.id());
            assertThat(image.group().orElseThrow().groupId()).isEqualTo(owner.groupId());
            GroupRef group = image.group().orElseThrow();
            assertThat(group.pool()).isEqualTo(client.pool.id());
            assertThat(group.poolName()).contains(pool);
            assertThat(group.name()).contains("g").isEqualTo(owner.groupName());
            assertThat(owner.groupSnapshotName()).contains("gs");
            JsonNode natively =
                    json("snap", "ls", "--all", client.spec("grouped")).get(0).get("namespace");
            assertThat(natively.get("group").asText()).isEqualTo("g");
            assertThat(natively.get("group snap").asText()).isEqualTo("gs");
            assertThat(errno(() -> image.removeSnapshot(snapshot.name()))).isEqualTo(Errno.ENOENT);
        }
        client.rbd("group", "rm", pool + "/g");
        try (Image image = client.rbd.open("grouped")) {
            assertThat(image.group()).isEmpty();
            assertThat(image.snapshots()).isEmpty();
        }
    }

    /** A call that is expected to fail. */
    private interface Call {
        void run() throws IOException;
    }

    private static Errno errno(Call call) {
        return catchThrowableOfType(RadosException.class, call::run).errno();
    }
}
