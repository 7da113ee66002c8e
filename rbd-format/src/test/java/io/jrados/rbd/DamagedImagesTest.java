package io.jrados.rbd;

import static org.assertj.core.api.Assertions.assertThat;

import io.jrados.error.Errno;
import io.jrados.error.RadosException;
import io.jrados.rbd.model.ImageOptions;
import io.jrados.rbd.model.Progress;
import io.jrados.rbd.model.SnapshotInfo;
import io.jrados.testkit.Covers;
import io.jrados.testkit.PrivateCephCluster;
import io.jrados.testkit.PrivateCephTest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Headers and indices of images, damaged key by key. Whatever is done to such an image ends soon, with success or with
 * one error that says what was being done; what is read is what was written; and another image stays as it is.
 */
@PrivateCephTest
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DamagedImagesTest {
    private static final int PART = Damage.PART;
    private static final int ORDER = 18;
    private static final long ENDS_WITHIN_SECONDS = 30;
    private static final byte[] CONTENT = TestClient.bytes(1, 3 * PART);
    private static final byte[] OVERWRITTEN = TestClient.bytes(2, PART);

    private TestClient client;
    private Background threads;
    private Optional<String> parentId = Optional.empty();

    @BeforeAll
    void connect(PrivateCephCluster cluster) throws IOException {
        client = new TestClient(cluster, cluster.pool(DamagedImagesTest.class), TestClient.Mode.CRC);
        threads = new Background(1);
        client.rbd.create("bystander", 4 * PART, ImageOptions.LAYERING);
        try (Image image = client.rbd.open("bystander")) {
            image.write(0, ByteBuffer.wrap(CONTENT));
        }
    }

    @AfterAll
    void disconnect() {
        threads.close();
        client.close();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("io.jrados.rbd.Damage#all")
    @Covers({"H06", "H07", "H14", "K6", "K16", "G20", "G90"})
    void endsWithAClearErrorOrAsIfNothingWere(Damage damage) throws Exception {
        String id = make(damage.kind());
        damage.wreck().run(new Wrecker(client.pool, id, parentId.orElse("")));
        try {
            Optional<RadosException> opened = soon("reading", this::readHead);
            assertThat(opened.map(RadosException::errno))
                    .as("opening ended with %s", opened)
                    .isEqualTo(damage.opens());
            opened.ifPresent(failed -> assertThat(failed).hasMessageContaining("image"));
            soon("reading a snapshot", this::readSnapshot);
            soon("changing", this::change);
            soon("listing", () -> client.rbd.list());
            soon("removing", () -> client.rbd.remove("image", Progress.NONE));
        } finally {
            sweep();
        }
    }

    private String make(Damage.Kind kind) throws IOException {
        switch (kind) {
            case PLAIN -> client.rbd.create("image", 10 * PART, ImageOptions.LAYERING.withOrder(ORDER));
            case STRIPED ->
                client.rbd.create(
                        "image",
                        10 * PART,
                        ImageOptions.LAYERING.withOrder(ORDER).withStriping(65536, 3));
            case NATIVE -> client.rbd("create", "--size", "10M", "--object-size", "256K", client.spec("image"));
            case CLONE -> {
                parentId = Optional.of(client.rbd.create("parent", 10 * PART, ImageOptions.LAYERING.withOrder(ORDER)));
                fill("parent");
                client.rbd.clone(client.snapshot("parent", "s"), "image", ImageOptions.LAYERING.withCloneFormat(2));
                try (Image image = client.rbd.open("image")) {
                    image.createSnapshot("s");
                    image.write(PART, ByteBuffer.wrap(OVERWRITTEN));
                }
            }
        }
        if (kind == Damage.Kind.NATIVE) {
            client.cluster
                    .exec(
                            java.time.Duration.ofSeconds(30),
                            content(),
                            "rbd",
                            "import",
                            "--no-progress",
                            "--object-size",
                            "256K",
                            "-",
                            client.spec("native"))
                    .succeeded();
            client.rbd("rm", "--no-progress", client.spec("image"));
            client.rbd("snap", "create", "--no-progress", client.spec("native") + "@s");
            client.rbd("rename", client.spec("native"), client.spec("image"));
        } else if (kind != Damage.Kind.CLONE) {
            fill("image");
            try (Image image = client.rbd.open("image")) {
                image.write(PART, ByteBuffer.wrap(OVERWRITTEN));
            }
        }
        try (Image image = client.rbd.openReadOnly("image")) {
            return image.id();
        }
    }

    private void fill(String name) throws IOException {
        try (Image image = client.rbd.open(name)) {
            image.write(0, ByteBuffer.wrap(CONTENT));
            image.createSnapshot("s");
        }
    }

    /** Returns the content of the head. */
    private static byte[] content() {
        byte[] content = Arrays.copyOf(CONTENT, 10 * PART);
        System.arraycopy(OVERWRITTEN, 0, content, PART, PART);
        return content;
    }

    private void readHead() throws IOException {
        try (Image image = client.rbd.openReadOnly("image")) {
            int length = (int) Math.min(10 * PART, image.size());
            assertThat(Arrays.equals(TestClient.read(image, 0, length), Arrays.copyOf(content(), length)))
                    .as("the bytes of the head")
                    .isTrue();
            image.info();
            image.snapshots();
        }
    }

    private void readSnapshot() throws IOException {
        try (Image image = client.rbd.openSnapshot("image", "s")) {
            byte[] read = TestClient.read(image, 0, 3 * PART);
            assertThat(Arrays.equals(read, CONTENT) || Arrays.equals(read, Arrays.copyOf(content(), 3 * PART)))
                    .as("the bytes of the snapshot")
                    .isTrue();
        }
    }

    private void change() throws IOException {
        try (Image image = client.rbd.open("image")) {
            byte[] expected = content();
            byte[] piece = "changed".getBytes(StandardCharsets.UTF_8);
            image.write(5 * PART, ByteBuffer.wrap(piece));
            System.arraycopy(piece, 0, expected, 5 * PART, piece.length);
            image.flush();
            assertThat(Arrays.equals(TestClient.read(image, 0, 10 * PART), expected))
                    .as("the bytes of the head after a write")
                    .isTrue();
            image.createSnapshot("t");
            image.resize(12 * PART, Progress.NONE);
            image.removeSnapshot("t");
            for (SnapshotInfo snapshot : image.snapshots()) {
                image.removeSnapshot(snapshot.id());
            }
            image.metadata();
            image.times();
            image.children();
        }
    }

    /** Something to do. */
    private interface Action {
        void run() throws IOException;
    }

    /** Runs the action and returns its error, if any. Any other exception fails the test, as does having no end. */
    private Optional<RadosException> soon(String doing, Action action) throws Exception {
        CompletableFuture<Optional<RadosException>> ended = threads.call(() -> {
            try {
                action.run();
                return Optional.empty();
            } catch (RadosException failed) {
                return Optional.of(failed);
            } catch (IOException other) {
                throw new IllegalStateException(doing, other);
            }
        });
        try {
            return ended.get(ENDS_WITHIN_SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException endless) {
            throw new AssertionError(doing + " has no end", endless);
        }
    }

    /** Removes all but the bystander, and looks whether that is as it was. */
    private void sweep() throws IOException {
        try (Image image = client.rbd.openReadOnly("bystander")) {
            assertThat(Arrays.equals(TestClient.read(image, 0, 3 * PART), CONTENT))
                    .as("the bytes of another image")
                    .isTrue();
            for (String object : client.pool.objects()) {
                if (!object.contains(image.id()) && !object.equals("rbd_id.bystander") && !object.equals("rbd_info")) {
                    try {
                        client.pool.remove(object);
                    } catch (RadosException gone) {
                        assertThat(gone.errno()).isEqualTo(Errno.ENOENT);
                    }
                }
            }
        }
    }
}
