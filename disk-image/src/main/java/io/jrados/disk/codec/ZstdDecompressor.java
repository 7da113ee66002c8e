package io.jrados.disk.codec;

import io.jrados.error.MalformedException;
import java.util.Arrays;

/**
 * Zstandard frames, in plain Java: no native library, no {@code Unsafe}. All output is in one array, so a frame's
 * window costs nothing and cannot be made large; what would not fit in it is refused. Dictionaries are not read.
 *
 * <p>Source: RFC 8878, section 3. As QEMU has it (block/qcow2-threads.c), several frames may follow each other, and
 * each must end within the bytes that are asked for.
 */
public final class ZstdDecompressor implements Decompressor {
    /** The most bytes of a block, stored or made of it. */
    static final int MAX_BLOCK = 128 << 10;

    private static final int MAGIC = 0xfd2fb528;
    private static final int SKIPPABLE = 0x184d2a50;
    private static final int SKIPPABLE_MASK = 0xfffffff0;
    private static final int[] DICTIONARY_BYTES = {0, 1, 2, 4};
    private static final int SINGLE_SEGMENT = 1 << 5;
    private static final int RESERVED = 1 << 3;
    private static final int CHECKSUM = 1 << 2;
    private static final int SIZE_AT = 6;
    private static final int SIZE_OF_TWO = 256;
    private static final int WINDOW_BASE = 10;
    private static final int BLOCK_HEADER = 3;
    private static final int RAW = 0;
    private static final int REPEATED = 1;
    private static final int COMPRESSED = 2;
    private static final int BYTE = 0xff;
    private static final long UNKNOWN = -1;

    private final ZstdLiterals literals = new ZstdLiterals();
    private final ZstdSequences sequences = new ZstdSequences();
    private byte[] in = new byte[0];
    private int end;
    private int at;

    @Override
    public void decompress(byte[] bytes, int length, byte[] out, int size) {
        in = bytes;
        end = length;
        at = 0;
        try {
            int done = 0;
            while (done < size) {
                int magic = (int) number(Integer.BYTES);
                if (magic == MAGIC) {
                    done = frame(out, done, size);
                } else if ((magic & SKIPPABLE_MASK) == SKIPPABLE) {
                    skip(number(Integer.BYTES));
                } else {
                    throw new MalformedException("zstd: no frame begins with " + Integer.toHexString(magic));
                }
            }
        } finally {
            in = new byte[0];
        }
    }

    @Override
    public void close() {
        // Nothing but arrays.
    }

    /** Decodes a frame behind its magic number and returns the end of its output. */
    private int frame(byte[] out, int from, int size) {
        int descriptor = (int) number(1);
        if ((descriptor & RESERVED) != 0) {
            throw new MalformedException("zstd: a frame of a later kind");
        }
        boolean isSingle = (descriptor & SINGLE_SEGMENT) != 0;
        long window = isSingle ? UNKNOWN : window((int) number(1));
        if (number(DICTIONARY_BYTES[descriptor & 3]) != 0) {
            throw new MalformedException("zstd: a frame that needs a dictionary");
        }
        long content = contentSize(descriptor >>> SIZE_AT, isSingle);
        if (content != UNKNOWN && (content < 0 || content > size - from)) {
            throw new MalformedException(
                    "zstd: a frame of " + Long.toUnsignedString(content) + " bytes, where " + (size - from) + " fit");
        }
        int blockMax = (int) Math.min(isSingle ? content : window, MAX_BLOCK);
        int done = blocks(out, from, size, blockMax);
        if (content != UNKNOWN && done - from != content) {
            throw new MalformedException("zstd: a frame of " + (done - from) + " bytes that says " + content);
        }
        if ((descriptor & CHECKSUM) != 0 && (int) number(Integer.BYTES) != (int) XxHash64.of(out, from, done - from)) {
            throw new MalformedException("zstd: a frame whose checksum is wrong");
        }
        return done;
    }

    private static long window(int descriptor) {
        long base = 1L << WINDOW_BASE + (descriptor >>> 3);
        return base + base / Byte.SIZE * (descriptor & 7);
    }

    private long contentSize(int flag, boolean isSingle) {
        if (flag == 0) {
            return isSingle ? number(1) : UNKNOWN;
        }
        return number(1 << flag) + (flag == 1 ? SIZE_OF_TWO : 0);
    }

    private int blocks(byte[] out, int from, int size, int blockMax) {
        literals.clear();
        sequences.clear();
        int done = from;
        boolean isLast = false;
        while (!isLast) {
            int header = (int) number(BLOCK_HEADER);
            isLast = (header & 1) != 0;
            int type = header >>> 1 & 3;
            int length = header >>> BLOCK_HEADER;
            if (length > blockMax) {
                throw new MalformedException("zstd: a block of " + length + " bytes, over " + blockMax);
            }
            int stored = type == REPEATED ? 1 : length;
            if (stored > end - at) {
                throw new MalformedException("zstd: the data break off within a block");
            }
            if (type != COMPRESSED && length > size - done) {
                throw new MalformedException("zstd: more than " + size + " bytes");
            }
            switch (type) {
                case RAW -> System.arraycopy(in, at, out, done, length);
                case REPEATED -> Arrays.fill(out, done, done + length, in[at]);
                case COMPRESSED -> {
                    int behind = literals.read(in, at, at + length, blockMax);
                    int limit = Math.min(size, done + blockMax);
                    done = sequences.run(in, behind, at + length, literals, out, done, limit, from);
                }
                default -> throw new MalformedException("zstd: a block of a kind that there is not");
            }
            done += type == COMPRESSED ? 0 : length;
            at += stored;
        }
        return done;
    }

    private void skip(long length) {
        if (length > end - at) {
            throw new MalformedException("zstd: the data break off within a frame to be skipped");
        }
        at += (int) length;
    }

    /** A little-endian number of up to 8 bytes. */
    private long number(int bytes) {
        if (bytes > end - at) {
            throw new MalformedException("zstd: the data break off after " + end + " bytes");
        }
        long value = 0;
        for (int i = 0; i < bytes; i++) {
            value |= (in[at++] & (long) BYTE) << Byte.SIZE * i;
        }
        return value;
    }
}
