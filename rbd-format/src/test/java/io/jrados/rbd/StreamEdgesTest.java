package io.jrados.rbd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.jrados.error.Errno;
import io.jrados.error.RadosException;
import io.jrados.rbd.model.Features;
import io.jrados.rbd.model.ImageOptions;
import io.jrados.rbd.model.Progress;
import io.jrados.rbd.model.SnapshotInfo;
import io.jrados.rbd.stream.DiffExportOptions;
import io.jrados.rbd.stream.ExportOptions;
import io.jrados.rbd.stream.HalfAppliedException;
import io.jrados.rbd.stream.ImageStreams;
import io.jrados.rbd.stream.ImportOptions;
import io.jrados.testkit.CephCluster;
import io.jrados.testkit.CephTest;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.ReadableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Streams and channels at their edges. */
@CephTest
@Timeout(120)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class StreamEdgesTest {
    private static final int MIB = 1 << 20;

    private TestClient client;
    private Rbd rbd;
    private ImageStreams streams;

    @BeforeAll
    void connect(CephCluster cluster) throws IOException {
        client = new TestClient(cluster, cluster.pool(StreamEdgesTest.class), TestClient.Mode.CRC);
        rbd = client.rbd;
        streams = ImageStreams.on(rbd);
    }

    @AfterAll
    void disconnect() {
        client.close();
    }

    private static Path pipe(Path folder, String name) throws Exception {
        Path pipe = folder.resolve(name);
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor())
                .isZero();
        return pipe;
    }

    /** A named pipe as the channel that the JDK gives for it: also Channels.newChannel of a FileInputStream. */
    private ReadableByteChannel piped(Path folder, String name, byte[] bytes) throws Exception {
        Path pipe = pipe(folder, name);
        CompletableFuture.runAsync(() -> {
            try {
                Files.write(pipe, bytes);
            } catch (IOException failed) {
                throw new UncheckedIOException(failed);
            }
        });
        return FileChannel.open(pipe, StandardOpenOption.READ);
    }

    private byte[] content(String name) throws IOException {
        try (Image image = rbd.openReadOnly(name)) {
            return TestClient.read(image);
        }
    }

    @Test
    void anImageIsImportedFromAFileChannelOfAPipe(@TempDir Path folder) throws Exception {
        byte[] bytes = TestClient.bytes(1, 5 * MIB + 77);
        try (ReadableByteChannel source = piped(folder, "a", bytes)) {
            streams.importImage("from-pipe", ImportOptions.DEFAULT, source, Progress.NONE);
        }
        assertThat(Arrays.equals(content("from-pipe"), bytes)).isTrue();
    }

    @Test
    void anImageIsUploadedFromAFileChannelOfAPipe(@TempDir Path folder) throws Exception {
        byte[] bytes = TestClient.bytes(2, 5 * MIB + 77);
        rbd.create("uploaded", 8 * MIB, ImageOptions.DEFAULT);
        try (ReadableByteChannel source = piped(folder, "b", bytes);
                Image image = rbd.open("uploaded")) {
            assertThat(image.upload(source, 4, Progress.NONE)).isEqualTo(bytes.length);
        }
    }

    @Test
    void aDiffIsImportedFromAFileChannelOfAPipe(@TempDir Path folder) throws Exception {
        rbd.create("source", 4 * MIB, ImageOptions.DEFAULT);
        rbd.create("target", 4 * MIB, ImageOptions.DEFAULT);
        try (Image image = rbd.open("source")) {
            image.write(MIB, ByteBuffer.wrap(TestClient.bytes(3, MIB)));
        }
        ByteArrayOutputStream diff = new ByteArrayOutputStream();
        streams.exportDiff("source", DiffExportOptions.DEFAULT, Channels.newChannel(diff), Progress.NONE);
        try (ReadableByteChannel source = piped(folder, "c", diff.toByteArray())) {
            streams.importDiff("target", source, Progress.NONE);
        }
        assertThat(Arrays.equals(content("target"), content("source"))).isTrue();
    }

    @Test
    void anImageIsExportedIntoAFileChannelOfAPipe(@TempDir Path folder) throws Exception {
        rbd.create("holes", 16 * MIB, ImageOptions.DEFAULT);
        try (Image image = rbd.open("holes")) {
            image.write(9 * MIB, ByteBuffer.wrap(TestClient.bytes(4, MIB)));
        }
        Path pipe = pipe(folder, "d");
        CompletableFuture<byte[]> read = CompletableFuture.supplyAsync(() -> {
            try (InputStream in = Files.newInputStream(pipe)) {
                return in.readAllBytes();
            } catch (IOException failed) {
                throw new UncheckedIOException(failed);
            }
        });
        try (FileChannel sink = FileChannel.open(pipe, StandardOpenOption.WRITE)) {
            streams.exportImage("holes", ExportOptions.DEFAULT, sink, Progress.NONE);
        }
        assertThat(Arrays.equals(read.get(30, TimeUnit.SECONDS), content("holes")))
                .isTrue();
    }

    /** As exportImage says: EINVAL when the head shrinks on the way. */
    @Test
    void anExportOfAHeadThatShrinksIsNoSuccess() throws IOException {
        rbd.create("shrinking", 64 * MIB, ImageOptions.DEFAULT);
        try (Image image = rbd.open("shrinking")) {
            image.write(0, ByteBuffer.wrap(TestClient.bytes(5, 64 * MIB)));
            boolean[] done = new boolean[1];
            Progress shrinks = (at, total) -> {
                if (!done[0] && at >= 8 * MIB) {
                    done[0] = true;
                    try {
                        image.resize(2 * MIB, Progress.NONE);
                    } catch (RadosException failed) {
                        throw new UncheckedIOException(failed);
                    }
                }
            };
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            Throwable failed = catchThrowable(
                    () -> streams.exportImage("shrinking", ExportOptions.DEFAULT, Channels.newChannel(out), shrinks));
            assertThat(failed).as("it has written " + out.size() + " bytes").isInstanceOf(RadosException.class);
        }
    }

    @Test
    void aChannelRefusesToWriteFarBehindTheEnd() throws IOException {
        rbd.create("short", 4 * MIB, ImageOptions.DEFAULT);
        try (Image image = rbd.open("short")) {
            try (ImageChannel channel = image.channel(4)) {
                channel.position(4 * MIB + (1L << 32) - 5);
                assertThatThrownBy(() -> channel.write(ByteBuffer.allocate(100)))
                        .isInstanceOf(RadosException.class)
                        .extracting(failed -> ((RadosException) failed).errno())
                        .isEqualTo(Errno.ENOSPC);
            }
        }
    }

    private byte[] diffToAProtectedSnapshot(String name) throws IOException {
        rbd.create(name, 4 * MIB, ImageOptions.DEFAULT);
        try (Image image = rbd.open(name)) {
            image.write(MIB, ByteBuffer.wrap(TestClient.bytes(6, MIB)));
            image.createSnapshot("one");
            image.protectSnapshot("one");
        }
        ByteArrayOutputStream diff = new ByteArrayOutputStream();
        streams.exportDiff(
                name, DiffExportOptions.DEFAULT.until("one").withFormat(2), Channels.newChannel(diff), Progress.NONE);
        return diff.toByteArray();
    }

    private void importDiff(String name, byte[] diff, Progress progress) throws IOException {
        streams.importDiff(name, Channels.newChannel(new ByteArrayInputStream(diff)), progress);
    }

    @Test
    void whatAFailedProtectionIsSaidToHaveLeftIsTrue() throws IOException {
        byte[] diff = diffToAProtectedSnapshot("layered");
        rbd.create("unlayered", 4 * MIB, ImageOptions.DEFAULT.withFeatures(Features.EXCLUSIVE_LOCK));
        Throwable failed = catchThrowable(() -> importDiff("unlayered", diff, Progress.NONE));
        assertThat(failed)
                .isInstanceOf(RadosException.class)
                .isNotInstanceOf(HalfAppliedException.class)
                .hasMessageContaining("applied whole");
        try (Image image = rbd.openReadOnly("unlayered")) {
            assertThat(image.snapshots()).extracting(SnapshotInfo::name).contains("one");
        }
    }

    @Test
    void progressIsNotAskedOnceTheSnapshotIsMade() throws IOException {
        byte[] diff = diffToAProtectedSnapshot("layered2");
        rbd.create("target2", 4 * MIB, ImageOptions.DEFAULT);
        Progress throwing = (done, total) -> {
            try (Image image = rbd.openReadOnly("target2")) {
                if (!image.snapshots().isEmpty()) {
                    throw new IllegalStateException("enough");
                }
            } catch (RadosException failed) {
                throw new UncheckedIOException(failed);
            }
        };
        Throwable failed = catchThrowable(() -> importDiff("target2", diff, throwing));
        assertThat(failed).isNull();
    }

    /** A channel that gives nothing, time and again, ends an upload as it ends an import. */
    @Test
    void anUploadFromAChannelThatGivesNothingEnds() throws IOException {
        rbd.create("nothing", 4 * MIB, ImageOptions.DEFAULT);
        long[] reads = new long[1];
        ReadableByteChannel source = new ReadableByteChannel() {
            @Override
            public int read(ByteBuffer into) throws IOException {
                if (++reads[0] > 1_000_000) {
                    throw new IOException("read " + reads[0] + " times");
                }
                return 0;
            }

            @Override
            public boolean isOpen() {
                return true;
            }

            @Override
            public void close() {}
        };
        try (Image image = rbd.open("nothing")) {
            assertThat(catchThrowable(() -> image.upload(source, 4, Progress.NONE)))
                    .isNotNull();
        }
        assertThat(reads[0]).isLessThan(1_000_000);
    }
}
