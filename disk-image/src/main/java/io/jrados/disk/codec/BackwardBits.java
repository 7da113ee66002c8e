package io.jrados.disk.codec;

import io.jrados.error.MalformedException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Bits read from the end of an area to its beginning, as both entropy codes of Zstandard are. At the end stands a bit
 * of value one and the padding above it. Reading past the beginning gives bits without meaning and shows in {@link
 * #remaining}.
 *
 * <p>Source: RFC 8878, sections 4.1 and 4.2.2.
 */
final class BackwardBits {
    /** The bits that may be read after a {@link #refill} and before the next. */
    static final int REFILLED = 56;

    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final int BYTE = 8;
    private static final int LONG = 64;

    private byte[] in = new byte[0];
    private int start;
    private int position;
    private long bits;
    private int consumed;

    /** Begins with the area from {@code start} to {@code end}. */
    void begin(byte[] bytes, int from, int end) {
        if (from >= end || bytes[end - 1] == 0) {
            throw new MalformedException("zstd: a bit stream without its end mark");
        }
        in = bytes;
        start = from;
        int length = end - from;
        int padding = Integer.numberOfLeadingZeros(bytes[end - 1] & 0xff) - (Integer.SIZE - BYTE) + 1;
        if (length >= Long.BYTES) {
            position = end - Long.BYTES;
            bits = (long) LONGS.get(bytes, position);
            consumed = padding;
        } else {
            position = from;
            bits = 0;
            for (int i = 0; i < length; i++) {
                bits |= (bytes[from + i] & 0xffL) << BYTE * i;
            }
            consumed = LONG - BYTE * length + padding;
        }
    }

    /** The number of bits left, below zero if more were read than there are. */
    int remaining() {
        return LONG - consumed + BYTE * (position - start);
    }

    /** Makes {@link #REFILLED} bits readable, or all that are left. */
    void refill() {
        int bytes = Math.min(consumed >>> 3, position - start);
        if (bytes > 0) {
            position -= bytes;
            consumed -= BYTE * bytes;
            bits = (long) LONGS.get(in, position);
        }
    }

    /** Looks at the next bits without taking them. */
    int peek(int count) {
        return (int) (bits << consumed >>> 1 >>> LONG - 1 - count);
    }

    void skip(int count) {
        consumed += count;
    }

    /** Takes up to 31 bits. */
    int read(int count) {
        int value = peek(count);
        consumed += count;
        return value;
    }
}
