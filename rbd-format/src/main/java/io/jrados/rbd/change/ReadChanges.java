package io.jrados.rbd.change;

import io.jrados.error.DeadlineException;
import io.jrados.error.Errno;
import io.jrados.error.RadosException;
import io.jrados.rados.Wait;
import io.jrados.rbd.Image;
import io.jrados.rbd.model.DiffExtent;
import io.jrados.rbd.model.Progress;
import io.jrados.rbd.wait.Async;
import io.jrados.rbd.wait.Within;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Goes through the differences of an image, and lends the reader their bytes, piece by piece: so many at a time that
 * the depth's bytes are being read or lent. For one thread, which waits while there is no room.
 */
final class ReadChanges {
    /** Bytes of the largest piece; pieces end at multiples of it, where usual objects end too. */
    static final int LARGEST = 4 << 20;

    /** Pieces under way at most, however short. */
    private static final int MOST = 64;

    private final Image image;
    private final ChangeOptions options;
    private final Progress progress;
    private final String doing;
    private final ChangeReader reader;
    private final Pieces pieces;
    private final List<Piece> underWay = new ArrayList<>();
    private long bytes;
    private long reached;
    private long reported;

    /** A way of lending pieces. */
    interface Pieces {
        /** Completes when the reader has given all of it back. */
        CompletableFuture<Void> lend(long offset, int length);

        /** Completes when the reader has dealt with it. */
        CompletableFuture<Void> zero(long offset, long length);
    }

    /** A part on its way to the reader and back. */
    private record Piece(long offset, int weight, CompletableFuture<Void> done) {}

    /** A failure on its way through the image's call. */
    private static final class Carried extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private final RadosException failure;

        Carried(RadosException failure) {
            super(failure);
            this.failure = failure;
        }
    }

    ReadChanges(Image image, ChangeOptions options, ChangeReader reader, Progress progress, String doing) {
        this.image = image;
        this.options = options;
        this.reader = reader;
        this.progress = progress;
        this.doing = doing;
        boolean tellsZeroes = options.fromSnapshot().isPresent();
        this.pieces = options.isOrdered()
                ? new OrderedPieces(image, reader, tellsZeroes, options.depth())
                : new EarlyPieces(image, reader, tellsZeroes);
        this.reached = options.startingOffset();
    }

    void run() throws RadosException {
        long size = image.size();
        reader.begin(size);
        try {
            image.diff(ListChanges.differences(options), where(), this::take);
            while (!underWay.isEmpty()) {
                awaitOne();
            }
        } catch (Carried carried) {
            settle(carried.failure);
            throw carried.failure;
        } catch (Throwable failed) {
            settle(failed);
            throw failed;
        }
        reached = size;
        report();
    }

    /** The diff's own progress: that of places where nothing differs. */
    private Progress where() {
        return new Progress() {
            @Override
            public void report(long done, long total) {
                reached = Math.max(reached, options.startingOffset() + done);
                settleDone();
                ReadChanges.this.report();
            }

            @Override
            public boolean isCancelled() {
                return progress.isCancelled();
            }
        };
    }

    private void take(DiffExtent extent) {
        try {
            long end = extent.offset() + extent.length();
            if (!extent.exists()) {
                add(new Piece(extent.offset(), 0, pieces.zero(extent.offset(), extent.length())));
                return;
            }
            for (long at = extent.offset(); at < end; ) {
                int length = (int) Math.min(end - at, LARGEST - at % LARGEST);
                awaitRoom(length);
                add(new Piece(at, length, pieces.lend(at, length)));
                at += length;
            }
        } catch (RadosException failed) {
            throw new Carried(failed);
        }
    }

    private void add(Piece piece) throws RadosException {
        underWay.add(piece);
        bytes += piece.weight;
        while (underWay.size() >= MOST) {
            awaitOne();
        }
    }

    private void awaitRoom(int length) throws RadosException {
        while (bytes > 0 && bytes + length > (long) options.depth() * LARGEST) {
            awaitOne();
        }
    }

    private void awaitOne() throws RadosException {
        if (progress.isCancelled()) {
            throw RadosException.of(Errno.ECANCELED, doing + ", all of which up to byte " + reported + " is read");
        }
        CompletableFuture<Object> any =
                CompletableFuture.anyOf(underWay.stream().map(Piece::done).toArray(CompletableFuture[]::new));
        Wait.on(Within.of(image.pool(), any, this::late));
        settleDone();
        report();
    }

    private DeadlineException late() {
        return new DeadlineException(
                doing + ", of which " + bytes + " bytes are being read or lent, and nothing came back",
                DeadlineException.Sent.UNKNOWN,
                null);
    }

    private void settleDone() {
        for (Iterator<Piece> all = underWay.iterator(); all.hasNext(); ) {
            Piece piece = all.next();
            if (piece.done.isDone()) {
                all.remove();
                bytes -= piece.weight;
                failed(piece.done);
                reached = Math.max(reached, piece.offset + piece.weight);
            }
        }
    }

    /** Throws the failure of a part that has one. */
    private void failed(CompletableFuture<Void> done) {
        if (done.isCompletedExceptionally()) {
            try {
                Wait.on(done);
            } catch (RadosException failure) {
                throw new Carried(failure);
            }
        }
    }

    private void report() {
        long low = underWay.isEmpty() ? reached : underWay.get(0).offset;
        reported = Math.max(reported, low);
        progress.report(reported, Math.max(reported, image.size()));
    }

    /** Waits until nothing is lent, but no longer than a deadline: whoever keeps it beyond that has been told. */
    private void settle(Throwable failed) {
        CompletableFuture<Void> all = CompletableFuture.allOf(underWay.stream()
                .map(piece -> piece.done.exceptionally(another -> {
                    note(failed, Async.cause(another));
                    return null;
                }))
                .toArray(CompletableFuture[]::new));
        try {
            Wait.throughInterrupts(Within.of(image.pool(), all, this::late));
        } catch (RadosException kept) {
            failed.addSuppressed(kept);
        }
        underWay.clear();
        bytes = 0;
    }

    private static void note(Throwable failed, Throwable another) {
        // All that waited for one piece fail as that one did.
        if (another != failed
                && another != failed.getCause()
                && !Arrays.asList(failed.getSuppressed()).contains(another)) {
            failed.addSuppressed(another);
        }
    }
}
