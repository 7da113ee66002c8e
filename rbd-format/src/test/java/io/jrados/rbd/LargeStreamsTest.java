package io.jrados.rbd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jrados.rbd.model.Progress;
import io.jrados.rbd.stream.DiffExportOptions;
import io.jrados.rbd.stream.ExportOptions;
import io.jrados.rbd.stream.ImageStreams;
import io.jrados.rbd.stream.ImportOptions;
import io.jrados.rbd.stream.MalformedStreamException;
import io.jrados.testkit.CephCluster;
import io.jrados.testkit.CephTest;
import io.jrados.testkit.Covers;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.ReadableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

/** Images of usual objects, larger than a piece and mostly holes: what is stored, what is read, what is reported. */
@CephTest
@Timeout(180)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LargeStreamsTest {
    private static final int MIB = 1 << 20;
    private static final int SIZE = 41 * MIB + 4097;
    private static final int DATA_OBJECTS = 3;

    private TestClient client;
    private ImageStreams streams;
    private byte[] content;

    @BeforeAll
    void connect(CephCluster cluster) throws IOException {
        client = new TestClient(cluster, cluster.pool(LargeStreamsTest.class), TestClient.Mode.CRC);
        streams = ImageStreams.on(client.rbd);
        content = new byte[SIZE];
        System.arraycopy(TestClient.bytes(1, 3 * MIB), 0, content, 5 * MIB + 77, 3 * MIB); // crosses objects 1 and 2
        System.arraycopy(TestClient.bytes(2, 100), 0, content, SIZE - 100, 100);
    }

    @AfterAll
    void disconnect() {
        client.close();
    }

    /** Bytes reported, which never decrease. */
    private static final class Watched implements Progress {
        final AtomicLong done = new AtomicLong();
        final AtomicLong total = new AtomicLong();

        @Override
        public void report(long now, long of) {
            assertThat(now).isBetween(done.getAndSet(now), of);
            total.set(of);
        }
    }

    /** A pipe that gives a few thousand bytes at a time. */
    private static ReadableByteChannel pipe(byte[] bytes) {
        ByteBuffer left = ByteBuffer.wrap(bytes);
        return new ReadableByteChannel() {
            @Override
            public int read(ByteBuffer into) {
                int count = Math.min(Math.min(left.remaining(), into.remaining()), 30_000);
                if (count == 0) {
                    return into.hasRemaining() ? -1 : 0;
                }
                into.put(left.slice(left.position(), count));
                left.position(left.position() + count);
                return count;
            }

            @Override
            public boolean isOpen() {
                return true;
            }

            @Override
            public void close() {}
        };
    }

    private long dataObjects(String id) throws IOException {
        long count = 0;
        for (String object : client.pool.objects()) {
            count += object.startsWith("rbd_data." + id) ? 1 : 0;
        }
        return count;
    }

    @Test
    @Covers("H109")
    void aPipeOfUnknownLengthMakesAnImageOfItsLengthWithoutItsZeroes() throws IOException {
        Watched progress = new Watched();
        String id = streams.importImage("piped", ImportOptions.DEFAULT, pipe(content), progress);
        assertThat(progress.done).hasValue(SIZE);
        assertThat(dataObjects(id)).isEqualTo(DATA_OBJECTS);
        assertThat(Arrays.equals(client.exported(client.spec("piped")), content))
                .isTrue();
    }

    @Test
    @Covers("H109")
    void aPipeOfAnotherLengthThanWasToldIsRefusedAndLeavesNothing() throws IOException {
        for (long size : new long[] {SIZE - 1, SIZE + 1, 0}) {
            assertThatThrownBy(() -> streams.importImage(
                            "told", ImportOptions.DEFAULT.withSize(size), pipe(content), Progress.NONE))
                    .isInstanceOf(MalformedStreamException.class);
            assertThat(client.rbd.list()).noneMatch(name -> name.startsWith("told"));
        }
        streams.importImage("told", ImportOptions.DEFAULT.withSize(SIZE), pipe(content), Progress.NONE);
        assertThat(client.rbd.exists("told")).isTrue();
        streams.importImage("empty", ImportOptions.DEFAULT, pipe(new byte[0]), Progress.NONE);
        assertThat(client.exported(client.spec("empty"))).isEmpty();
    }

    @Test
    @Covers({"H109", "H111", "H113"})
    void sparseFilesAndDiffsByObjectGoBothWays() throws IOException {
        Path file = client.cluster.scratch().resolve("large");
        Files.write(file, content);
        try (FileChannel in = FileChannel.open(file)) {
            Watched progress = new Watched();
            String id = streams.importImage("large", ImportOptions.DEFAULT, in, progress);
            assertThat(progress.done).hasValue(SIZE);
            assertThat(progress.total).hasValue(SIZE);
            assertThat(dataObjects(id)).isEqualTo(DATA_OBJECTS);
        }
        Path exported = client.cluster.scratch().resolve("large-exported");
        try (FileChannel out = FileChannel.open(exported, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            streams.exportImage("large", ExportOptions.DEFAULT, out, Progress.NONE);
        }
        assertThat(Files.mismatch(file, exported)).isEqualTo(-1);

        try (Image image = client.rbd.open("large")) {
            image.createSnapshot("one");
            image.write(9 * MIB, ByteBuffer.wrap(TestClient.bytes(3, 6 * MIB)));
            image.discard(4 * MIB, 4 * MIB);
            image.createSnapshot("two");
        }
        Path ours = client.cluster.scratch().resolve("large-ours");
        Path theirs = client.cluster.scratch().resolve("large-theirs");
        Watched progress = new Watched();
        try (FileChannel out = FileChannel.open(ours, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            DiffExportOptions options = DiffExportOptions.DEFAULT.since("one").until("two");
            streams.exportDiff("large", options.byObject(), out, progress);
        }
        assertThat(progress.done).hasValue(SIZE);
        client.rbd("export-diff", "--no-progress", "--from-snap", "one", client.spec("large@two"), theirs.toString());
        for (String target : new String[] {"by-us", "by-them"}) {
            streams.importImage(target, ImportOptions.DEFAULT, pipe(content), Progress.NONE);
            client.rbd("snap", "create", "--no-progress", client.spec(target + "@one"));
        }
        try (ReadableByteChannel in = Channels.newChannel(Files.newInputStream(theirs))) {
            streams.importDiff("by-us", in, Progress.NONE);
        }
        client.rbd("import-diff", "--no-progress", ours.toString(), client.spec("by-them"));
        byte[] expected = client.exported(client.spec("large@two"));
        for (String target : new String[] {"by-us@two", "by-them@two"}) {
            assertThat(Arrays.equals(client.exported(client.spec(target)), expected))
                    .as(target)
                    .isTrue();
        }
    }
}
