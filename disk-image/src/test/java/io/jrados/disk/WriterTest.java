package io.jrados.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import io.jrados.disk.model.DiskImage;
import io.jrados.disk.model.DiskInfo;
import io.jrados.disk.model.Extent;
import io.jrados.disk.model.Qcow2Options;
import io.jrados.disk.model.RandomAccessSource;
import io.jrados.error.Errno;
import io.jrados.error.RadosException;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Images that we write, to a channel that cannot seek: QEMU finds nothing wrong and reads the same. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class WriterTest {
    private static final int[] CLUSTERS = {512, 4096, 65536, 2 << 20};

    private Tools tools;

    @BeforeAll
    void makeSources(@TempDir Path folder) throws IOException {
        tools = new Tools(folder);
        Contents.mixed(tools.path("mixed.raw"), 3, 2);
        tools.run("/usr/sbin/mke2fs", "-q", "-F", "-t", "ext4", "-d", "/usr/share/perl5", "debian.raw", "10M");
        tools.qemuImg("convert", "-O", "qcow2", "-c", "mixed.raw", "mixed.qcow2");
        tools.qemuImg("create", "-q", "-f", "qcow2", "scattered.qcow2", "16M");
        tools.qemuIo(
                "scattered.qcow2",
                "write -P 1 0 3000",
                "write -P 3 1M 300k",
                "write -z 3M 2M",
                "write -P 4 16300k 84k");
        tools.qemuImg("create", "-q", "-f", "qcow2", "large.qcow2", "1T");
        tools.qemuIo("large.qcow2", "write -P 1 512G 70k", "write -P 2 1023G 1M");
        tools.qemuImg("create", "-q", "-f", "qcow2", "odd.qcow2", "66048");
        tools.qemuIo("odd.qcow2", "write -P 1 0 66048");
        tools.qemuImg("create", "-q", "-f", "qcow2", "empty.qcow2", "0");
        Files.write(tools.path("short.raw"), Contents.repeated((byte) 3, 1000));
    }

    private DiskImage open(String name) throws IOException {
        return DiskImages.open(RandomAccessSource.of(FileChannel.open(tools.path(name))));
    }

    private void write(String source, Qcow2Options options) throws IOException {
        try (DiskImage image = open(source);
                OutputStream file = new BufferedOutputStream(Files.newOutputStream(tools.path("out.qcow2")))) {
            long written = DiskImages.writeQcow2(image, Channels.newChannel(file), options);
            file.flush();
            assertThat(written).isEqualTo(Files.size(tools.path("out.qcow2")));
        }
    }

    private void judge(String source, Qcow2Options options) throws IOException {
        write(source, options);
        tools.qemuImg("check", "-q", "-f", "qcow2", "out.qcow2");
        tools.qemuImg("compare", "-q", "-F", "qcow2", source, "out.qcow2");
        JsonNode info = tools.json("info", "out.qcow2");
        assertEquals(options.clusterSize(), info.get("cluster-size").asInt());
        assertEquals("1.1", info.at("/format-specific/data/compat").asText());
        readTheSame(source);
    }

    private void readTheSame(String source) throws IOException {
        try (DiskImage expected = open(source);
                DiskImage written = open("out.qcow2")) {
            assertEquals(expected.virtualSize(), written.virtualSize());
            for (long at = 0; at < expected.virtualSize(); ) {
                Extent extent = expected.extent(at, 1 << 20);
                if (extent.kind() == Extent.Kind.DATA) {
                    assertEquals(bytes(expected, extent), bytes(written, extent), "at " + at);
                }
                at = extent.end();
            }
        }
    }

    private static ByteBuffer bytes(DiskImage image, Extent extent) throws RadosException {
        ByteBuffer bytes = ByteBuffer.allocate((int) extent.length());
        image.read(extent.offset(), bytes);
        return bytes.flip();
    }

    @Test
    void plain() throws IOException {
        for (int cluster : CLUSTERS) {
            judge("mixed.qcow2", new Qcow2Options(cluster, false));
            judge("scattered.qcow2", new Qcow2Options(cluster, false));
        }
        judge("debian.raw", Qcow2Options.DEFAULT);
    }

    @Test
    void compressed() throws IOException {
        for (int cluster : CLUSTERS) {
            judge("mixed.qcow2", new Qcow2Options(cluster, true));
            judge("scattered.qcow2", new Qcow2Options(cluster, true));
        }
        judge("mixed.raw", Qcow2Options.DEFAULT.compressed(true));
        judge("debian.raw", Qcow2Options.DEFAULT.compressed(true));
        assertThat(Files.size(tools.path("out.qcow2"))).isLessThan(Files.size(tools.path("debian.raw")) / 2);
    }

    @Test
    void sizesThatAreOdd() throws IOException {
        for (String source : List.of("odd.qcow2", "empty.qcow2", "short.raw", "large.qcow2")) {
            judge(source, Qcow2Options.DEFAULT);
            judge(source, Qcow2Options.DEFAULT.compressed(true));
            assertThat(Files.size(tools.path("out.qcow2"))).isLessThan(5 << 20);
        }
    }

    @Test
    void holesAndZerosStay() throws IOException {
        write("scattered.qcow2", Qcow2Options.DEFAULT);
        assertEquals(map("scattered.qcow2"), map("out.qcow2"));
    }

    private List<Extent> map(String name) throws IOException {
        List<Extent> extents = new ArrayList<>();
        try (DiskImage image = open(name)) {
            for (long at = 0; at < image.virtualSize(); ) {
                extents.add(image.extent(at, Long.MAX_VALUE));
                at = extents.get(extents.size() - 1).end();
            }
        }
        return extents;
    }

    @Test
    void storedZerosBecomeMarksWhenCompressed() throws IOException {
        Files.write(tools.path("zeros.raw"), new byte[1 << 20]);
        write("zeros.raw", Qcow2Options.DEFAULT.compressed(true));
        assertEquals(List.of(new Extent(0, 1 << 20, Extent.Kind.ZERO)), map("out.qcow2"));
    }

    @Test
    void failuresOfTheTargetAreTold() throws IOException {
        try (DiskImage image = open("mixed.qcow2")) {
            assertThat(errno(image, bytes -> {
                        throw new UncheckedIOException(new IOException("full"));
                    }))
                    .isEqualTo(Errno.EIO);
            assertThat(errno(image, bytes -> {})).isEqualTo(Errno.EAGAIN);
        }
    }

    private static Errno errno(DiskImage image, Consumer<ByteBuffer> target) {
        WritableByteChannel channel = new WritableByteChannel() {
            @Override
            public int write(ByteBuffer bytes) throws IOException {
                int before = bytes.remaining();
                try {
                    target.accept(bytes);
                } catch (UncheckedIOException failed) {
                    throw failed.getCause();
                }
                return before - bytes.remaining();
            }

            @Override
            public boolean isOpen() {
                return true;
            }

            @Override
            public void close() {
                // Nothing to close.
            }
        };
        return catchThrowableOfType(
                        RadosException.class, () -> DiskImages.writeQcow2(image, channel, Qcow2Options.DEFAULT))
                .errno();
    }

    @Test
    void aSizeThatClustersCannotHoldIsRefused() {
        DiskImage image = new Changing(1L << 40);
        RadosException refused = catchThrowableOfType(
                RadosException.class,
                () -> DiskImages.writeQcow2(
                        image, Channels.newChannel(new ByteArrayOutputStream()), new Qcow2Options(512, false)));
        assertThat(refused.errno()).isEqualTo(Errno.EFBIG);
    }

    @Test
    void anImageThatChangesIsFoundOut() {
        RadosException refused = catchThrowableOfType(
                RadosException.class,
                () -> DiskImages.writeQcow2(
                        new Changing(1 << 16),
                        Channels.newChannel(new ByteArrayOutputStream()),
                        Qcow2Options.DEFAULT.compressed(true)));
        assertThat(refused.errno()).isEqualTo(Errno.EILSEQ);
        assertThat(refused).hasMessageContaining("changed meanwhile at 0");
    }

    /** An image whose bytes are others at each reading. */
    private static final class Changing implements DiskImage {
        private final long size;
        private int reads;

        Changing(long size) {
            this.size = size;
        }

        @Override
        public DiskInfo info() {
            return DiskInfo.raw(size);
        }

        @Override
        public int blockSize() {
            return 512;
        }

        @Override
        public Extent extent(long offset, long limit) {
            return new Extent(offset, Math.min(limit, size - offset), Extent.Kind.DATA);
        }

        @Override
        public void read(long offset, ByteBuffer target) {
            reads++;
            while (target.hasRemaining()) {
                target.put((byte) (target.position() % (reads * 100)));
            }
        }

        @Override
        public void close() {
            // Nothing to close.
        }
    }
}
