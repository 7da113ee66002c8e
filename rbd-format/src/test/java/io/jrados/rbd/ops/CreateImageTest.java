package io.jrados.rbd.ops;

import static io.jrados.rbd.ops.Images.MIB;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import io.jrados.error.AlreadyExistsException;
import io.jrados.error.Errno;
import io.jrados.error.NotFoundException;
import io.jrados.error.RadosException;
import io.jrados.rados.Pool;
import io.jrados.rbd.format.ObjectNames;
import io.jrados.rbd.model.Features;
import io.jrados.rbd.model.ImageOptions;
import io.jrados.rbd.model.Progress;
import io.jrados.testkit.CephCluster;
import io.jrados.testkit.CephTest;
import io.jrados.testkit.Covers;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Images that we make are those that the native tool makes, byte for byte of the header. */
@CephTest
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CreateImageTest {
    private Images images;
    private Pool dataPool;

    @BeforeAll
    void connect(CephCluster cluster) throws IOException {
        images = new Images(cluster, CreateImageTest.class);
        dataPool = images.rados.pool(cluster.pool(CreateImageTest.class, "data"));
    }

    @AfterAll
    void disconnect() {
        images.close();
    }

    @AfterEach
    void nothingIsLeft() throws RadosException {
        for (String name : images.list()) {
            images.remove(name);
        }
        images.assertNothingLeft();
        images.assertNothingLeft(dataPool);
    }

    static Stream<Arguments> kinds() {
        return Stream.of(
                Arguments.of("plain", ImageOptions.LAYERING, List.of("--image-feature", "layering")),
                Arguments.of(
                        "order 23",
                        ImageOptions.LAYERING.withOrder(23),
                        List.of("--image-feature", "layering", "--object-size", "8M")),
                Arguments.of(
                        "striped",
                        ImageOptions.LAYERING.withStriping(65536, 5),
                        List.of("--image-feature", "layering", "--stripe-unit", "64K", "--stripe-count", "5")),
                Arguments.of(
                        "default striping",
                        ImageOptions.LAYERING.withStriping(4 * MIB, 1),
                        List.of("--image-feature", "layering", "--stripe-unit", "4M", "--stripe-count", "1")),
                Arguments.of("default features", ImageOptions.LAYERING.withFeatures(Features.DEFAULT), List.of()),
                Arguments.of("nothing", ImageOptions.LAYERING.withFeatures(0), List.of("--rbd-default-features", "0")));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("kinds")
    @Covers({"H03", "H04", "G01", "G02", "G05", "G17", "G18", "G22", "G24", "G44", "K16", "K18"})
    void headerIsTheNativeOne(String kind, ImageOptions options, List<String> words) throws IOException {
        new CreateImage(images.pool, "ours", 100 * MIB, options).run();
        createNatively("theirs", words);

        assertSameHeader("ours", "theirs");
    }

    @Test
    @Covers({"K17", "G03", "G23", "G39", "H05"})
    void dataPoolIsTheNativeOne() throws IOException {
        new CreateImage(images.pool, "ours", 100 * MIB, ImageOptions.LAYERING.withDataPool(dataPool.name())).run();
        createNatively("theirs", List.of("--image-feature", "layering", "--data-pool", dataPool.name()));

        assertSameHeader("ours", "theirs");
        JsonNode info = images.json("info", images.spec("ours"));
        assertThat(info.get("data_pool").asText()).isEqualTo(dataPool.name());
        assertThat(info.get("block_name_prefix").asText())
                .isEqualTo("rbd_data." + images.pool.id() + "." + images.id("ours"));
        images.write("ours", 5 * MIB, 4096, 1);
        assertThat(dataPool.objects())
                .containsExactlyInAnyOrder(
                        ObjectNames.INFO, info.get("block_name_prefix").asText() + ".0000000000000001");
    }

    private void createNatively(String name, List<String> options) throws IOException {
        images.rbd(Stream.concat(Stream.of("create", images.spec(name), "--size", "100M"), options.stream())
                .toArray(String[]::new));
    }

    private void assertSameHeader(String ours, String theirs) throws IOException {
        Map<String, byte[]> our = header(ours);
        Map<String, byte[]> their = header(theirs);
        assertThat(our.keySet()).isEqualTo(their.keySet());
        for (String key : our.keySet()) {
            if (!key.endsWith("_timestamp") && !key.equals("object_prefix")) {
                assertThat(our.get(key)).as(key).isEqualTo(their.get(key));
            }
        }
        JsonNode info = images.json("info", images.spec(ours));
        JsonNode reference = images.json("info", images.spec(theirs));
        for (String field : List.of("size", "objects", "order", "object_size", "features", "flags", "format")) {
            assertThat(info.get(field)).as(field).isEqualTo(reference.get(field));
        }
        if (info.get("features").toString().contains("object-map")) {
            images.rbd("object-map", "check", "--no-progress", images.spec(ours));
        }
    }

    private Map<String, byte[]> header(String name) throws RadosException {
        return new TreeMap<>(images.pool.omap(ObjectNames.header(images.id(name))));
    }

    @Test
    @Covers({"G12", "G98"})
    void namespacesKeepImagesApart() throws IOException {
        images.rbd("namespace", "create", images.pool.name() + "/tenant");
        Pool tenant = images.pool.inNamespace("tenant");

        new CreateImage(tenant, "image", 4 * MIB, ImageOptions.LAYERING).run();

        assertThat(images.list()).isEmpty();
        assertThat(new ListImages(tenant).run()).containsExactly("image");
        assertThat(images.rbd("ls", images.pool.name() + "/tenant").text()).isEqualTo("image");
        new RemoveImage(tenant, "image", Progress.NONE, Images.OTHERS).run();
        images.assertNothingLeft(tenant);
        RadosException absent = catchThrowableOfType(
                RadosException.class,
                () -> new CreateImage(images.pool.inNamespace("nowhere"), "image", MIB, ImageOptions.LAYERING).run());
        assertThat(absent).isInstanceOf(NotFoundException.class).hasMessageContaining("nowhere");
        images.rbd("namespace", "rm", images.pool.name() + "/tenant");
    }

    @Test
    @Covers({"H03", "G95"})
    void aNameIsTakenOnce() throws IOException {
        images.create("image", 4 * MIB);
        String id = images.id("image");

        RadosException taken = catchThrowableOfType(RadosException.class, () -> images.create("image", 8 * MIB));

        assertThat(taken)
                .isInstanceOf(AlreadyExistsException.class)
                .hasMessageStartingWith("creating image " + images.spec("image"));
        assertThat(images.id("image")).isEqualTo(id);
        assertThat(images.json("info", images.spec("image")).get("size").asLong())
                .isEqualTo(4 * MIB);
    }

    static Stream<Arguments> impossible() {
        ImageOptions plain = ImageOptions.LAYERING;
        return Stream.of(
                Arguments.of(plain.withOrder(11), Errno.EDOM),
                Arguments.of(plain.withOrder(26), Errno.EDOM),
                Arguments.of(plain.withStriping(3000, 2), Errno.EINVAL),
                Arguments.of(plain.withStriping(256, 2), Errno.EINVAL),
                Arguments.of(plain.withStriping(8 * MIB, 2), Errno.EINVAL),
                Arguments.of(plain.withFeatures(1L << 30), Errno.ENOSYS),
                Arguments.of(plain.withFeatures(Features.JOURNALING | Features.EXCLUSIVE_LOCK), Errno.ENOSYS),
                Arguments.of(plain.withFeatures(Features.OBJECT_MAP), Errno.EINVAL),
                Arguments.of(plain.withDataPool("no-such-pool"), Errno.ENOENT));
    }

    @ParameterizedTest
    @MethodSource("impossible")
    @Covers("H03")
    void impossibleOptionsAreRefusedBeforeAnything(ImageOptions options, Errno errno) {
        FaultPoint count = FaultPoint.nowhere();

        RadosException refused = catchThrowableOfType(
                RadosException.class,
                () -> new CreateImage(new FaultyPool(images.pool, count), "image", MIB, options).run());

        assertThat(refused.errno()).isEqualTo(errno);
        assertThat(count.count())
                .as("operations but for reading the pool's options")
                .isLessThanOrEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a b", "größe", "中文", "😀", "a:b", "..", "tab\there"})
    void oddNamesWorkByteForByte(String name) throws IOException {
        images.create(name, 4 * MIB);

        assertThat(images.list()).containsExactly(name);
        assertThat(images.json("ls", images.pool.name()).get(0).asText()).isEqualTo(name);
        assertThat(images.rbd("export", "--image", name, "--pool", images.pool.name(), "-")
                        .output())
                .hasSize((int) (4 * MIB));
        images.remove(name);
        images.rbd("create", "--image", name, "--pool", images.pool.name(), "--size", "1M");
        assertThat(images.list()).containsExactly(name);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a@b", "a/b", "a\0b"})
    void badNamesAreRefusedBeforeAnything(String name) {
        FaultPoint count = FaultPoint.nowhere();

        RadosException refused = catchThrowableOfType(
                RadosException.class,
                () -> new CreateImage(new FaultyPool(images.pool, count), name, MIB, ImageOptions.LAYERING).run());

        assertThat(refused.errno()).isEqualTo(Errno.EINVAL);
        assertThat(count.count())
                .as("operations but for reading the pool's options")
                .isLessThanOrEqualTo(1);
    }

    @Test
    @Covers({"H09", "H13", "G94", "G97"})
    void listsAndRenamesAsTheNativeToolDoes() throws IOException {
        images.create("b", MIB);
        images.rbd("create", images.spec("a"), "--size", "1M");
        images.create("c", MIB);
        assertThat(images.list()).containsExactly("a", "b", "c");

        String id = images.id("b");
        new RenameImage(images.pool, "b", "neu ü", Images.OTHERS).run();

        assertThat(images.rbd("ls", images.pool.name()).text()).isEqualTo("a\nc\nneu ü");
        assertThat(images.id("neu ü")).isEqualTo(id);
        images.rbd("info", "--pool", images.pool.name(), "--image", "neu ü");
        assertThat(IdObject.find(images.pool, "b")).isEmpty();
        images.rbd("rename", images.spec("a"), images.spec("d"));
        assertThat(images.list()).containsExactly("c", "d", "neu ü");
    }

    @Test
    @Covers("H13")
    void renameRefusesWhatIsThereAndWhatIsNot() throws IOException {
        images.create("one", MIB);
        images.create("two", MIB);
        String two = images.id("two");

        assertThat(catchThrowableOfType(
                                RadosException.class,
                                () -> new RenameImage(images.pool, "one", "two", Images.OTHERS).run())
                        .errno())
                .isEqualTo(Errno.EEXIST);
        assertThat(catchThrowableOfType(
                                RadosException.class,
                                () -> new RenameImage(images.pool, "none", "three", Images.OTHERS).run())
                        .errno())
                .isEqualTo(Errno.ENOENT);
        assertThat(catchThrowableOfType(
                                RadosException.class,
                                () -> new RenameImage(images.pool, "one", "one", Images.OTHERS).run())
                        .errno())
                .isEqualTo(Errno.EEXIST);
        assertThat(images.list()).containsExactly("one", "two");
        assertThat(images.id("two")).isEqualTo(two);
    }
}
