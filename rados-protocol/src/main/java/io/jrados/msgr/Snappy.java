package io.jrados.msgr;

import io.jrados.error.MalformedException;

/** Snappy's block format, as its format_description.txt has it. */
final class Snappy {
    /** The longest copy takes 3 bytes for 64. */
    private static final int MOST = 24;

    private final byte[] in;
    private final int limit;

    Snappy(byte[] in, int limit) {
        this.in = in;
        this.limit = limit;
    }

    byte[] expand() {
        int at = 0;
        long size = 0;
        int shift = 0;
        int b;
        do {
            if (at == in.length || shift > 28) {
                throw new MalformedException("a compressed segment without its length");
            }
            b = in[at++];
            size |= (long) (b & 0x7f) << shift;
            shift += 7;
        } while (b < 0);
        if (size > limit || size > (long) MOST * in.length) {
            throw new MalformedException("a segment of " + in.length + " bytes that expands to " + size);
        }
        return new Body(in, at, (int) size).expand();
    }

    private static final class Body extends Expansion {
        Body(byte[] in, int start, int size) {
            super(in, start, size);
        }

        byte[] expand() {
            while (left() > 0) {
                int tag = u8();
                int high = tag >>> 2;
                switch (tag & 3) {
                    case 0 -> literal(1 + (high < 60 ? high : number(high - 59)));
                    case 1 -> {
                        int distance = (tag & 0xe0) << 3 | u8();
                        repeat(distance, 4 + (high & 7));
                    }
                    case 2 -> repeat(u16(), 1 + high);
                    default -> repeat(number(4) & 0xffffffffL, 1 + high);
                }
            }
            return whole();
        }

        private int number(int bytes) {
            int number = 0;
            for (int i = 0; i < bytes; i++) {
                number |= u8() << 8 * i;
            }
            return number;
        }
    }
}
