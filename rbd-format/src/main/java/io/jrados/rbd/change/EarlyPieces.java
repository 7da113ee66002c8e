package io.jrados.rbd.change;

import io.jrados.rbd.Image;
import io.jrados.rbd.format.Intervals;
import io.jrados.rbd.format.Layout.Range;
import io.jrados.rbd.wait.All;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Lends what is stored of a piece as it comes, in the network's own memory. When all of it was given back, the reader
 * is told of the holes, for what nobody was called for is zero.
 */
final class EarlyPieces implements ReadChanges.Pieces {
    private final Image image;
    private final ChangeReader reader;
    private final boolean tellsZeroes;

    EarlyPieces(Image image, ChangeReader reader, boolean tellsZeroes) {
        this.image = image;
        this.reader = reader;
        this.tellsZeroes = tellsZeroes;
    }

    @Override
    public CompletableFuture<Void> lend(long offset, int length) {
        Intervals holes = Intervals.of(offset, offset + length);
        ReentrantLock lock = new ReentrantLock();
        return image.readExtentsAsync(offset, length, (at, bytes) -> {
                    lock.lock();
                    try {
                        holes.remove(at, at + bytes.remaining());
                    } finally {
                        lock.unlock();
                    }
                    return Lent.of(() -> reader.data(at, bytes));
                })
                .thenCompose(read -> zeroes(holes.ranges()));
    }

    private CompletableFuture<Void> zeroes(List<Range> holes) {
        All all = All.ofReads();
        for (Range hole : tellsZeroes ? holes : List.<Range>of()) {
            all.add(zero(hole.offset(), hole.length()));
        }
        return all.seal();
    }

    @Override
    public CompletableFuture<Void> zero(long offset, long length) {
        return Lent.of(() -> reader.zero(offset, length));
    }
}
