package io.jrados.rbd.stream;

import io.jrados.rados.Wait;
import io.jrados.rbd.Image;
import io.jrados.rbd.model.DiffExtent;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;

/**
 * Parts of an image on their way into a stream of differences, in order: of a few the image is asked while an earlier
 * one is written. What is found to be zero, in long runs, is told of as zero. For one thread.
 */
final class OutgoingPieces {
    private final Image image;
    private final Sink sink;
    private final Pieces pieces;
    private final Deque<Piece> underWay = new ArrayDeque<>();
    private long bytes;

    /** A consumer of the image's parts, in ascending order. */
    interface Sink {
        /** Takes a part that is zero. */
        void zero(long offset, long length) throws IOException;

        /** Takes a part; the bytes are the sink's until it returns. */
        void data(long offset, ByteBuffer data) throws IOException;
    }

    /** A part with its data, or one that is zero and has {@code data} of no length. */
    private record Piece(long offset, long length, ByteBuffer data, CompletableFuture<Void> read) {}

    OutgoingPieces(Image image, Sink sink, int depth) {
        this.image = image;
        this.sink = sink;
        this.pieces = new Pieces(depth);
    }

    boolean isIdle() {
        return underWay.isEmpty();
    }

    /** Sends a part on its way. */
    void add(DiffExtent extent) throws IOException {
        long end = extent.offset() + extent.length();
        if (!extent.exists()) {
            add(new Piece(
                    extent.offset(), extent.length(), ByteBuffer.allocate(0), CompletableFuture.completedFuture(null)));
            return;
        }
        for (long at = extent.offset(); at < end; ) {
            ByteBuffer into = pieces.take(Pieces.length(at, end));
            long length = into.remaining();
            add(new Piece(at, length, into, image.readAsync(at, into.duplicate())));
            at += length;
        }
    }

    private void add(Piece piece) throws IOException {
        underWay.add(piece);
        bytes += piece.data.limit();
        while (bytes > pieces.room() || underWay.size() > Pieces.MOST) {
            emit();
        }
    }

    private void emit() throws IOException {
        Piece oldest = underWay.element();
        Wait.on(oldest.read);
        underWay.remove();
        bytes -= oldest.data.limit();
        if (oldest.data.limit() == 0) {
            sink.zero(oldest.offset, oldest.length);
            return;
        }
        emit(oldest);
        pieces.giveBack(oldest.data);
    }

    private void emit(Piece piece) throws IOException {
        ByteBuffer data = piece.data;
        boolean zero = ZeroRuns.length(data, 0, true) > 0;
        for (int at = 0; at < data.limit(); zero = !zero) {
            int length = ZeroRuns.length(data, at, zero);
            if (zero) {
                sink.zero(piece.offset + at, length);
            } else {
                sink.data(piece.offset + at, data.slice(at, length));
            }
            at += length;
        }
    }

    /** Waits until all is written. */
    void drain() throws IOException {
        while (!underWay.isEmpty()) {
            emit();
        }
    }

    /** Gives up what is under way. */
    void cancel() {
        underWay.forEach(piece -> piece.read.cancel(false));
        underWay.clear();
        bytes = 0;
    }
}
