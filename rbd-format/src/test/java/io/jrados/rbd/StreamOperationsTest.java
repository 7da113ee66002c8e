package io.jrados.rbd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jrados.rados.Rados;
import io.jrados.rbd.model.ImageOptions;
import io.jrados.rbd.model.Progress;
import io.jrados.testkit.CephCluster;
import io.jrados.testkit.CephTest;
import io.jrados.testkit.Covers;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Operations that streams, channels, uploads and downloads cost, and that Ceph's tool reads what they write. */
@CephTest
@Timeout(120)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class StreamOperationsTest {
    private static final int MIB = 1 << 20;

    /** Operations for each 200 MB, which are 190.7 MiB. */
    private static final int MOST = 250;

    private static final int LARGE = 200_000_000;
    private static final int SMALL = 40_000_000;

    private final AtomicLong operations = new AtomicLong();
    private final AtomicLong reading = new AtomicLong();
    private CephCluster cluster;
    private TestClient client;
    private Rados counting;
    private Rbd rbd;

    @TempDir
    private Path folder;

    @BeforeAll
    void connect(CephCluster shared) throws Exception {
        cluster = shared;
        client = new TestClient(shared, shared.pool(StreamOperationsTest.class), TestClient.Mode.CRC);
        counting = Rados.builder(TestConf.builder(shared).build())
                .hook((pool, object, write) -> {
                    operations.incrementAndGet();
                    if (!write) {
                        reading.incrementAndGet();
                    }
                })
                .connectAsync()
                .get();
        rbd = Rbd.on(counting.pool(client.pool.name()));
    }

    @AfterAll
    void disconnect() {
        counting.close();
        client.close();
    }

    /** A step that is counted. */
    private interface Step {
        void run() throws IOException;
    }

    private void costs(int bytes, Step step) throws IOException {
        operations.set(0);
        step.run();
        assertThat(operations.get()).isLessThanOrEqualTo((long) MOST * bytes / LARGE);
    }

    private Image image(String name, int size) throws IOException {
        rbd.create(name, size, ImageOptions.LAYERING);
        return rbd.open(name);
    }

    @Test
    @Covers({"H24", "H25"})
    void readingTwoHundredMegabytesInSmallPartsCostsFewOperations() throws IOException {
        byte[] part = new byte[8192];
        try (Image image = image("read", LARGE)) {
            image.write(LARGE - 3, ByteBuffer.wrap(new byte[] {1, 2, 3}));
            costs(LARGE, () -> {
                try (InputStream in = image.inputStream(0)) {
                    long read = 0;
                    for (int count = in.read(part); count >= 0; count = in.read(part)) {
                        read += count;
                    }
                    assertThat(read).isEqualTo(LARGE);
                }
            });
            costs(LARGE, () -> {
                try (InputStream in = image.inputStream(0)) {
                    assertThat(in.transferTo(OutputStream.nullOutputStream())).isEqualTo(LARGE);
                }
            });
            costs(LARGE, () -> {
                try (SeekableByteChannel channel = image.channel()) {
                    ByteBuffer into = ByteBuffer.wrap(part);
                    while (channel.read(into.clear()) >= 0) {
                        assertThat(into.position()).isPositive();
                    }
                    assertThat(channel.position()).isEqualTo(LARGE);
                }
            });
            costs(LARGE, () -> assertThat(
                            image.download(Channels.newChannel(OutputStream.nullOutputStream()), Progress.NONE))
                    .isEqualTo(LARGE));
            costs(1, () -> assertThat(image.inputStream(LARGE).read()).isEqualTo(-1));
        }
    }

    @Test
    @Covers({"H24", "H25"})
    void aFewBytesOfAStreamAreOneSmallRead() throws IOException {
        try (Image image = image("head", LARGE)) {
            reading.set(0);
            try (InputStream in = image.inputStream(0)) {
                assertThat(in.read()).isZero();
                assertThat(in.read(new byte[100])).isEqualTo(100);
            }
            assertThat(reading.get()).isEqualTo(1);
        }
    }

    @Test
    @Covers({"H24", "H25"})
    void writingInSmallPartsCostsFewOperations() throws IOException {
        byte[] content = TestClient.bytes(4, SMALL);
        try (Image image = image("written", SMALL)) {
            costs(SMALL, () -> {
                try (OutputStream out = image.outputStream(0)) {
                    for (int at = 0; at < SMALL; at += 8192) {
                        out.write(content, at, Math.min(8192, SMALL - at));
                    }
                }
            });
        }
        assertThat(client.exported(client.spec("written"))).isEqualTo(content);
        try (Image image = image("channelled", SMALL)) {
            costs(SMALL, () -> {
                try (SeekableByteChannel channel = image.channel()) {
                    for (int at = 0; at < SMALL; at += 8192) {
                        channel.write(ByteBuffer.wrap(content, at, Math.min(8192, SMALL - at)));
                    }
                }
            });
        }
        assertThat(client.exported(client.spec("channelled"))).isEqualTo(content);
    }

    @Test
    @Covers({"H24", "H25"})
    void uploadAndDownloadAreSparseBothWays() throws IOException {
        byte[] content = TestClient.bytes(5, SMALL);
        Arrays.fill(content, 5 * MIB + 4711, 26 * MIB + 4711, (byte) 0);
        Arrays.fill(content, SMALL - 3 * MIB, SMALL, (byte) 0);
        Path source = Files.write(folder.resolve("source"), content);
        Path sink = folder.resolve("sink");
        List<Long> told = new ArrayList<>();
        try (Image image = image("uploaded", SMALL)) {
            costs(SMALL, () -> {
                try (FileChannel in = FileChannel.open(source)) {
                    assertThat(image.upload(in, (done, total) -> told.add(total - done)))
                            .isEqualTo(SMALL);
                }
            });
            assertThat(told).isSortedAccordingTo((a, b) -> Long.compare(b, a)).endsWith(0L);
            costs(SMALL, () -> {
                try (FileChannel out =
                        FileChannel.open(sink, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
                    assertThat(image.download(out, Progress.NONE)).isEqualTo(SMALL);
                }
            });
        }
        assertThat(Files.mismatch(source, sink)).isEqualTo(-1);
        assertThat(Long.parseLong(cluster.exec("stat", "-c", "%b", sink.toString())
                        .succeeded()
                        .text()
                        .strip()))
                .isLessThan((SMALL - 20 * MIB) / 512);
        assertThat(client.exported(client.spec("uploaded"))).isEqualTo(content);
        try (Image image = client.rbd.openReadOnly("uploaded")) {
            AtomicLong stored = new AtomicLong();
            image.readExtents(0, SMALL, (offset, bytes) -> {
                stored.addAndGet(bytes.remaining());
                return CompletableFuture.completedFuture(null);
            });
            assertThat(stored.get()).isLessThan(SMALL - 20 * MIB);
        }
    }

    /** Between images, and between an image and a file, of whole images and of ranges. */
    @Test
    @Covers({"H24", "H25"})
    void transfersOfChannelsAndStreamsOfRangesCostFewOperations() throws IOException {
        byte[] content = TestClient.bytes(6, SMALL);
        Path source = Files.write(folder.resolve("from"), content);
        Path sink = folder.resolve("to");
        try (Image image = image("transferred", SMALL);
                Image copy = image("transferred-again", SMALL);
                ImageChannel channel = image.channel();
                ImageChannel other = copy.channel();
                FileChannel in = FileChannel.open(source);
                FileChannel out = FileChannel.open(
                        sink, StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            costs(SMALL, () -> assertThat(channel.transferFrom(in, 0, Long.MAX_VALUE))
                    .isEqualTo(SMALL));
            costs(SMALL, () -> assertThat(channel.transferTo(0, SMALL, out)).isEqualTo(SMALL));
            assertThat(Files.mismatch(source, sink)).isEqualTo(-1);
            costs(SMALL, () -> assertThat(out.transferFrom(channel, 0, SMALL)).isEqualTo(SMALL));
            assertThat(Files.mismatch(source, sink)).isEqualTo(-1);
            costs(2 * SMALL, () -> assertThat(other.transferFrom(channel.position(0), 0, SMALL / 2)
                            + channel.transferTo(SMALL / 2, SMALL / 2, other.position(SMALL / 2)))
                    .isEqualTo(SMALL));
            costs(SMALL, () -> {
                try (InputStream range = image.inputStream(SMALL / 4, SMALL / 2, 4)) {
                    assertThat(range.readAllBytes())
                            .isEqualTo(Arrays.copyOfRange(content, SMALL / 4, SMALL / 4 + SMALL / 2));
                }
            });
            costs(SMALL, () -> {
                try (OutputStream range = copy.outputStream(SMALL / 4, SMALL / 4, 4)) {
                    range.write(content, 0, SMALL / 4);
                    assertThatThrownBy(() -> range.write(1)).hasMessageContaining("ENOSPC");
                }
            });
        }
        assertThat(client.exported(client.spec("transferred"))).isEqualTo(content);
        System.arraycopy(content, 0, content, SMALL / 4, SMALL / 4);
        assertThat(client.exported(client.spec("transferred-again"))).isEqualTo(content);
    }
}
