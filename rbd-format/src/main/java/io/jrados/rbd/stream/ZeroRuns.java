package io.jrados.rbd.stream;

import java.nio.ByteBuffer;

/** Finds long runs of zeroes: grains that are zero as a whole. */
final class ZeroRuns {
    /** Bytes: runs begin and end at multiples of it. */
    static final int GRAIN = 64 << 10;

    private static final ByteBuffer ZEROES = ByteBuffer.allocate(GRAIN).asReadOnlyBuffer();

    private ZeroRuns() {}

    /** The length of the run from a place on, up to the limit, of which every grain is zero, or none. */
    static int length(ByteBuffer bytes, int from, boolean zero) {
        int at = from;
        while (at < bytes.limit()) {
            int grain = Math.min(GRAIN, bytes.limit() - at);
            if (isZero(bytes.slice(at, grain)) != zero) {
                break;
            }
            at += grain;
        }
        return at - from;
    }

    /** The end of what is not zero: a multiple of the grain from {@code from} on, or the limit. */
    static int dataEnd(ByteBuffer bytes, int from) {
        int end = bytes.limit();
        while (end > from) {
            int last = from + (end - from - 1) / GRAIN * GRAIN;
            if (!isZero(bytes.slice(last, end - last))) {
                break;
            }
            end = last;
        }
        return end;
    }

    private static boolean isZero(ByteBuffer grain) {
        return grain.mismatch(ZEROES.slice(0, grain.remaining())) < 0;
    }
}
