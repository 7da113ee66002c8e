package io.jrados.drivers.backup.flow;

import io.jrados.error.Errno;
import io.jrados.error.RadosException;
import io.jrados.rados.Wait;
import io.jrados.rbd.Image;
import io.jrados.rbd.model.DiffExtent;
import io.jrados.rbd.model.DiffOptions;
import io.jrados.rbd.model.Progress;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;

/**
 * Makes one image's bytes those of another, whatever it had, and touches only what either has stored: what the target
 * has becomes zero, and what the source has is written. Reads and writes of several pieces are under way at a time.
 * When it fails, closing the images ends what is under way.
 */
final class CopyExtents {
    /** Bytes of the image whose extents are listed at a time. */
    private static final long WINDOW = 64L << 30;

    private static final int PIECE = 4 << 20;

    private final Image from;
    private final Image to;
    private final int depth;
    private final Progress progress;
    private final Deque<Piece> reading = new ArrayDeque<>();
    private final Deque<Piece> writing = new ArrayDeque<>();
    private final Deque<ByteBuffer> free = new ArrayDeque<>();

    private record Piece(long offset, ByteBuffer memory, CompletableFuture<Void> done) {}

    private interface Step {
        void run(DiffExtent extent) throws RadosException;
    }

    /** @param depth pieces that are being read, and written, at a time */
    CopyExtents(Image from, Image to, int depth, Progress progress) {
        this.from = from;
        this.to = to;
        this.depth = depth;
        this.progress = progress;
    }

    /** Makes zero what the target has stored before a place. */
    void clear(long end) throws RadosException {
        each(to, end, this::zero);
        drain();
    }

    /** Writes what the source has stored to a target that has nothing there, and makes it durable. */
    void copy() throws RadosException {
        each(from, from.size(), this::read);
        while (!reading.isEmpty()) {
            write();
        }
        drain();
        to.flush();
        progress.report(from.size(), from.size());
    }

    private void each(Image image, long end, Step step) throws RadosException {
        for (long at = 0; at < end; at += WINDOW) {
            long length = Math.min(WINDOW, end - at);
            for (DiffExtent extent : image.diff(DiffOptions.ALL.within(at, length))) {
                if (progress.isCancelled()) {
                    throw RadosException.of(Errno.ECANCELED, "copying image " + from.name() + " to " + to.name());
                }
                if (extent.exists()) {
                    step.run(extent);
                }
            }
        }
    }

    private void zero(DiffExtent extent) throws RadosException {
        CompletableFuture<Void> done = to.writeZeroesAsync(extent.offset(), extent.length(), false);
        add(new Piece(extent.offset(), ByteBuffer.allocate(0), done));
    }

    private void read(DiffExtent extent) throws RadosException {
        long end = extent.offset() + extent.length();
        for (long at = extent.offset(); at < end; ) {
            int length = (int) Math.min(PIECE - at % PIECE, end - at);
            ByteBuffer kept = free.poll();
            ByteBuffer memory = (kept == null ? ByteBuffer.allocateDirect(PIECE) : kept).clear();
            memory.limit(length);
            reading.add(new Piece(at, memory, from.readAsync(at, memory.duplicate())));
            at += length;
            if (reading.size() >= depth) {
                write();
            }
        }
    }

    private void write() throws RadosException {
        Piece oldest = reading.remove();
        Wait.on(oldest.done);
        add(new Piece(oldest.offset, oldest.memory, to.writeAsync(oldest.offset, oldest.memory.duplicate())));
        progress.report(oldest.offset, from.size());
    }

    private void add(Piece piece) throws RadosException {
        writing.add(piece);
        if (writing.size() > depth) {
            end();
        }
    }

    private void drain() throws RadosException {
        while (!writing.isEmpty()) {
            end();
        }
    }

    private void end() throws RadosException {
        Piece oldest = writing.remove();
        Wait.on(oldest.done);
        if (oldest.memory.capacity() == PIECE) {
            free.add(oldest.memory);
        }
    }
}
