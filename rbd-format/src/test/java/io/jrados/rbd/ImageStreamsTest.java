package io.jrados.rbd;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.jrados.rbd.model.Features;
import io.jrados.rbd.model.ImageOptions;
import io.jrados.rbd.model.ImageSpec;
import io.jrados.rbd.model.Progress;
import io.jrados.rbd.model.SnapshotInfo;
import io.jrados.rbd.stream.DiffExportOptions;
import io.jrados.rbd.stream.ExportOptions;
import io.jrados.rbd.stream.ImageStreams;
import io.jrados.rbd.stream.ImportOptions;
import io.jrados.testkit.CephCluster;
import io.jrados.testkit.CephTest;
import io.jrados.testkit.Covers;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Random histories of images of every kind, exported by us and imported by the {@code rbd} command, and the other way
 * round: whole, as diffs, and as merged diffs. Every snapshot has its bytes then. One history of each kind in every
 * run; {@code -Djrados.histories=200} makes so many, {@code -Djrados.seed=N} others.
 */
@CephTest
@Timeout(3600)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ImageStreamsTest {
    private static final int ORDER = 16;
    private static final int SIZE = (12 << ORDER) + 4096;
    private static final int SNAPSHOTS = 2;
    private static final long SEED = Long.getLong("jrados.seed", 1);
    private static final String NAMESPACE = "inside";

    private TestClient client;
    private String dataPool;

    /** The kinds of images. */
    enum Kind {
        LAYERING,
        DEFAULT,
        STRIPED_IN_DATA_POOL,
        CLONE_OF_FORMAT_1,
        CLONE_OF_FORMAT_2,
        IN_NAMESPACE
    }

    /** One life of an image of a kind. */
    record Life(Kind kind, int number) {}

    /** An image and its states, beside the same image elsewhere. */
    private final class Case implements AutoCloseable {
        final Random random;
        final Rbd rbd;
        final ImageStreams streams;
        final String name;
        final String prefix;
        final NativeClient theirs;
        Map<String, byte[]> states;

        Case(Life life) throws IOException {
            random = new Random(31 * SEED + life.hashCode());
            boolean inside = life.kind() == Kind.IN_NAMESPACE;
            rbd = inside ? Rbd.on(client.pool.inNamespace(NAMESPACE)) : client.rbd;
            streams = ImageStreams.on(rbd);
            name = life.kind().name().toLowerCase() + life.number();
            prefix = client.pool.name() + "/" + (inside ? NAMESPACE + "/" : "");
            theirs = new NativeClient(client.cluster, client.pool.name());
            theirs.run("import hashlib");
            if (inside) {
                theirs.run("ioctx.set_namespace('" + NAMESPACE + "')");
            }
        }

        @Override
        public void close() throws IOException {
            theirs.close();
        }

        void make(Kind kind) throws IOException {
            ImageOptions options =
                    (kind == Kind.LAYERING ? ImageOptions.LAYERING : ImageOptions.DEFAULT).withOrder(ORDER);
            switch (kind) {
                case STRIPED_IN_DATA_POOL ->
                    rbd.create(name, SIZE, options.withStriping(16384, 3).withDataPool(dataPool));
                case CLONE_OF_FORMAT_1, CLONE_OF_FORMAT_2 ->
                    clone(options.withCloneFormat(kind == Kind.CLONE_OF_FORMAT_1 ? 1 : 2));
                default -> rbd.create(name, SIZE, options);
            }
            try (Image image = rbd.open(name)) {
                image.setMetadata("owner", "somebody".getBytes(StandardCharsets.UTF_8));
                image.setMetadata("bytes", new byte[] {0, -1, 'x'});
                states = new ImageHistory(image, random).live(SNAPSHOTS);
            }
        }

        private void clone(ImageOptions options) throws IOException {
            rbd.create(name + "-parent", SIZE, options);
            try (Image parent = rbd.open(name + "-parent")) {
                parent.write(random.nextInt(SIZE / 2), ByteBuffer.wrap(TestClient.bytes(SEED, SIZE / 2)));
                parent.createSnapshot("s");
                parent.protectSnapshot("s");
            }
            rbd.clone(ImageSpec.of(client.pool.name(), name + "-parent").at("s"), name, options);
        }

        /** The native tool's view of each state of an image, and its own. */
        void assertSame(String image) throws IOException {
            for (Map.Entry<String, byte[]> state : states.entrySet()) {
                String snapshot = state.getKey().isEmpty() ? "None" : "'" + state.getKey() + "'";
                theirs.run("image = rbd.Image(ioctx, '" + image + "', snapshot=" + snapshot + ", read_only=True)");
                assertThat(theirs.run("image.size()")).as(image).isEqualTo("" + state.getValue().length);
                assertThat(theirs.run("hashlib.sha256(image.read(0, image.size())).hexdigest()"))
                        .as("%s at '%s'", image, state.getKey())
                        .isEqualTo("'" + digest(state.getValue()) + "'");
                theirs.run("image.close()");
            }
        }

        JsonNode info(String image) throws IOException {
            return new ObjectMapper()
                    .readTree(client.rbd("info", "--format", "json", prefix + image)
                            .text());
        }
    }

    @BeforeAll
    void connect(CephCluster cluster) throws IOException {
        client = new TestClient(cluster, cluster.pool(ImageStreamsTest.class), TestClient.Mode.CRC);
        dataPool = cluster.pool(ImageStreamsTest.class, "data");
        client.rbd.createNamespace(NAMESPACE);
    }

    @AfterAll
    void disconnect() {
        client.close();
    }

    static List<Life> lives() {
        int rounds = Math.max(1, Integer.getInteger("jrados.histories", 1) / Kind.values().length);
        return IntStream.range(0, rounds)
                .boxed()
                .flatMap(number -> List.of(Kind.values()).stream().map(kind -> new Life(kind, number)))
                .toList();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("lives")
    @Covers({"H109", "H110", "H111", "H112", "H113", "H114", "K6"})
    void everyStateIsTheSameOnTheOtherSide(Life life) throws IOException {
        try (Case here = new Case(life)) {
            here.make(life.kind());
            wholeImages(here);
            bytesAlone(here);
            diffs(here);
        } catch (AssertionError wrong) {
            throw new AssertionError(life + " with -Djrados.seed=" + SEED, wrong);
        }
    }

    private Path file(String name) throws IOException {
        Path file = client.cluster.scratch().resolve("streams-" + name);
        Files.deleteIfExists(file);
        return file;
    }

    private static WritableByteChannel writing(Path file) throws IOException {
        return FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    }

    /** The file as a pipe, which cannot seek. */
    private static ReadableByteChannel pipe(Path file) throws IOException {
        return Channels.newChannel(Files.newInputStream(file));
    }

    private void wholeImages(Case here) throws IOException {
        Path ours = file(here.name + ".v2");
        try (WritableByteChannel out = writing(ours)) {
            here.streams.exportImage(here.name, ExportOptions.DEFAULT.withFormat(2), out, Progress.NONE);
        }
        String theirs = here.name + "-theirs";
        client.rbd("import", "--no-progress", "--export-format", "2", ours.toString(), here.prefix + theirs);
        here.assertSame(theirs);
        compareProperties(here, theirs);

        Path natively = file(here.name + ".native");
        client.rbd("export", "--no-progress", "--export-format", "2", here.prefix + here.name, natively.toString());
        String imported = here.name + "-imported";
        try (ReadableByteChannel in = pipe(natively)) {
            String id = here.streams.importImage(imported, ImportOptions.DEFAULT.withFormat(2), in, Progress.NONE);
            assertThat(here.rbd.openByIdReadOnly(id)).satisfies(image -> {
                assertThat(image.name()).isEqualTo(imported);
                image.close();
            });
        }
        here.assertSame(imported);
        compareProperties(here, imported);
    }

    private void compareProperties(Case here, String copy) throws IOException {
        JsonNode expected = here.info(here.name);
        JsonNode found = here.info(copy);
        for (String property : List.of("order", "size", "snapshot_count", "stripe_unit", "stripe_count")) {
            assertThat(found.get(property)).as(property).isEqualTo(expected.get(property));
        }
        assertThat(found.has("parent")).isFalse();
        try (Image original = here.rbd.openReadOnly(here.name);
                Image image = here.rbd.openReadOnly(copy)) {
            long notCopied = Features.DATA_POOL | Features.OPERATIONS;
            assertThat(image.info().features() & ~notCopied)
                    .isEqualTo(original.info().features() & ~notCopied);
            assertThat(image.metadata())
                    .containsOnlyKeys("bytes", "owner")
                    .containsEntry("bytes", new byte[] {0, -1, 'x'});
            assertThat(protections(image)).isEqualTo(protections(original));
        }
    }

    private static List<String> protections(Image image) throws IOException {
        List<String> all = new ArrayList<>();
        for (SnapshotInfo snapshot : image.snapshots()) {
            all.add(snapshot.name() + " " + snapshot.isProtected());
        }
        return all;
    }

    private void bytesAlone(Case here) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        here.streams.exportImage(here.name, ExportOptions.DEFAULT, Channels.newChannel(bytes), Progress.NONE);
        assertThat(digest(bytes.toByteArray())).isEqualTo(digest(here.states.get(ImageHistory.HEAD)));
        Path sparse = file(here.name + ".raw");
        try (WritableByteChannel out = writing(sparse)) {
            here.streams.exportImage(here.name, ExportOptions.DEFAULT.of("s0"), out, Progress.NONE);
        }
        assertThat(digest(Files.readAllBytes(sparse))).isEqualTo(digest(here.states.get("s0")));
        String raw = here.name + "-raw";
        ImportOptions options = ImportOptions.DEFAULT.withImage(ImageOptions.DEFAULT.withOrder(ORDER));
        try (ReadableByteChannel in = here.random.nextBoolean() ? pipe(sparse) : FileChannel.open(sparse)) {
            here.streams.importImage(raw, options, in, Progress.NONE);
        }
        assertThat(client.exported(here.prefix + raw)).isEqualTo(here.states.get("s0"));
    }

    /** From each state to the next, and all of them merged, in both directions. */
    private void diffs(Case here) throws IOException {
        List<Path> ours = new ArrayList<>();
        List<Path> natively = new ArrayList<>();
        String last = "";
        for (String state : here.states.keySet()) {
            Path our = file(here.name + "-our-" + state);
            Path their = file(here.name + "-their-" + state);
            DiffExportOptions options =
                    state.isEmpty() ? DiffExportOptions.DEFAULT : DiffExportOptions.DEFAULT.until(state);
            try (WritableByteChannel out = writing(our)) {
                here.streams.exportDiff(here.name, last.isEmpty() ? options : options.since(last), out, Progress.NONE);
            }
            List<String> words = new ArrayList<>(List.of("export-diff", "--no-progress"));
            if (!last.isEmpty()) {
                words.addAll(List.of("--from-snap", last));
            }
            words.addAll(List.of(here.prefix + here.name + (state.isEmpty() ? "" : "@" + state), their.toString()));
            client.rbd(words.toArray(String[]::new));
            ours.add(our);
            natively.add(their);
            last = state;
        }
        String theirs = here.name + "-diffed-theirs";
        String imported = here.name + "-diffed";
        for (String image : List.of(theirs, imported)) {
            here.rbd.create(image, 1000, ImageOptions.DEFAULT.withOrder(ORDER));
        }
        for (int i = 0; i < ours.size(); i++) {
            client.rbd("import-diff", "--no-progress", ours.get(i).toString(), here.prefix + theirs);
            try (ReadableByteChannel in = pipe(natively.get(i))) {
                here.streams.importDiff(imported, in, Progress.NONE);
            }
        }
        here.assertSame(theirs);
        here.assertSame(imported);
        merged(here, ours, natively);
    }

    private void merged(Case here, List<Path> ours, List<Path> natively) throws IOException {
        Path our = file(here.name + "-our-merged");
        List<ReadableByteChannel> sources = new ArrayList<>();
        for (Path source : here.random.nextBoolean() ? ours : natively) {
            sources.add(pipe(source));
        }
        try (WritableByteChannel out = writing(our)) {
            ImageStreams.mergeDiffs(sources, out, Progress.NONE);
        }
        for (ReadableByteChannel source : sources) {
            source.close();
        }
        Path their = file(here.name + "-their-merged");
        client.rbd(
                "merge-diff",
                "--no-progress",
                ours.get(1).toString(),
                ours.get(2).toString(),
                their.toString());
        String once = here.name + "-once";
        String twice = here.name + "-twice";
        for (String image : List.of(once, twice)) {
            here.rbd.create(image, SIZE, ImageOptions.DEFAULT.withOrder(ORDER));
        }
        client.rbd("import-diff", "--no-progress", our.toString(), here.prefix + once);
        for (Path part : List.of(natively.get(0), their)) {
            try (ReadableByteChannel in = pipe(part)) {
                here.streams.importDiff(twice, in, Progress.NONE);
            }
        }
        for (String image : List.of(once, twice)) {
            assertThat(digest(client.exported(here.prefix + image)))
                    .as(image)
                    .isEqualTo(digest(here.states.get(ImageHistory.HEAD)));
        }
    }

    private static String digest(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException absent) {
            throw new IllegalStateException(absent);
        }
    }
}
