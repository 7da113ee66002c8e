package io.jrados.msgr;

import io.jrados.error.MalformedException;

/** The base of decoders of the LZ77 kind: bytes in, and bytes out that are copied from the input or from before. */
abstract class Expansion {
    private final byte[] in;
    private final byte[] out;
    private int read;
    private int written;

    /** @param start of the compressed bytes */
    Expansion(byte[] in, int start, int size) {
        this.in = in;
        this.read = start;
        this.out = new byte[size];
    }

    final int left() {
        return in.length - read;
    }

    final int room() {
        return out.length - written;
    }

    final int position() {
        return read;
    }

    final int u8() {
        if (read >= in.length) {
            throw new MalformedException("a compressed segment that ends too early");
        }
        return in[read++] & 0xff;
    }

    final int u16() {
        return u8() | u8() << 8;
    }

    /** Copies bytes of the input. */
    final void literal(int length) {
        if (length < 0 || length > left() || length > room()) {
            throw new MalformedException("a compressed segment with " + length + " bytes where there are none");
        }
        System.arraycopy(in, read, out, written, length);
        read += length;
        written += length;
    }

    /** Repeats what was written {@code distance} bytes ago, which may overlap what is being written. */
    final void repeat(long distance, int length) {
        if (distance <= 0 || distance > written || length < 0 || length > room()) {
            throw new MalformedException(
                    "a compressed segment that repeats " + length + " bytes of " + distance + " ago");
        }
        int from = written - (int) distance;
        for (int i = 0; i < length; i++) {
            out[written++] = out[from++];
        }
    }

    final byte[] whole() {
        if (room() != 0) {
            throw new MalformedException("a compressed segment that lacks " + room() + " bytes");
        }
        return out;
    }
}
