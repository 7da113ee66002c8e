package io.jrados.drivers;

import java.nio.ByteBuffer;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Direct buffers of one size, kept for the next upload: the JVM frees direct memory only when it happens to collect.
 * Thread-safe.
 */
public final class ChunkBuffers {
    /**
     * The alignment of a buffer. The JVM's own begin 16 bytes into a page, and there the kernel's copies (rep movsb)
     * run at a third of their speed on some processors.
     */
    private static final int PAGE = 4096;

    private final int size;
    private final int kept;
    private final ConcurrentLinkedQueue<ByteBuffer> idle = new ConcurrentLinkedQueue<>();
    private final AtomicInteger idleCount = new AtomicInteger();

    /**
     * @param size bytes of each buffer
     * @param kept how many idle ones stay allocated
     */
    public ChunkBuffers(int size, int kept) {
        this.size = size;
        this.kept = kept;
    }

    /** An empty buffer. */
    public ByteBuffer take() {
        ByteBuffer buffer = idle.poll();
        if (buffer == null) {
            return ByteBuffer.allocateDirect(size + 2 * PAGE)
                    .alignedSlice(PAGE)
                    .limit(size)
                    .slice();
        }
        idleCount.decrementAndGet();
        return buffer.clear();
    }

    /** Gives a buffer back that nobody uses any more. */
    public void give(ByteBuffer buffer) {
        if (idleCount.incrementAndGet() <= kept) {
            idle.add(buffer);
        } else {
            idleCount.decrementAndGet();
        }
    }
}
