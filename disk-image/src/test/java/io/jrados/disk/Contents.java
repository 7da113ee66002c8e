package io.jrados.disk;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;

/** Contents of disks that compress well, badly and not at all, with holes between. */
public final class Contents {
    private static final int MIB = 1 << 20;

    private Contents() {}

    /** A raw disk of some MiB: text, random bytes, zeros that are stored, holes, one byte repeated. */
    public static void mixed(Path file, int mebibytes, long seed) throws IOException {
        Random random = new Random(seed);
        try (RandomAccessFile disk = new RandomAccessFile(file.toFile(), "rw")) {
            disk.setLength((long) mebibytes * MIB);
            long at = 0;
            while (at < disk.length()) {
                int length = (int) Math.min(disk.length() - at, 512L * (1 + random.nextInt(400)));
                disk.seek(at);
                switch (random.nextInt(5)) {
                    case 0 -> disk.write(text(random, length));
                    case 1 -> disk.write(noise(random, length));
                    case 2 -> disk.write(new byte[length]);
                    case 3 -> disk.write(repeated((byte) random.nextInt(), length));
                    default -> at += random.nextInt(4) * 65536L;
                }
                at += length;
            }
        }
    }

    public static byte[] text(Random random, int length) {
        StringBuilder text = new StringBuilder();
        while (text.length() < length) {
            text.append("entry ").append(random.nextInt(5000)).append(random.nextBoolean() ? " of the table\n" : ", ");
        }
        return text.substring(0, length).getBytes(StandardCharsets.US_ASCII);
    }

    public static byte[] noise(Random random, int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    public static byte[] repeated(byte value, int length) {
        byte[] bytes = new byte[length];
        Arrays.fill(bytes, value);
        return bytes;
    }

    public static byte[] first(byte[] bytes, int count) {
        return Arrays.copyOf(bytes, count);
    }
}
