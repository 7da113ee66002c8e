package io.jrados.rbd.stream;

import io.jrados.error.RadosException;
import io.jrados.rados.Wait;
import io.jrados.rbd.Image;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;

/**
 * Parts of a stream on their way into an image: a few are being written while the next is read. Long runs of zeroes at
 * the ends of a part are made zero instead of being written; where the image is still blank they are left out. For one
 * thread.
 */
final class IncomingPieces {
    /** Objects that one request makes zero at most. */
    private static final int OBJECTS_ZEROED = 64;

    private final Image image;
    private final Pieces pieces;
    private final boolean isBlank;
    private final long zeroedAtOnce;
    private final Deque<Writing> underWay = new ArrayDeque<>();
    private long bytes;

    /** A request, and the memory that it uses. */
    private record Writing(CompletableFuture<Void> done, ByteBuffer memory, boolean givesBack, int weight) {}

    /** @param isBlank whether every byte that comes here is zero in the image so far */
    IncomingPieces(Image image, int depth, boolean isBlank) {
        this.image = image;
        this.pieces = new Pieces(depth);
        this.isBlank = isBlank;
        this.zeroedAtOnce = OBJECTS_ZEROED * image.info().objectSize();
    }

    /** Memory for a piece. */
    ByteBuffer take(int length) {
        return pieces.take(length);
    }

    /** Writes what remains of memory that {@link #take} gave, which is not the caller's any more. */
    void data(long offset, ByteBuffer piece) throws RadosException {
        int from = ZeroRuns.length(piece, 0, true);
        int end = ZeroRuns.dataEnd(piece, from);
        zero(offset, from);
        if (end > from) {
            add(new Writing(image.writeAsync(offset + from, piece.slice(from, end - from)), piece, true, end - from));
        } else {
            pieces.giveBack(piece);
        }
        zero(offset + end, piece.limit() - (long) end);
    }

    /** Makes a range zero. */
    void zero(long offset, long length) throws RadosException {
        for (long at = offset; !isBlank && at < offset + length; ) {
            at += zeroPart(at, offset + length);
        }
    }

    /** Makes the first part of a range zero, and returns its length. */
    long zeroPart(long offset, long end) throws RadosException {
        long length = Math.min(end - offset, zeroedAtOnce - offset % zeroedAtOnce);
        if (!isBlank) {
            int weight = (int) Math.min(length, Pieces.LARGEST);
            add(new Writing(image.writeZeroesAsync(offset, length, false), ByteBuffer.allocate(0), false, weight));
        }
        return length;
    }

    private void add(Writing writing) throws RadosException {
        underWay.add(writing);
        bytes += writing.weight;
        while (bytes > pieces.room() || underWay.size() > Pieces.MOST) {
            settleOldest();
        }
    }

    /** A request that an interrupt left under way stays in line. */
    private void settleOldest() throws RadosException {
        Writing oldest = underWay.element();
        try {
            Wait.on(oldest.done);
        } finally {
            if (oldest.done.isDone()) {
                ended(underWay.remove());
            }
        }
    }

    private void ended(Writing writing) {
        bytes -= writing.weight;
        if (writing.givesBack) {
            pieces.giveBack(writing.memory);
        }
    }

    /** Waits until all is written, or fails with the first failure. */
    void drain() throws RadosException {
        while (!underWay.isEmpty()) {
            settleOldest();
        }
    }

    /** Waits until nothing is under way, whether this thread is interrupted or not. Failures are added to another. */
    void settle(Throwable failed) {
        while (!underWay.isEmpty()) {
            try {
                Wait.throughInterrupts(underWay.remove().done);
            } catch (RadosException another) {
                failed.addSuppressed(another);
            }
        }
        bytes = 0;
    }
}
