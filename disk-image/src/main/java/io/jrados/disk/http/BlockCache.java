package io.jrados.disk.http;

import io.jrados.error.Errno;
import io.jrados.error.RadosException;
import java.nio.ByteBuffer;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The blocks of a file that were read last. Readers that want the same block at once share one reading of it: the first
 * one reads, the others wait for it.
 */
final class BlockCache {
    private final int limit;
    private final Loader loader;
    private final Lock lock = new ReentrantLock();

    /** In the order of their last use. */
    private final Map<Long, CompletableFuture<ByteBuffer>> blocks = new LinkedHashMap<>(16, 0.75f, true);

    /** Reads a block. It ends once a number of requests in a row bring nothing. */
    interface Loader {
        ByteBuffer load(long index) throws RadosException;
    }

    BlockCache(int limit, Loader loader) {
        this.limit = limit;
        this.loader = loader;
    }

    void put(long index, ByteBuffer block) {
        claim(index).complete(block);
    }

    /** Returns a block of which the caller may move position and limit. */
    ByteBuffer get(long index) throws RadosException {
        while (true) {
            CompletableFuture<ByteBuffer> mine = new CompletableFuture<>();
            CompletableFuture<ByteBuffer> there = claim(index, mine);
            if (there == null) {
                return load(index, mine);
            }
            ByteBuffer block = wait(index, there);
            if (block != null) {
                return block.duplicate();
            }
        }
    }

    private CompletableFuture<ByteBuffer> claim(long index) {
        CompletableFuture<ByteBuffer> mine = new CompletableFuture<>();
        CompletableFuture<ByteBuffer> there = claim(index, mine);
        return there == null ? mine : there;
    }

    private @Nullable CompletableFuture<ByteBuffer> claim(long index, CompletableFuture<ByteBuffer> mine) {
        lock.lock();
        try {
            CompletableFuture<ByteBuffer> there = blocks.get(index);
            if (there == null) {
                blocks.put(index, mine);
                Iterator<CompletableFuture<ByteBuffer>> oldest = blocks.values().iterator();
                while (blocks.size() > limit) {
                    oldest.next();
                    oldest.remove();
                }
            }
            return there;
        } finally {
            lock.unlock();
        }
    }

    private ByteBuffer load(long index, CompletableFuture<ByteBuffer> mine) throws RadosException {
        try {
            ByteBuffer block = loader.load(index);
            mine.complete(block);
            return block.duplicate();
        } catch (RadosException | RuntimeException | Error failed) {
            lock.lock();
            try {
                blocks.remove(index, mine);
            } finally {
                lock.unlock();
            }
            mine.completeExceptionally(failed);
            throw failed;
        }
    }

    /** Waits for another reader's block; null if that failed, since its interrupt or bad luck is not ours. */
    private static @Nullable ByteBuffer wait(long index, CompletableFuture<ByteBuffer> there) throws RadosException {
        try {
            return there.get();
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw RadosException.of(Errno.EINTR, "waiting for block " + index + " of an image's file", stopped);
        } catch (ExecutionException failed) {
            // The next round reads it for itself.
            return null;
        }
    }
}
