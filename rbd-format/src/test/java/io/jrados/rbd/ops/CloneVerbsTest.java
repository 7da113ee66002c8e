package io.jrados.rbd.ops;

import static io.jrados.rbd.ops.Images.MIB;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import io.jrados.error.Errno;
import io.jrados.error.RadosException;
import io.jrados.rados.Pool;
import io.jrados.rbd.Image;
import io.jrados.rbd.Rbd;
import io.jrados.rbd.format.SnapshotNamespace;
import io.jrados.rbd.format.TrashImageSpec.Source;
import io.jrados.rbd.header.SnapshotState;
import io.jrados.rbd.model.Features;
import io.jrados.rbd.model.ImageOptions;
import io.jrados.rbd.model.ImageSpec;
import io.jrados.rbd.model.Progress;
import io.jrados.testkit.CephCluster;
import io.jrados.testkit.CephTest;
import io.jrados.testkit.Covers;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@CephTest
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CloneVerbsTest {
    private Images images;
    private Pool otherPool;
    private byte[] data = {};

    @BeforeAll
    void connect(CephCluster cluster) throws IOException {
        images = new Images(cluster, CloneVerbsTest.class);
        otherPool = images.rados.pool(cluster.pool(CloneVerbsTest.class, "other"));
    }

    @AfterAll
    void disconnect() {
        images.close();
    }

    @BeforeEach
    void makeAParent() throws RadosException {
        images.create("parent", 10 * MIB);
        data = images.write("parent", MIB, (int) (8 * MIB), 7);
        images.snapshot("parent", "snap");
        new ProtectSnapshot(images.open("parent"), "snap").run();
        data = padded(data);
    }

    private static byte[] padded(byte[] written) {
        byte[] all = new byte[(int) (10 * MIB)];
        System.arraycopy(written, 0, all, (int) MIB, written.length);
        return all;
    }

    @AfterEach
    void nothingIsLeft() throws IOException {
        if (images.list().contains("parent")) {
            if (images.open("parent").state().snapshot("snap").isPresent()) {
                if (images.json("snap", "ls", images.spec("parent"))
                        .get(0)
                        .get("protected")
                        .asBoolean()) {
                    new UnprotectSnapshot(images.open("parent"), "snap").run();
                }
                new RemoveSnapshot(images.open("parent"), "snap", Images.OTHERS).run();
            }
            images.remove("parent");
        }
        images.assertNothingLeft();
        images.assertNothingLeft(otherPool);
    }

    private ImageSpec parent() {
        return ImageSpec.of(images.pool.name(), "parent").at("snap");
    }

    private Errno refusal(Rollback.Step verb) {
        return catchThrowableOfType(RadosException.class, verb::run).errno();
    }

    private List<ImageSpec> children() throws RadosException {
        return new ListChildren(images.open("parent")).run();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    @Covers({"H55", "H56", "H57", "H58", "G06", "G21", "G26", "G27"})
    void theNativeToolSeesWhatWeCloned(int format) throws IOException {
        new ImageMetadata(images.pool, images.id("parent")).set("key", "value".getBytes());
        images.clone("parent", "snap", "child", format);

        JsonNode info = images.json("info", images.spec("child"));
        assertThat(info.get("parent").get("image").asText()).isEqualTo("parent");
        assertThat(info.get("parent").get("snapshot").asText()).isEqualTo("snap");
        assertThat(info.get("parent").get("overlap").asLong()).isEqualTo(10 * MIB);
        assertThat(info.get("op_features").toString().contains("clone-child")).isEqualTo(format == 2);
        JsonNode children = images.json("children", "--all", images.spec("parent") + "@snap");
        assertThat(children).hasSize(1);
        assertThat(children.get(0).get("image").asText()).isEqualTo("child");
        assertThat(children()).containsExactly(ImageSpec.of(images.pool.name(), "child"));
        assertThat(images.export(images.spec("child"))).isEqualTo(data);
        assertThat(images.json("image-meta", "list", images.spec("child"))
                        .get("key")
                        .asText())
                .isEqualTo("value");
        byte[] written = images.write("child", 5 * MIB - 10, 20, 3);
        System.arraycopy(written, 0, data, (int) (5 * MIB) - 10, 20);
        assertThat(images.export(images.spec("child"))).isEqualTo(data);
        images.rbd("rm", "--no-progress", images.spec("child"));
        assertThat(children()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    @Covers({"H55", "H14", "H58"})
    void weSeeWhatTheNativeToolCloned(int format) throws IOException {
        String child = otherPool.name() + "/child";
        images.rbd(
                "clone",
                "--rbd-default-clone-format",
                "" + format,
                "--image-feature",
                "layering",
                images.spec("parent") + "@snap",
                child);

        assertThat(children()).containsExactly(ImageSpec.of(otherPool.name(), "child"));
        new RemoveImage(otherPool, "child", Progress.NONE, Images.OTHERS).run();
        assertThat(images.json("children", "--all", images.spec("parent") + "@snap"))
                .isEmpty();
    }

    @Test
    @Covers({"H52", "H56", "G89"})
    void clonesOfFormatOneKeepTheProtection() throws IOException {
        new CloneImage(otherPool, parent(), "child", ImageOptions.LAYERING.withCloneFormat(1), Images.OTHERS).run();

        RadosException busy = catchThrowableOfType(
                RadosException.class, () -> new UnprotectSnapshot(images.open("parent"), "snap").run());
        assertThat(busy.errno()).isEqualTo(Errno.EBUSY);
        assertThat(busy).hasMessageContaining(otherPool.name());
        assertThat(images.json("snap", "ls", images.spec("parent"))
                        .get(0)
                        .get("protected")
                        .asBoolean())
                .isTrue();
        new RemoveImage(otherPool, "child", Progress.NONE, Images.OTHERS).run();
        new UnprotectSnapshot(images.open("parent"), "snap").run();
    }

    @Test
    @Covers({"K12", "H47", "G72", "H57"})
    void aSnapshotWithACloneOfFormatTwoLivesOnInTheTrash() throws IOException {
        images.clone("parent", "snap", "child", 2);
        new UnprotectSnapshot(images.open("parent"), "snap").run();

        new RemoveSnapshot(images.open("parent"), "snap", Images.OTHERS).run();

        assertThat(images.json("snap", "ls", images.spec("parent"))).isEmpty();
        JsonNode all = images.json("snap", "ls", "--all", images.spec("parent"));
        assertThat(all).hasSize(1);
        assertThat(all.get(0).get("namespace").get("type").asText()).isEqualTo("trash");
        SnapshotState kept = images.open("parent").state().snapshots().get(0);
        assertThat(kept.record().namespace()).isEqualTo(new SnapshotNamespace.Trash("snap", 0));
        assertThat(refusal(() -> images.remove("parent"))).isEqualTo(Errno.ENOTEMPTY);
        assertThat(images.export(images.spec("child"))).isEqualTo(data);

        images.remove("child");
        assertThat(images.open("parent").state().snapshots()).isEmpty();
        assertThat(images.open("parent").state().opFeatures()).isZero();
    }

    @ParameterizedTest
    @CsvSource({"true, true", "true, false", "false, true"})
    @Covers({"K12", "H16"})
    void theLastChildPrunesTheSnapshotWhoeverMadeIt(boolean flatten, boolean natively) throws IOException {
        images.clone("parent", "snap", "child", 2);
        images.rbd("snap", "unprotect", images.spec("parent") + "@snap");
        images.rbd("snap", "rm", "--no-progress", images.spec("parent") + "@snap");

        if (flatten && natively) {
            images.rbd("flatten", "--no-progress", images.spec("child"));
        } else if (flatten) {
            new FlattenImage(images.open("child"), Progress.NONE, Images.OTHERS).run();
        } else {
            images.rbd("rm", "--no-progress", images.spec("child"));
        }

        assertThat(images.open("parent").state().snapshots()).isEmpty();
        if (flatten) {
            assertThat(images.export(images.spec("child"))).isEqualTo(data);
            images.remove("child");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    @Covers({"H16", "G83", "G88"})
    void flattenDetaches(int format) throws IOException {
        images.clone("parent", "snap", "child", format);
        byte[] written = images.write("child", 100, 50, 3);
        System.arraycopy(written, 0, data, 100, 50);

        new FlattenImage(images.open("child"), Progress.NONE, Images.OTHERS).run();

        assertThat(images.json("info", images.spec("child")).has("parent")).isFalse();
        assertThat(children()).isEmpty();
        assertThat(images.export(images.spec("child"))).isEqualTo(data);
        assertThat(refusal(() -> new FlattenImage(images.open("child"), Progress.NONE, Images.OTHERS).run()))
                .isEqualTo(Errno.EINVAL);
        images.remove("child");
    }

    @ParameterizedTest
    @ValueSource(longs = {Features.LAYERING, Features.LAYERING | Features.DEEP_FLATTEN})
    @Covers({"H16", "K1", "G37"})
    void snapshotsOfAFlattenedCloneKeepTheirLinkUnlessDeep(long features) throws IOException {
        boolean deep = features != Features.LAYERING;
        new CloneImage(
                        images.pool,
                        parent(),
                        "child",
                        ImageOptions.LAYERING.withFeatures(features).withCloneFormat(2),
                        Images.OTHERS)
                .run();
        images.snapshot("child", "before");
        images.write("child", 0, 4096, 3);

        new FlattenImage(images.open("child"), Progress.NONE, Images.OTHERS).run();

        assertThat(images.export(images.spec("child") + "@before")).isEqualTo(data);
        assertThat(images.json("info", images.spec("child") + "@before").has("parent"))
                .isEqualTo(!deep);
        assertThat(children()).hasSize(deep ? 0 : 1);
        new RemoveSnapshot(images.open("child"), "before", Images.OTHERS).run();
        assertThat(children()).isEmpty();
        assertThat(images.open("child").state().parent()).isEmpty();
        images.remove("child");
    }

    @Test
    @Covers({"H55", "G32"})
    void refusesAsTheNativeLibraryDoes() throws IOException {
        ImageOptions one = ImageOptions.LAYERING.withCloneFormat(1);
        ImageOptions two = ImageOptions.LAYERING.withCloneFormat(2);
        images.snapshot("parent", "bare");

        assertThat(refusal(() -> images.clone("parent", "bare", "child", 1))).isEqualTo(Errno.EINVAL);
        assertThat(refusal(() -> images.clone("parent", "none", "child", 2))).isEqualTo(Errno.ENOENT);
        assertThat(refusal(() -> images.clone("none", "snap", "child", 2))).isEqualTo(Errno.ENOENT);
        assertThat(refusal(() -> new CloneImage(images.pool, parent().head(), "child", two, Images.OTHERS).run()))
                .isEqualTo(Errno.EINVAL);
        assertThat(refusal(() -> images.clone("parent", "snap", "parent", 2))).isEqualTo(Errno.EEXIST);
        assertThat(refusal(() -> images.clone("parent", "snap", "a@b", 2))).isEqualTo(Errno.EINVAL);
        assertThat(refusal(() -> new CloneImage(
                                images.pool, parent(), "child", two.withFeatures(Features.DEEP_FLATTEN), Images.OTHERS)
                        .run()))
                .isEqualTo(Errno.ENOSYS);
        assertThat(refusal(
                        () -> new CloneImage(images.pool, parent(), "child", two.withOrder(21), Images.OTHERS).run()))
                .as("the parent's stripe unit is larger")
                .isEqualTo(Errno.EINVAL);
        assertThat(refusal(() ->
                        new CloneImage(images.pool.inNamespace("tenant"), parent(), "child", one, Images.OTHERS).run()))
                .isEqualTo(Errno.EXDEV);
        assertThat(images.list()).containsExactly("parent");
        assertThat(children()).isEmpty();
        new RemoveSnapshot(images.open("parent"), "bare", Images.OTHERS).run();
    }

    @Test
    @Covers("H55")
    void aClonesOwnMetadataCountsMoreThanItsParents() throws IOException {
        Rbd rbd = Rbd.on(images.pool);
        try (Image parent = rbd.open("parent")) {
            parent.setMetadata("both", "parent".getBytes(StandardCharsets.UTF_8));
            parent.setMetadata("one", "parent".getBytes(StandardCharsets.UTF_8));
        }
        ImageSpec snapshot = ImageSpec.of(images.pool.name(), "parent").at("snap");
        rbd.clone(snapshot, "child", ImageOptions.DEFAULT.withMetadata("both", "child"));
        assertThat(images.rbd("image-meta", "get", images.spec("child"), "both").text())
                .isEqualTo("child");
        assertThat(images.rbd("image-meta", "get", images.spec("child"), "one").text())
                .isEqualTo("parent");
        images.remove("child");
    }

    @Test
    @Covers("H55")
    void anEmptySnapshotHasNoClones() throws IOException {
        images.create("empty", 0);
        images.snapshot("empty", "snap");
        assertThat(refusal(() -> images.clone("empty", "snap", "child", 2))).isEqualTo(Errno.EINVAL);
        assertThat(images.cluster
                        .exec(
                                "rbd",
                                "clone",
                                "--rbd-default-clone-format",
                                "2",
                                images.spec("empty@snap"),
                                images.spec("child"))
                        .exit())
                .isEqualTo(Errno.EINVAL.number());
        assertThat(images.list()).containsExactlyInAnyOrder("parent", "empty");
        new RemoveSnapshot(images.open("empty"), "snap", Images.OTHERS).run();
        images.remove("empty");
    }

    @Test
    @Covers({"H55", "G211"})
    void formatTwoCrossesNamespaces() throws IOException {
        images.rbd("namespace", "create", images.pool.name() + "/tenant");
        Pool tenant = images.pool.inNamespace("tenant");

        new CloneImage(
                        tenant,
                        parent(),
                        "child",
                        ImageOptions.LAYERING.withCloneFormat(2).withOrder(23),
                        Images.OTHERS)
                .run();

        assertThat(images.export(images.pool.name() + "/tenant/child")).isEqualTo(data);
        assertThat(images.json("info", images.pool.name() + "/tenant/child")
                        .get("order")
                        .asInt())
                .isEqualTo(23);
        assertThat(children())
                .containsExactly(ImageSpec.of(images.pool.name(), "child").inNamespace("tenant"));
        new RemoveImage(tenant, "child", Progress.NONE, Images.OTHERS).run();
        images.assertNothingLeft(tenant);
        images.rbd("namespace", "rm", images.pool.name() + "/tenant");
    }

    @Test
    @Covers({"K6", "H60"})
    void shrinkingAndGrowingUncoversNothing() throws IOException {
        images.clone("parent", "snap", "child", 2);

        new ResizeImage(images.open("child"), 3 * MIB + 5, true, Progress.NONE).run();
        assertThat(images.json("info", images.spec("child"))
                        .get("parent")
                        .get("overlap")
                        .asLong())
                .isEqualTo(3 * MIB + 5);
        new ResizeImage(images.open("child"), 10 * MIB, true, Progress.NONE).run();

        byte[] expected = Arrays.copyOf(Arrays.copyOf(data, (int) (3 * MIB) + 5), data.length);
        assertThat(images.export(images.spec("child"))).isEqualTo(expected);
        new FlattenImage(images.open("child"), Progress.NONE, Images.OTHERS).run();
        assertThat(images.export(images.spec("child"))).isEqualTo(expected);
        images.remove("child");
    }

    @Test
    @Covers("H58")
    void clonesInTheTrashAreNotListedButCount() throws IOException {
        images.clone("parent", "snap", "child", 2);
        String id = images.id("child");
        new MoveToTrash(images.pool, "child", Duration.ZERO).run();

        assertThat(children()).isEmpty();
        new UnprotectSnapshot(images.open("parent"), "snap").run();
        new RemoveSnapshot(images.open("parent"), "snap", Images.OTHERS).run();
        assertThat(refusal(() -> images.remove("parent"))).isEqualTo(Errno.ENOTEMPTY);
        images.rbd("trash", "rm", "--no-progress", images.pool.name() + "/" + id);
        assertThat(images.open("parent").state().snapshots()).isEmpty();
    }

    @Test
    @Covers("H103")
    void aParentInTheTrashGoesWithItsLastChild() throws IOException {
        images.clone("parent", "snap", "child", 2);
        new UnprotectSnapshot(images.open("parent"), "snap").run();
        new RemoveSnapshot(images.open("parent"), "snap", Images.OTHERS).run();
        new Trash(images.pool).move(Source.USER_PARENT, "parent", images.id("parent"), Duration.ZERO);
        assertThat(images.list()).containsExactly("child");
        assertThat(images.export(images.spec("child"))).isEqualTo(data);

        images.remove("child");

        images.assertNothingLeft();
    }

    @Test
    @Covers({"H55", "G44"})
    void withoutFeaturesAskedForTheParentsAreTaken() throws IOException {
        images.rbd("create", images.spec("full"), "--size", "8M");
        images.rbd("snap", "create", "--no-progress", images.spec("full") + "@snap");

        new CloneImage(
                        images.pool,
                        ImageSpec.of(images.pool.name(), "full").at("snap"),
                        "child",
                        ImageOptions.LAYERING.withFeatures(0).withCloneFormat(2),
                        Images.OTHERS)
                .run();

        JsonNode info = images.json("info", images.spec("child"));
        assertThat(info.get("features").toString())
                .contains("exclusive-lock", "object-map", "fast-diff", "deep-flatten");
        images.rbd("object-map", "check", "--no-progress", images.spec("child"));
        images.remove("child");
        images.rbd("snap", "purge", "--no-progress", images.spec("full"));
        images.remove("full");
    }
}
