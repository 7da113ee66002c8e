package io.jrados.disk;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import io.jrados.disk.model.DiskImage;
import io.jrados.disk.model.DiskInfo;
import io.jrados.disk.model.DiskStream;
import io.jrados.disk.model.Extent;
import io.jrados.disk.model.Qcow2Options;
import io.jrados.error.RadosException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Random disks, written as qcow2 and read back from a file and from a stream; QEMU checks some of the files. */
class WriterModelTest {
    private static final int DISKS = Integer.getInteger("jrados.disks", 90);
    private static final long SEED = Long.getLong("jrados.fuzz.seed", 1);
    private static final int CHECKED = 15;
    private static final int MAX_SIZE = 3 << 20;
    private static final int SECTOR = 512;

    @TempDir
    Path folder;

    @Test
    void randomDisksComeBackAsTheyWere() throws IOException {
        Tools tools = new Tools(folder);
        for (int i = 0; i < DISKS; i++) {
            Random random = new Random(SEED * 1_000_003 + i);
            RandomDisk disk = new RandomDisk(random);
            Qcow2Options options = new Qcow2Options(512 << random.nextInt(9), random.nextBoolean());
            String which = "disk " + i + " of seed " + SEED + ", " + options;
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            DiskImages.writeQcow2(disk, Channels.newChannel(out), options);
            byte[] file = out.toByteArray();
            assertArrayEquals(disk.padded(), read(file), which);
            assertArrayEquals(disk.padded(), streamed(file), which);
            if (i % CHECKED == 0) {
                Files.write(tools.path("out.qcow2"), file);
                tools.qemuImg("check", "-q", "-f", "qcow2", "out.qcow2");
            }
        }
    }

    private static byte[] read(byte[] file) throws RadosException {
        try (DiskImage image = DiskImages.open(new BytesSource(file))) {
            byte[] disk = Contents.repeated((byte) 1, (int) image.virtualSize());
            image.read(0, ByteBuffer.wrap(disk));
            return disk;
        }
    }

    private static byte[] streamed(byte[] file) throws RadosException {
        try (DiskStream stream = DiskImages.stream(Channels.newChannel(new ByteArrayInputStream(file)), 4 << 20)) {
            byte[] disk = new byte[(int) stream.info().virtualSize()];
            for (DiskStream.Piece piece = stream.next(); piece != null; piece = stream.next()) {
                piece.bytes().get(disk, (int) piece.offset(), piece.length());
            }
            return disk;
        }
    }

    /** A disk of random extents, each of another content. */
    private static final class RandomDisk implements DiskImage {
        private final byte[] bytes;
        private final Extent.Kind[] kinds;

        RandomDisk(Random random) {
            bytes = new byte[random.nextInt(1 + random.nextInt(MAX_SIZE))];
            kinds = new Extent.Kind[bytes.length / SECTOR + 1];
            for (int at = 0; at < kinds.length; ) {
                int end = Math.min(kinds.length, at + 1 + random.nextInt(1 + random.nextInt(1000)));
                Extent.Kind kind = Extent.Kind.values()[random.nextInt(Extent.Kind.values().length)];
                Arrays.fill(kinds, at, end, kind);
                int length = Math.min(bytes.length, end * SECTOR) - at * SECTOR;
                if (kind == Extent.Kind.DATA && length > 0) {
                    System.arraycopy(content(random, length), 0, bytes, at * SECTOR, length);
                }
                at = end;
            }
        }

        private static byte[] content(Random random, int length) {
            return switch (random.nextInt(4)) {
                case 0 -> new byte[length];
                case 1 -> Contents.noise(random, length);
                case 2 -> Contents.repeated((byte) 3, length);
                default -> Contents.text(random, length);
            };
        }

        byte[] padded() {
            return Arrays.copyOf(bytes, bytes.length + (-bytes.length & SECTOR - 1));
        }

        @Override
        public DiskInfo info() {
            return DiskInfo.raw(bytes.length);
        }

        @Override
        public int blockSize() {
            return SECTOR;
        }

        @Override
        public Extent extent(long offset, long limit) {
            int at = (int) (offset / SECTOR);
            int end = at + 1;
            while (end < kinds.length && kinds[end] == kinds[at]) {
                end++;
            }
            return new Extent(offset, Math.min(limit, Math.min(bytes.length, (long) end * SECTOR) - offset), kinds[at]);
        }

        @Override
        public void read(long offset, ByteBuffer target) {
            target.put(bytes, (int) offset, target.remaining());
        }

        @Override
        public void close() {
            // Nothing to close.
        }
    }
}
