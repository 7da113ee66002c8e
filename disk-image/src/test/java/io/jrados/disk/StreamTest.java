package io.jrados.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.jrados.disk.model.DiskImage;
import io.jrados.disk.model.DiskInfo;
import io.jrados.disk.model.DiskStream;
import io.jrados.disk.model.Qcow2Options;
import io.jrados.error.Errno;
import io.jrados.error.RadosException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ReadableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Images from a stream: what comes is what a file of the same bytes gives, or a clear refusal. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class StreamTest {
    private static final long LIMIT = 1 << 20;

    private Tools tools;

    @BeforeAll
    void makeContent(@TempDir Path folder) throws IOException {
        tools = new Tools(folder);
        Contents.mixed(tools.path("mixed.raw"), 5, 4);
    }

    /** Gives what a network gives: pieces of any length. */
    private static ReadableByteChannel network(byte[] bytes) {
        Random random = new Random(1);
        return Channels.newChannel(new ByteArrayInputStream(bytes) {
            @Override
            public int read(byte[] into, int offset, int length) {
                return super.read(into, offset, Math.min(length, 1 + random.nextInt(70_000)));
            }
        });
    }

    private static byte[] drained(byte[] bytes, long limit) throws RadosException {
        try (DiskStream stream = DiskImages.stream(network(bytes), bytes.length, limit)) {
            byte[] disk = new byte[(int) stream.info().virtualSize()];
            for (DiskStream.Piece piece = stream.next(); piece != null; piece = stream.next()) {
                assertEquals(piece.length(), piece.bytes().remaining());
                piece.bytes().get(disk, (int) piece.offset(), piece.length());
            }
            return disk;
        }
    }

    private static byte[] read(byte[] bytes) throws RadosException {
        try (DiskImage image = DiskImages.open(new BytesSource(bytes))) {
            byte[] disk = new byte[(int) image.virtualSize()];
            image.read(0, ByteBuffer.wrap(disk));
            return disk;
        }
    }

    private byte[] converted(String options, boolean compressed) throws IOException {
        if (compressed) {
            tools.qemuImg("convert", "-c", "-O", "qcow2", "-o", options, "mixed.raw", "image.qcow2");
        } else {
            tools.qemuImg("convert", "-O", "qcow2", "-o", options, "mixed.raw", "image.qcow2");
        }
        return Files.readAllBytes(tools.path("image.qcow2"));
    }

    @Test
    void aRawImageThatIsLongerThanToldIsNotCutOff() throws IOException {
        byte[] bytes = Contents.repeated((byte) 7, 5000);
        try (DiskStream stream = DiskImages.stream(network(bytes), bytes.length - 1, LIMIT)) {
            RadosException refused = assertThrows(RadosException.class, () -> {
                while (stream.next() != null) {
                    assertEquals(5120, stream.info().virtualSize());
                }
            });
            assertEquals(Errno.EBADMSG, refused.errno());
        }
    }

    @Test
    void imagesThatQemuConverted() throws IOException {
        for (String options : List.of(
                "compat=0.10",
                "cluster_size=512",
                "cluster_size=8k",
                "cluster_size=64k",
                "cluster_size=2M",
                "extended_l2=on",
                "compression_type=zstd")) {
            for (boolean compressed : new boolean[] {false, true}) {
                byte[] image = converted(options, compressed);
                assertArrayEquals(read(image), drained(image, LIMIT), options + " " + compressed);
            }
        }
    }

    @Test
    void imagesThatWeWrote() throws IOException {
        byte[] source = converted("cluster_size=64k", false);
        for (int cluster : new int[] {4096, 65536, 2 << 20}) {
            for (boolean compressed : new boolean[] {false, true}) {
                ByteArrayOutputStream out = new ByteArrayOutputStream();
                try (DiskImage image = DiskImages.open(new BytesSource(source))) {
                    DiskImages.writeQcow2(image, Channels.newChannel(out), new Qcow2Options(cluster, compressed));
                }
                assertArrayEquals(read(source), drained(out.toByteArray(), LIMIT), cluster + " " + compressed);
            }
        }
    }

    @Test
    void rawImages() throws IOException {
        byte[] raw = Files.readAllBytes(tools.path("mixed.raw"));
        assertArrayEquals(raw, drained(raw, LIMIT));
        byte[] odd = Arrays.copyOf(raw, 1_000_001);
        assertArrayEquals(Arrays.copyOf(odd, 1_000_448), drained(odd, LIMIT));
        RadosException unknown =
                catchThrowableOfType(RadosException.class, () -> DiskImages.stream(network(raw), LIMIT));
        assertThat(unknown.errno()).isEqualTo(Errno.EINVAL);
        try (DiskStream stream = DiskImages.stream(network(Arrays.copyOf(raw, 1_500_000)), 2_000_000, LIMIT)) {
            assertThat(stream.next()).isNotNull();
            assertThat(catchThrowableOfType(RadosException.class, stream::next).errno())
                    .isEqualTo(Errno.EBADMSG);
        }
    }

    @Test
    void dataFarBeforeTheirTableAreRefusedByName() throws IOException {
        tools.qemuImg("create", "-q", "-f", "qcow2", "late.qcow2", "4M");
        tools.qemuIo("late.qcow2", "write -P 1 0 4M");
        tools.qemuImg("resize", "-q", "late.qcow2", "10T");
        tools.qemuIo("late.qcow2", "write -P 2 9T 1k");
        byte[] grown = Files.readAllBytes(tools.path("late.qcow2"));
        RadosException refused = catchThrowableOfType(RadosException.class, () -> {
            try (DiskStream stream = DiskImages.stream(network(grown), LIMIT)) {
                while (stream.next() != null) {}
            }
        });
        assertThat(refused.errno()).isEqualTo(Errno.EOPNOTSUPP);
        assertThat(refused).hasMessageContaining("over 1048576 bytes before the table that names it");
        long handed = 0;
        try (DiskStream stream = DiskImages.stream(network(grown), 16 << 20)) {
            for (DiskStream.Piece piece = stream.next(); piece != null; piece = stream.next()) {
                handed += piece.length();
                assertThat(piece.bytes().get(0)).isEqualTo((byte) (piece.offset() < 4 << 20 ? 1 : 2));
            }
        }
        assertThat(handed).isEqualTo((4 << 20) + (1 << 16));
    }

    @Test
    void snapshotsInsideAreIgnored() throws IOException {
        tools.qemuImg("create", "-q", "-f", "qcow2", "old.qcow2", "4M");
        tools.qemuIo("old.qcow2", "write -P 1 0 1M");
        tools.qemuImg("snapshot", "-c", "first", "old.qcow2");
        tools.qemuIo("old.qcow2", "write -P 2 512k 1M");
        byte[] image = Files.readAllBytes(tools.path("old.qcow2"));
        assertArrayEquals(read(image), drained(image, 16 << 20));
        try (DiskStream stream = DiskImages.stream(network(image), LIMIT)) {
            assertThat(stream.info().snapshots()).isEqualTo(List.<DiskInfo.InternalSnapshot>of());
        }
    }

    @Test
    void streamsThatEndTooEarlyAreDamaged() throws IOException {
        for (boolean compressed : new boolean[] {false, true}) {
            byte[] image = converted("cluster_size=64k", compressed);
            for (int length = 512; length < image.length - (1 << 16); length += 200_003) {
                byte[] cut = Arrays.copyOf(image, length);
                RadosException refused = catchThrowableOfType(RadosException.class, () -> drained(cut, LIMIT));
                assertThat(refused).as("cut at " + length).isNotNull();
                assertThat(refused.errno()).isEqualTo(Errno.EBADMSG);
            }
        }
    }

    @Test
    void imagesThatAreRefusedCloseTheirChannel() throws IOException {
        tools.qemuImg("create", "-q", "-f", "qcow2", "base.qcow2", "1M");
        tools.qemuImg("create", "-q", "-f", "qcow2", "-b", "base.qcow2", "-F", "qcow2", "top.qcow2");
        ReadableByteChannel channel = network(Files.readAllBytes(tools.path("top.qcow2")));
        RadosException refused = catchThrowableOfType(RadosException.class, () -> DiskImages.stream(channel, LIMIT));
        assertThat(refused).hasMessageContaining("the backing file \"base.qcow2\"");
        assertThat(channel.isOpen()).isFalse();
    }
}
