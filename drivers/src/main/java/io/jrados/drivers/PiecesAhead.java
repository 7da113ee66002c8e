package io.jrados.drivers;

import io.jrados.error.RadosException;
import io.jrados.rados.Wait;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The pieces of a disk image on their way to an RBD image. A few threads read and expand them, since to expand a
 * compressed cluster takes longer than to write it; the one that writes gets them in the order in which they came.
 */
final class PiecesAhead implements AutoCloseable {
    private static final int THREADS =
            Math.max(1, Math.min(4, Runtime.getRuntime().availableProcessors()));

    /** The most pieces ahead, and their bytes; one more piece than there are threads is always allowed. */
    private static final int MOST = 256;

    private static final long MOST_BYTES = 8 << 20;

    /** The reading of a piece, on any thread. */
    interface Reading {
        ByteBuffer bytes() throws RadosException;
    }

    private record Piece(long offset, int length, CompletableFuture<ByteBuffer> bytes) {}

    private final SparseWriter target;
    private final ExecutorService threads;
    private final Deque<Piece> ahead = new ArrayDeque<>();
    private long bytes;

    PiecesAhead(SparseWriter target) {
        this.target = target;
        AtomicInteger number = new AtomicInteger();
        threads = Executors.newFixedThreadPool(THREADS, task -> {
            Thread thread = new Thread(task, "jrados-disk-" + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        });
    }

    /** Has a piece read and then written; writes those before it for which there is no room ahead. */
    void add(long offset, int length, Reading reading) throws RadosException {
        while (ahead.size() > THREADS && (ahead.size() >= MOST || bytes + length > MOST_BYTES)) {
            writeOldest();
        }
        CompletableFuture<ByteBuffer> read = new CompletableFuture<>();
        ahead.add(new Piece(offset, length, read));
        bytes += length;
        threads.execute(() -> {
            try {
                read.complete(reading.bytes());
            } catch (Throwable failed) {
                read.completeExceptionally(failed);
            }
        });
    }

    /** Hands all that was added to the writer. */
    void drain() throws RadosException {
        while (!ahead.isEmpty()) {
            writeOldest();
        }
    }

    private void writeOldest() throws RadosException {
        Piece oldest = ahead.element();
        ByteBuffer read = Wait.on(oldest.bytes);
        ahead.remove();
        bytes -= oldest.length;
        target.write(oldest.offset, read);
    }

    /** Ends what is being read; what has not been written is not. */
    @Override
    public void close() {
        threads.shutdownNow();
    }
}
