package io.jrados.msgr;

import io.jrados.error.MalformedException;
import io.jrados.wire.Decoder;

/**
 * LZ4's block format (lz4_Block_format.md) as Ceph frames it (LZ4Compressor, src/compressor/lz4): u32 count, then a u32
 * expanded and a u32 compressed length of each block, then the blocks, of which each may repeat bytes of those before.
 */
final class Lz4 {
    /** A byte of a length stands for 255 bytes. */
    private static final int MOST = 256;

    private static final int SMALLEST_REPEAT = 4;
    private static final int LONG = 15;

    private final byte[] in;
    private final int limit;

    Lz4(byte[] in, int limit) {
        this.in = in;
        this.limit = limit;
    }

    byte[] expand() {
        Decoder header = Decoder.of(in);
        int count = header.count(8);
        long[] ends = new long[count];
        long size = 0;
        long compressed = 0;
        for (int i = 0; i < count; i++) {
            size += header.u32();
            compressed += header.u32();
            ends[i] = compressed;
        }
        int start = in.length - header.remaining();
        if (compressed != header.remaining() || size > limit || size > MOST * compressed) {
            throw new MalformedException(
                    "a segment of " + in.length + " bytes in " + count + " blocks that expands to " + size);
        }
        return new Body(in, start, (int) size).expand(ends);
    }

    private static final class Body extends Expansion {
        private final int start;

        Body(byte[] in, int start, int size) {
            super(in, start, size);
            this.start = start;
        }

        byte[] expand(long[] ends) {
            for (long end : ends) {
                block(start + end);
            }
            return whole();
        }

        private void block(long end) {
            while (position() < end) {
                int token = u8();
                literal(length(token >>> 4));
                // a block ends with literals
                if (position() < end) {
                    int distance = u16();
                    repeat(distance, SMALLEST_REPEAT + length(token & LONG));
                }
            }
            if (position() != end) {
                throw new MalformedException("a compressed block that ends elsewhere");
            }
        }

        private int length(int nibble) {
            int length = nibble;
            if (nibble == LONG) {
                int more;
                do {
                    more = u8();
                    length += more;
                } while (more == 255 && length <= room());
            }
            return length;
        }
    }
}
