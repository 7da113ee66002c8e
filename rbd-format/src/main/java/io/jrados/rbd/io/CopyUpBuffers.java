package io.jrados.rbd.io;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Direct memory that copy-ups read the parent's data into and write it from, kept for the next ones: the JVM zeroes new
 * memory, and frees it only when it happens to collect. Thread-safe.
 */
final class CopyUpBuffers {
    /** For all images of the process: as memory is. */
    static final CopyUpBuffers SHARED = new CopyUpBuffers(32 << 20);

    /**
     * The alignment of buffers: the kernel copies slowly from the 16th byte of a page, where the JVM's begin, on some
     * processors.
     */
    private static final int PAGE = 4096;

    private final long maxKept;
    private final ReentrantLock lock = new ReentrantLock();
    private final ArrayDeque<ByteBuffer> idle = new ArrayDeque<>();
    private long kept;

    /** @param maxKept bytes of idle buffers that stay allocated */
    CopyUpBuffers(long maxKept) {
        this.maxKept = maxKept;
    }

    /** A buffer with this limit, at position 0; what it has is left from others. */
    ByteBuffer take(int size) {
        lock.lock();
        try {
            ByteBuffer last = idle.peekLast();
            // Images of several object sizes at once are rare: no search.
            if (last != null && last.capacity() >= size && last.capacity() / 2 <= size) {
                kept -= last.capacity();
                return idle.removeLast().clear().limit(size);
            }
        } finally {
            lock.unlock();
        }
        int pages = (size + PAGE - 1) / PAGE * PAGE;
        return ByteBuffer.allocateDirect(pages + PAGE)
                .alignedSlice(PAGE)
                .limit(pages)
                .slice()
                .limit(size);
    }

    /** Gives a buffer back that nobody uses any more. The longest unused goes when there is too much. */
    void give(ByteBuffer buffer) {
        if (buffer.capacity() == 0) {
            return;
        }
        lock.lock();
        try {
            idle.addLast(buffer);
            kept += buffer.capacity();
            while (kept > maxKept) {
                kept -= idle.removeFirst().capacity();
            }
        } finally {
            lock.unlock();
        }
    }
}
