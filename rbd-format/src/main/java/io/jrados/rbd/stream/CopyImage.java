package io.jrados.rbd.stream;

import io.jrados.error.RadosException;
import io.jrados.rados.Wait;
import io.jrados.rbd.Image;
import io.jrados.rbd.Rbd;
import io.jrados.rbd.model.DiffExtent;
import io.jrados.rbd.model.DiffOptions;
import io.jrados.rbd.model.ImageSpec;
import io.jrados.rbd.model.Progress;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;

/**
 * Copies the head or a snapshot of an image, with its metadata and without its snapshots (copy in
 * src/librbd/internal.cc). Only what the image or its parent has stored is read, and long runs of zeroes are not
 * written. What is read goes to the copy in the memory that it was read into.
 */
final class CopyImage {
    private final CopyOptions options;
    private final UnfinishedImage unfinished;
    private final Steps steps;
    private final String doing;
    private final Deque<Piece> reading = new ArrayDeque<>();
    private long bytes;

    /** A part that is being read. */
    private record Piece(long offset, ByteBuffer memory, CompletableFuture<Void> read) {}

    CopyImage(Rbd target, ImageSpec spec, CopyOptions options, Steps steps, String doing) {
        this.options = options;
        this.unfinished = new UnfinishedImage(target, spec, doing);
        this.steps = steps;
        this.doing = doing;
    }

    /** @return the copy's id */
    String run(Rbd source, String name) throws IOException {
        try (Image from = options.snapshot().isPresent()
                ? source.openSnapshot(name, options.snapshot().get())
                : source.openReadOnly(name)) {
            ImageHeader header = ImageHeader.of(from);
            return unfinished.make(header.complete(options.image(), doing), to -> {
                copy(from, to);
                header.giveMetadata(to);
            });
        }
    }

    private void copy(Image from, Image to) throws IOException {
        long size = from.size();
        if (size > 0) {
            to.resize(size, Progress.NONE);
        }
        IncomingPieces writes = new IncomingPieces(to, options.depth(), true);
        try {
            Extents.each(from, DiffOptions.ALL.within(0, size), progress(size), extent -> {
                steps.check();
                read(from, extent, writes, size);
            });
            while (!reading.isEmpty()) {
                write(writes, size);
            }
            writes.drain();
        } catch (Throwable failed) {
            reading.forEach(piece -> piece.read.cancel(false));
            writes.settle(failed);
            throw failed;
        }
        steps.checkNotShrunk(from, size);
        steps.report(size, size);
    }

    private void read(Image from, DiffExtent extent, IncomingPieces writes, long size) throws RadosException {
        long end = extent.offset() + extent.length();
        for (long at = extent.offset(); extent.exists() && at < end; ) {
            ByteBuffer memory = writes.take(Pieces.length(at, end));
            int length = memory.remaining();
            reading.add(new Piece(at, memory, from.readAsync(at, memory.duplicate())));
            bytes += length;
            at += length;
            while (bytes > (long) options.depth() * Pieces.LARGEST || reading.size() > Pieces.MOST) {
                write(writes, size);
            }
        }
    }

    private void write(IncomingPieces writes, long size) throws RadosException {
        Piece oldest = reading.element();
        Wait.on(oldest.read);
        reading.remove();
        int length = oldest.memory.remaining();
        bytes -= length;
        writes.data(oldest.offset, oldest.memory);
        steps.report(oldest.offset + length, size);
    }

    /** Progress where the image has nothing: the rest is told of by the pieces. */
    private Progress progress(long size) {
        return new Progress() {
            @Override
            public void report(long done, long total) {
                if (reading.isEmpty()) {
                    steps.report(done, size);
                }
            }

            @Override
            public boolean isCancelled() {
                return steps.isCancelled();
            }
        };
    }
}
