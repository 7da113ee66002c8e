package io.jrados.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.jrados.disk.model.DiskFormat;
import io.jrados.disk.model.DiskImage;
import io.jrados.disk.model.Extent;
import io.jrados.disk.model.RandomAccessSource;
import io.jrados.error.Errno;
import io.jrados.error.RadosException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Many readers of one image, readers of a closed one, and an image that is as large as the format allows. */
class ReadersTest {
    private static final int THREADS = 4;
    private static final int READS = 60;

    @TempDir
    Path folder;

    private byte[] raw;

    private Path image(String compression) throws IOException {
        Tools tools = new Tools(folder);
        Contents.mixed(tools.path("mixed.raw"), 3, 6);
        raw = Files.readAllBytes(tools.path("mixed.raw"));
        tools.qemuImg(
                "convert", "-c", "-O", "qcow2", "-o", "compression_type=" + compression, "mixed.raw", "image.qcow2");
        return tools.path("image.qcow2");
    }

    private Callable<Integer> reader(DiskImage image, int seed) {
        return () -> {
            Random random = new Random(seed);
            for (int i = 0; i < READS; i++) {
                int at = random.nextInt(raw.length);
                byte[] bytes = new byte[Math.min(raw.length - at, 1 + random.nextInt(200_000))];
                image.read(at, ByteBuffer.wrap(bytes));
                assertEquals(ByteBuffer.wrap(raw, at, bytes.length), ByteBuffer.wrap(bytes), "at " + at);
            }
            return READS;
        };
    }

    private void readTogether(DiskImage image) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        try {
            List<Callable<Integer>> readers = new ArrayList<>();
            for (int i = 0; i < THREADS; i++) {
                readers.add(reader(image, i));
            }
            for (Future<Integer> each : threads.invokeAll(readers, 60, TimeUnit.SECONDS)) {
                assertThat(each.get()).isEqualTo(READS);
            }
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void threadsReadAFileAtOnce() throws Exception {
        for (String compression : List.of("zlib", "zstd")) {
            try (DiskImage image = DiskImages.open(RandomAccessSource.of(FileChannel.open(image(compression))))) {
                readTogether(image);
            }
        }
    }

    @Test
    void threadsTakeTurnsWithAChannelThatHasOnePosition() throws Exception {
        FileChannel file = FileChannel.open(image("zlib"));
        try (DiskImage image = DiskImages.open(RandomAccessSource.of(new OnePosition(file)))) {
            readTogether(image);
        }
        assertThat(file.isOpen()).isFalse();
    }

    @Test
    void aClosedImageIsNotRead() throws IOException {
        DiskImage image = DiskImages.open(RandomAccessSource.of(FileChannel.open(image("zlib"))));
        image.close();
        RadosException refused =
                catchThrowableOfType(RadosException.class, () -> image.read(0, ByteBuffer.allocate(1)));
        assertThat(refused.errno()).isEqualTo(Errno.EBADF);
    }

    @Test
    void anInterruptEndsAReading() throws IOException {
        try (DiskImage image = DiskImages.open(RandomAccessSource.of(FileChannel.open(image("zlib"))))) {
            Thread.currentThread().interrupt();
            RadosException stopped =
                    catchThrowableOfType(RadosException.class, () -> image.read(0, ByteBuffer.allocate(100_000)));
            assertThat(Thread.interrupted()).isTrue();
            assertThat(stopped.errno()).isEqualTo(Errno.EINTR);
        }
    }

    @Test
    void theLargestDiskIsOneHole() throws IOException {
        int clusterBits = 21;
        int entries = 4 << 20;
        long size = (long) entries << 2 * clusterBits - 3;
        byte[] file = new byte[(1 << clusterBits) + entries * Long.BYTES];
        ByteBuffer.wrap(file)
                .putInt(0, 0x514649fb)
                .putInt(4, 2)
                .putInt(20, clusterBits)
                .putLong(24, size)
                .putInt(36, entries)
                .putLong(40, 1 << clusterBits);
        try (DiskImage image = DiskImages.open(new BytesSource(file), DiskFormat.QCOW2)) {
            assertEquals(new Extent(0, size, Extent.Kind.ABSENT), image.extent(0, Long.MAX_VALUE));
            byte[] last = Contents.repeated((byte) 1, 1000);
            image.read(size - 1000, ByteBuffer.wrap(last));
            assertArrayEquals(new byte[1000], last);
        }
    }

    /** A channel that is no file to those who read it. */
    private record OnePosition(FileChannel file) implements SeekableByteChannel {
        @Override
        public int read(ByteBuffer target) throws IOException {
            return file.read(target);
        }

        @Override
        public int write(ByteBuffer bytes) throws IOException {
            return file.write(bytes);
        }

        @Override
        public long position() throws IOException {
            return file.position();
        }

        @Override
        public SeekableByteChannel position(long position) throws IOException {
            return file.position(position);
        }

        @Override
        public long size() throws IOException {
            return file.size();
        }

        @Override
        public SeekableByteChannel truncate(long size) throws IOException {
            return file.truncate(size);
        }

        @Override
        public boolean isOpen() {
            return file.isOpen();
        }

        @Override
        public void close() throws IOException {
            file.close();
        }
    }
}
