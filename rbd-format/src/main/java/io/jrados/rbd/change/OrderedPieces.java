package io.jrados.rbd.change;

import io.jrados.rbd.Image;
import io.jrados.rbd.wait.All;
import io.jrados.rbd.wait.Async;
import java.nio.ByteBuffer;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Supplier;

/**
 * Reads pieces ahead into memory of its own, and lends them one behind the other: a piece is told of once the one
 * before it was. Long runs of zeroes are told of as such. After a failure nothing behind it is told of.
 */
final class OrderedPieces implements ReadChanges.Pieces {
    /** Bytes: runs of zeroes begin and end at multiples of it. */
    private static final int GRAIN = 64 << 10;

    private static final ByteBuffer ZEROES = ByteBuffer.allocate(GRAIN).asReadOnlyBuffer();

    private final Image image;
    private final ChangeReader reader;
    private final boolean tellsZeroes;
    private final int kept;
    private final Queue<ByteBuffer> free = new ConcurrentLinkedQueue<>();

    /** Fails with the first failure of the reader's, or of its reading: from then on it is told of nothing. */
    private final CompletableFuture<Void> broken = new CompletableFuture<>();

    /** Completes when the reader was told of all pieces so far. */
    private CompletableFuture<Void> told = CompletableFuture.completedFuture(null);

    /** @param kept pieces of memory that are kept for the next */
    OrderedPieces(Image image, ChangeReader reader, boolean tellsZeroes, int kept) {
        this.image = image;
        this.reader = reader;
        this.tellsZeroes = tellsZeroes;
        this.kept = kept;
    }

    @Override
    public CompletableFuture<Void> lend(long offset, int length) {
        ByteBuffer memory = take(length);
        CompletableFuture<Void> read = image.readAsync(offset, memory.duplicate());
        All back = All.ofReads();
        CompletableFuture<Void> turn = told.thenCombine(read, (before, here) -> null);
        told = turn.thenAccept(ready -> tell(offset, memory, back));
        return told.thenCompose(all -> back.seal()).thenRun(() -> giveBack(memory));
    }

    @Override
    public CompletableFuture<Void> zero(long offset, long length) {
        All back = All.ofReads();
        told = told.thenAccept(ready -> lend(back, () -> reader.zero(offset, length)));
        return told.thenCompose(all -> back.seal());
    }

    private void lend(All back, Supplier<CompletableFuture<?>> call) {
        CompletableFuture<Void> lent = broken.isDone() ? broken : Lent.of(call);
        lent.whenComplete((done, failed) -> {
            if (failed != null) {
                broken.completeExceptionally(Async.cause(failed));
            }
        });
        back.add(lent);
    }

    private void tell(long offset, ByteBuffer memory, All back) {
        for (int at = 0; at < memory.limit(); ) {
            boolean isZero = isZero(memory, at);
            int from = at;
            while (at < memory.limit() && isZero(memory, at) == isZero) {
                at = Math.min(memory.limit(), at + GRAIN);
            }
            int length = at - from;
            if (!isZero) {
                lend(
                        back,
                        () -> reader.data(
                                offset + from, memory.slice(from, length).asReadOnlyBuffer()));
            } else if (tellsZeroes) {
                lend(back, () -> reader.zero(offset + from, length));
            }
        }
    }

    private static boolean isZero(ByteBuffer memory, int at) {
        int length = Math.min(GRAIN, memory.limit() - at);
        return memory.slice(at, length).mismatch(ZEROES.slice(0, length)) < 0;
    }

    private ByteBuffer take(int length) {
        ByteBuffer used = free.poll();
        return used != null && used.capacity() >= length ? used.clear().limit(length) : ByteBuffer.allocate(length);
    }

    private void giveBack(ByteBuffer memory) {
        if (free.size() < kept) {
            free.add(memory);
        }
    }
}
