package io.jrados.disk.codec;

import io.jrados.error.MalformedException;
import java.util.Arrays;

/**
 * The literals section of a block: the bytes that no match gives, stored, repeated or in a prefix code.
 *
 * <p>Source: RFC 8878, section 3.1.1.3.1.
 */
final class ZstdLiterals {
    private static final int RAW = 0;
    private static final int REPEATED = 1;
    private static final int COMPRESSED = 2;
    private static final int BYTE = 0xff;
    private static final int TYPE_BITS = 2;
    private static final int HEADER_BITS = 4;
    private static final int SHORT_SIZE = 5;
    private static final int MIDDLE_SIZE = 12;
    private static final int LONG_SIZE = 20;
    private static final int JUMP_TABLE = 6;
    private static final int STREAMS = 4;
    private static final int[] COMPRESSED_SIZE_BITS = {10, 10, 14, 18};

    private final HuffmanTable huffman = new HuffmanTable();
    private final byte[] bytes = new byte[ZstdDecompressor.MAX_BLOCK];
    private int size;

    void clear() {
        huffman.clear();
    }

    byte[] bytes() {
        return bytes;
    }

    int size() {
        return size;
    }

    /** Reads the section and returns the position behind it. */
    int read(byte[] in, int start, int end, int blockMax) {
        if (start >= end) {
            throw new MalformedException("zstd: a block without literals section");
        }
        int type = in[start] & (1 << TYPE_BITS) - 1;
        int format = in[start] >>> TYPE_BITS & 3;
        return type == RAW || type == REPEATED
                ? plain(in, start, end, type, format, blockMax)
                : compressed(in, start, end, type, format, blockMax);
    }

    private int plain(byte[] in, int start, int end, int type, int format, int blockMax) {
        boolean isShort = (format & 1) == 0;
        int header = isShort ? 1 : format == 1 ? 2 : 3;
        long field = field(in, start, header, end);
        setSize(
                isShort
                        ? bits(field, TYPE_BITS + 1, SHORT_SIZE)
                        : bits(field, HEADER_BITS, format == 1 ? MIDDLE_SIZE : LONG_SIZE),
                blockMax);
        int from = start + header;
        int stored = type == RAW ? size : 1;
        if (stored > end - from) {
            throw new MalformedException("zstd: a block ends within its literals");
        }
        if (type == RAW) {
            System.arraycopy(in, from, bytes, 0, size);
        } else {
            Arrays.fill(bytes, 0, size, in[from]);
        }
        return from + stored;
    }

    private int compressed(byte[] in, int start, int end, int type, int format, int blockMax) {
        int width = COMPRESSED_SIZE_BITS[format];
        int header = (HEADER_BITS + 2 * width + Byte.SIZE - 1) / Byte.SIZE;
        long field = field(in, start, header, end);
        setSize(bits(field, HEADER_BITS, width), blockMax);
        int stored = bits(field, HEADER_BITS + width, width);
        int from = start + header;
        if (stored > end - from) {
            throw new MalformedException("zstd: a block ends within its literals");
        }
        int behind = from + stored;
        if (type == COMPRESSED) {
            from = huffman.read(in, from, behind);
        } else if (!huffman.isThere()) {
            throw new MalformedException("zstd: literals of a tree that was not told before");
        }
        if (format == 0) {
            huffman.decode(in, from, behind, bytes, 0, size);
        } else {
            streams(in, from, behind);
        }
        return behind;
    }

    private void streams(byte[] in, int start, int end) {
        if (end - start < JUMP_TABLE) {
            throw new MalformedException("zstd: a block ends within its jump table");
        }
        int each = (size + STREAMS - 1) / STREAMS;
        int from = start + JUMP_TABLE;
        for (int i = 0; i < STREAMS; i++) {
            int to = i == STREAMS - 1 ? end : from + (int) field(in, start + 2 * i, 2, end);
            int last = i == STREAMS - 1 ? size : each * (i + 1);
            if (to > end || last > size || each * i > last) {
                throw new MalformedException("zstd: a jump table beyond its literals");
            }
            huffman.decode(in, from, to, bytes, each * i, last);
            from = to;
        }
    }

    private void setSize(int literals, int blockMax) {
        if (literals > blockMax) {
            throw new MalformedException("zstd: " + literals + " literals in a block of at most " + blockMax);
        }
        size = literals;
    }

    private static int bits(long field, int from, int count) {
        return (int) (field >>> from) & (1 << count) - 1;
    }

    private static long field(byte[] in, int start, int length, int end) {
        if (length > end - start) {
            throw new MalformedException("zstd: a block ends within a header");
        }
        long value = 0;
        for (int i = 0; i < length; i++) {
            value |= (in[start + i] & (long) BYTE) << Byte.SIZE * i;
        }
        return value;
    }
}
