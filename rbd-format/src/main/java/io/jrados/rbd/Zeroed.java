package io.jrados.rbd;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Bytes of which long runs may be zero: those at both ends of a piece are made zero in the image instead of being
 * written, which takes no room. A run inside a piece is written, so that a piece is three operations at most.
 */
final class Zeroed {
    /** Bytes: shorter runs are written, and runs begin and end at multiples of it. */
    static final int GRAIN = 64 << 10;

    private static final ByteBuffer ZEROES = ByteBuffer.allocate(GRAIN).asReadOnlyBuffer();

    private Zeroed() {}

    /** Whether all that remains is zero. */
    static boolean isZero(ByteBuffer bytes) {
        for (int at = bytes.position(); at < bytes.limit(); at += GRAIN) {
            int length = Math.min(GRAIN, bytes.limit() - at);
            if (bytes.slice(at, length).mismatch(ZEROES.slice(0, length)) >= 0) {
                return false;
            }
        }
        return true;
    }

    /** The length of the run from a place on, whose whole grains are all zero, or none of them. */
    static int run(ByteBuffer bytes, int from, boolean zero) {
        int at = from;
        while (at < bytes.limit()) {
            int length = Math.min(GRAIN, bytes.limit() - at);
            if (isZero(bytes.slice(at, length)) != zero) {
                break;
            }
            at += length;
        }
        return at - from;
    }

    /** Writes a piece, without the zeroes at its ends. */
    static CompletableFuture<Void> write(Image image, long offset, ByteBuffer bytes) {
        int from = run(bytes, 0, true);
        int end = bytes.limit();
        while (end > from && isZero(bytes.slice(lastGrain(end), end - lastGrain(end)))) {
            end = lastGrain(end);
        }
        List<CompletableFuture<Void>> parts = new ArrayList<>();
        if (from > 0) {
            parts.add(image.writeZeroesAsync(offset, from, false));
        }
        if (end > from) {
            parts.add(image.writeAsync(offset + from, bytes.slice(from, end - from)));
        }
        if (end < bytes.limit()) {
            parts.add(image.writeZeroesAsync(offset + end, bytes.limit() - end, false));
        }
        return parts.size() == 1 ? parts.get(0) : CompletableFuture.allOf(parts.toArray(CompletableFuture[]::new));
    }

    private static int lastGrain(int end) {
        return (end - 1) / GRAIN * GRAIN;
    }
}
