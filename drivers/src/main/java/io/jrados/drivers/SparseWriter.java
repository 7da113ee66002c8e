package io.jrados.drivers;

import io.jrados.error.RadosException;
import io.jrados.rados.Wait;
import io.jrados.rbd.Image;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;

/**
 * Writes a new image in whatever order its bytes come, several writes at once. Blocks of zeroes are left out, since the
 * image reads as zeroes there. For one thread; close it, which waits for what is under way.
 */
public final class SparseWriter implements AutoCloseable {
    /** Bytes that are left out together: a multiple of what any store allocates at once. */
    private static final int BLOCK = 64 << 10;

    private final Image image;
    private final int depth;
    private final Deque<CompletableFuture<Void>> underWay = new ArrayDeque<>();

    /**
     * @param image all zeroes
     * @param depth most writes under way, at least 1
     */
    public SparseWriter(Image image, int depth) {
        this.image = image;
        this.depth = depth;
    }

    /**
     * Writes the remaining bytes, which nobody may change until {@link #drain} has returned.
     *
     * @throws RadosException what an earlier write failed with, too
     */
    public void write(long offset, ByteBuffer data) throws RadosException {
        int end = data.limit();
        int begin = data.position();
        while (begin < end) {
            int next = begin;
            while (next < end && !isZero(data, next, blockEnd(data, offset, next))) {
                next = blockEnd(data, offset, next);
            }
            if (next > begin) {
                submit(offset + begin - data.position(), data.slice(begin, next - begin));
            }
            begin = next;
            while (begin < end && isZero(data, begin, blockEnd(data, offset, begin))) {
                begin = blockEnd(data, offset, begin);
            }
        }
    }

    /** The end of the image's block that a byte of the data belongs to, or the data's. */
    private static int blockEnd(ByteBuffer data, long offset, int at) {
        long inImage = offset + at - data.position();
        return (int) Math.min(data.limit(), at + BLOCK - inImage % BLOCK);
    }

    private static boolean isZero(ByteBuffer data, int from, int to) {
        return ChunkPipeline.isZero(data.slice(from, to - from));
    }

    private void submit(long offset, ByteBuffer data) throws RadosException {
        while (underWay.size() >= depth) {
            Wait.on(underWay.element());
            underWay.remove();
        }
        underWay.add(image.writeAsync(offset, data));
    }

    /** Waits for everything that was written. */
    public void drain() throws RadosException {
        while (!underWay.isEmpty()) {
            Wait.on(underWay.element());
            underWay.remove();
        }
    }

    /** Waits for what is under way, whose failures no longer matter: after {@link #drain} there is nothing. */
    @Override
    public void close() {
        while (!underWay.isEmpty()) {
            try {
                Wait.throughInterrupts(underWay.remove());
            } catch (RadosException ended) {
                // The caller is told of the failure that made it stop.
                continue;
            }
        }
    }
}
