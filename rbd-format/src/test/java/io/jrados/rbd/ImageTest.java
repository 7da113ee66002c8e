package io.jrados.rbd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.jrados.error.Errno;
import io.jrados.error.RadosException;
import io.jrados.rados.Wait;
import io.jrados.rbd.model.Features;
import io.jrados.rbd.model.ImageOptions;
import io.jrados.rbd.model.Progress;
import io.jrados.rbd.model.SnapshotInfo;
import io.jrados.testkit.CephCluster;
import io.jrados.testkit.CephTest;
import io.jrados.testkit.Covers;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Our images and Ceph's, each read by the other. */
@CephTest
@Timeout(180)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ImageTest {
    private static final int MIB = 1 << 20;

    private final Map<TestClient.Mode, TestClient> clients = new EnumMap<>(TestClient.Mode.class);

    @BeforeAll
    void connect(CephCluster shared) throws IOException {
        for (TestClient.Mode mode : TestClient.Mode.values()) {
            clients.put(mode, new TestClient(shared, shared.pool(ImageTest.class), mode));
        }
    }

    @AfterAll
    void disconnect() {
        clients.values().forEach(TestClient::close);
    }

    private static String name(String what, TestClient.Mode mode) {
        return what + "-" + mode;
    }

    @ParameterizedTest
    @EnumSource(TestClient.Mode.class)
    @Covers({"H06", "H07", "H24", "G47", "G50", "G52", "G65", "G68"})
    void readsWhatCephsToolMadeAtItsHeadAndAtASnapshot(TestClient.Mode mode) throws IOException {
        TestClient client = clients.get(mode);
        String name = name("native", mode);
        byte[] first = TestClient.bytes(1, 9 * MIB + 4711);
        Arrays.fill(first, MIB, 6 * MIB, (byte) 0);
        client.imported(first, client.spec(name), "--image-feature", "layering");
        client.rbd("snap", "create", "--no-progress", client.spec(name) + "@then");
        client.rbd("resize", "--no-progress", "--size", "13M", client.spec(name));
        client.rbd(
                "bench",
                "--io-type",
                "write",
                "--io-size",
                "64K",
                "--io-total",
                "1M",
                "--io-pattern",
                "rand",
                client.spec(name));
        try (Image head = client.rbd.open(name);
                Image then = client.rbd.openSnapshot(name, "then")) {
            assertThat(TestClient.read(head)).isEqualTo(client.exported(client.spec(name)));
            assertThat(TestClient.read(then)).isEqualTo(first);
            assertThat(then.isReadOnly()).isTrue();
            assertThat(head.snapshots()).extracting(SnapshotInfo::name).containsExactly("then");
            assertThat(head.info().objectCount()).isEqualTo(4);
        }
    }

    @ParameterizedTest
    @EnumSource(TestClient.Mode.class)
    @Covers({"H25", "H26", "H55", "K1", "K6", "G80", "G81"})
    void cephsToolReadsAChainOfClonesThatWeWrote(TestClient.Mode mode) throws IOException {
        TestClient client = clients.get(mode);
        List<byte[]> contents = new ArrayList<>();
        byte[] content = TestClient.bytes(7, 9 * MIB + 5);
        Arrays.fill(content, 3 * MIB, 5 * MIB, (byte) 0);
        client.imported(content, client.spec(name("chain0", mode)), "--image-feature", "layering");
        client.rbd("snap", "create", "--no-progress", client.spec(name("chain0", mode)) + "@s");
        client.rbd("snap", "protect", client.spec(name("chain0", mode)) + "@s");
        Random random = new Random(3);
        for (int depth = 1; depth <= 3; depth++) {
            String name = name("chain" + depth, mode);
            client.rbd.clone(client.snapshot(name("chain" + (depth - 1), mode), "s"), name, ImageOptions.LAYERING);
            try (Image image = client.rbd.open(name)) {
                if (depth == 2) {
                    image.resize(5 * MIB, Progress.NONE);
                    image.resize(11 * MIB, Progress.NONE);
                    content = Arrays.copyOf(Arrays.copyOf(content, 5 * MIB), 11 * MIB);
                } else {
                    content = content.clone();
                }
                for (int i = 0; i < 5; i++) {
                    byte[] piece = TestClient.bytes(depth * 10 + i, 1 + random.nextInt(100_000));
                    int at = random.nextInt(content.length - piece.length);
                    System.arraycopy(piece, 0, content, at, piece.length);
                    image.write(at, ByteBuffer.wrap(piece));
                    if (i == 2) {
                        image.createSnapshot("s");
                        image.protectSnapshot("s");
                        contents.add(content.clone());
                    }
                }
                assertThat(TestClient.read(image)).isEqualTo(content);
                assertThat(image.info().parent()).contains(client.snapshot(name("chain" + (depth - 1), mode), "s"));
            }
            assertThat(client.exported(client.spec(name))).isEqualTo(content);
            assertThat(client.exported(client.spec(name) + "@s")).isEqualTo(contents.get(depth - 1));
            content = contents.get(depth - 1);
        }
        try (Image last = client.rbd.open(name("chain3", mode))) {
            byte[] head = TestClient.read(last);
            last.flatten(Progress.NONE);
            assertThat(last.info().parent()).isEmpty();
            assertThat(TestClient.read(last)).isEqualTo(head);
            assertThat(client.exported(client.spec(name("chain3", mode)))).isEqualTo(head);
            assertThat(client.exported(client.spec(name("chain3", mode)) + "@s"))
                    .isEqualTo(contents.get(2));
        }
    }

    @Test
    @Covers({"K3", "H26"})
    void manySmallWritesToAnObjectThatACloneDoesNotHaveAreAllThere() throws IOException {
        TestClient client = clients.get(TestClient.Mode.CRC);
        byte[] content = TestClient.bytes(5, 4 * MIB);
        client.imported(content, client.spec("small"), "--image-feature", "layering");
        try (Image parent = client.rbd.open("small")) {
            parent.createSnapshot("s");
            parent.protectSnapshot("s");
        }
        for (boolean snapshots : new boolean[] {false, true}) {
            String name = "small-child-" + snapshots;
            client.rbd.clone(client.snapshot("small", "s"), name, ImageOptions.LAYERING);
            byte[] expected = content.clone();
            try (Image image = client.rbd.open(name)) {
                if (snapshots) {
                    image.createSnapshot("before");
                }
                List<CompletableFuture<Void>> writes = new ArrayList<>();
                Random random = new Random(9);
                for (int i = 0; i < 200; i++) {
                    byte[] piece = TestClient.bytes(i, 1 + random.nextInt(9000));
                    int at = random.nextInt(200_000);
                    System.arraycopy(piece, 0, expected, at, piece.length);
                    writes.add(image.writeAsync(at, ByteBuffer.wrap(piece)));
                }
                image.flush();
                for (CompletableFuture<Void> write : writes) {
                    Wait.on(write);
                }
                assertThat(TestClient.read(image)).isEqualTo(expected);
            }
            assertThat(client.exported(client.spec(name))).isEqualTo(expected);
            if (snapshots) {
                assertThat(client.exported(client.spec(name) + "@before")).isEqualTo(content);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(TestClient.Mode.class)
    @Covers({"H34", "G54", "K16", "H28"})
    void stripesAsCephsToolDoes(TestClient.Mode mode) throws IOException {
        TestClient client = clients.get(mode);
        String name = name("striped", mode);
        byte[] content = TestClient.bytes(11, 5 * MIB + 321);
        client.imported(
                content,
                client.spec(name),
                "--image-feature",
                "layering",
                "--image-feature",
                "striping",
                "--object-size",
                "1M",
                "--stripe-unit",
                "16K",
                "--stripe-count",
                "5");
        try (Image image = client.rbd.open(name)) {
            assertThat(image.info().stripeUnit()).isEqualTo(16 << 10);
            assertThat(TestClient.read(image)).isEqualTo(content);
            byte[] piece = TestClient.bytes(12, 700_001);
            image.write(54_321, ByteBuffer.wrap(piece));
            System.arraycopy(piece, 0, content, 54_321, piece.length);
            assertThat(client.exported(client.spec(name))).isEqualTo(content);
            image.discard(0, image.size());
            assertThat(TestClient.read(image)).isEqualTo(client.exported(client.spec(name)));
        }
    }

    @Test
    @Covers({"H68", "H72", "K7", "H45", "H08"})
    void anotherClientsChangesAreSeenByTheNextRequest() throws IOException {
        TestClient client = clients.get(TestClient.Mode.CRC);
        String spec = client.spec("watched");
        client.rbd.create("watched", MIB, ImageOptions.LAYERING);
        try (Image image = client.rbd.open("watched");
                Image unwatched = client.rbd.openReadOnly("watched")) {
            assertThat(client.rbd("status", spec).text())
                    .containsPattern("watcher=.* client\\." + client.rados.instanceId());
            assertThat(image.watchers()).isEmpty();
            assertThat(unwatched.watchers()).hasSize(1);
            image.write(0, ByteBuffer.wrap(new byte[] {'a'}));
            client.rbd("snap", "create", "--no-progress", spec + "@s");
            client.rbd("resize", "--no-progress", "--size", "2M", spec);
            image.write(0, ByteBuffer.wrap(new byte[] {'b'}));
            image.write(2 * MIB - 1, ByteBuffer.wrap(new byte[] {'c'}));
            assertThat(image.size()).isEqualTo(2 * MIB);
            assertThat(client.exported(spec + "@s")).hasSize(MIB).startsWith('a', 0);
            assertThat(client.exported(spec))
                    .hasSize(2 * MIB)
                    .startsWith('b', 0)
                    .endsWith('c');
        }
        assertThat(client.rbd("status", spec).text()).contains("Watchers: none");
    }

    @Test
    @Covers({"H06", "G38", "G44"})
    void anImageWithAJournalIsReadButNotWritten() throws IOException {
        TestClient client = clients.get(TestClient.Mode.CRC);
        byte[] content = TestClient.bytes(2, MIB);
        client.imported(content, client.spec("stock"));
        client.rbd("feature", "enable", client.spec("stock"), "journaling");
        try (Image image = client.rbd.open("stock")) {
            assertThat(image.isReadOnly()).isTrue();
            assertThat(image.info().features()).isEqualTo(Features.DEFAULT | Features.JOURNALING);
            assertThat(TestClient.read(image)).isEqualTo(content);
            RadosException refused =
                    catchThrowableOfType(RadosException.class, () -> image.write(0, ByteBuffer.wrap(new byte[] {1})));
            assertThat(refused.errno()).isEqualTo(Errno.EROFS);
            assertThat(refused).hasMessageContaining("rbd feature disable");
        }
        assertThat(client.exported(client.spec("stock"))).isEqualTo(content);
    }

    @Test
    @Covers({"H24", "H25"})
    void whatIsOutsideIsRefusedAndAShortTailIsExact() throws IOException {
        TestClient client = clients.get(TestClient.Mode.CRC);
        client.rbd.create("tail", 4 * MIB + 3, ImageOptions.LAYERING);
        Image image = client.rbd.open("tail");
        image.write(4 * MIB, ByteBuffer.wrap(new byte[] {1, 2, 3}));
        assertThat(TestClient.read(image, 4 * MIB - 1, 4)).containsExactly(0, 1, 2, 3);
        ByteBuffer two = ByteBuffer.wrap(new byte[2]);
        for (CompletableFuture<Void> outside : List.of(
                image.writeAsync(4 * MIB + 2, two),
                image.readAsync(4 * MIB + 2, two),
                image.discardAsync(4 * MIB, 4))) {
            assertThat(catchThrowableOfType(RadosException.class, () -> Wait.on(outside))
                            .errno())
                    .isEqualTo(Errno.EINVAL);
        }
        image.close();
        image.close();
        assertThat(catchThrowableOfType(RadosException.class, () -> image.read(0, two))
                        .errno())
                .isEqualTo(Errno.EBADF);
        assertThat(client.exported(client.spec("tail"))).hasSize(4 * MIB + 3).endsWith(1, 2, 3);
    }

    @Test
    @Covers("H06")
    void manyOpenImagesCostNoThread() throws IOException {
        TestClient client = clients.get(TestClient.Mode.CRC);
        client.rbd.create("many", MIB, ImageOptions.LAYERING);
        List<Image> open = new ArrayList<>();
        open.add(client.rbd.open("many"));
        int before = Thread.activeCount();
        for (int i = 0; i < 200; i++) {
            open.add(i % 10 == 0 ? client.rbd.open("many") : client.rbd.openReadOnly("many"));
        }
        assertThat(Thread.activeCount()).isLessThanOrEqualTo(before + 1);
        for (Image image : open) {
            image.close();
        }
    }

    @Test
    @Covers("H06")
    void whatDoesNotExistIsNamed() {
        TestClient client = clients.get(TestClient.Mode.CRC);
        RadosException failed = catchThrowableOfType(RadosException.class, () -> client.rbd.open("no such image"));
        assertThat(failed.errno()).isEqualTo(Errno.ENOENT);
        assertThat(failed).hasMessageContaining(client.spec("no such image"));
    }
}
