package io.jrados.msgr;

import io.netty.buffer.AbstractByteBufAllocator;
import io.netty.buffer.AdaptiveByteBufAllocator;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledDirectByteBuf;
import java.nio.ByteBuffer;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;

/**
 * An allocator that keeps the memory of large buffers for the next ones. Netty's make and zero it anew each time, which costs
 * as much as all else that is done with a read of 4 MiB. Safe for any thread.
 */
final class LargeBuffers extends AbstractByteBufAllocator {
    private static final int LARGE = 256 << 10;
    private static final long MAX_KEPT = 64 << 20;
    /** Memory begins at a page: 16 bytes into one, where the JVM's begins, some processors copy at a third of their speed. */
    private static final int PAGE = 4096;

    private final AdaptiveByteBufAllocator others = new AdaptiveByteBufAllocator();
    private final Queue<ByteBuffer> free = new ConcurrentLinkedQueue<>();
    private final AtomicLong kept = new AtomicLong();
    private final AtomicLong inUse = new AtomicLong();

    LargeBuffers() {
        super(true);
    }

    @Override
    protected ByteBuf newHeapBuffer(int initialCapacity, int maxCapacity) {
        return others.heapBuffer(initialCapacity, maxCapacity);
    }

    @Override
    protected ByteBuf newDirectBuffer(int initialCapacity, int maxCapacity) {
        if (initialCapacity < LARGE) {
            return others.directBuffer(initialCapacity, maxCapacity);
        }
        ByteBuffer memory = take(initialCapacity);
        inUse.addAndGet(memory.capacity());
        return toLeakAwareBuffer(new Large(this, memory, initialCapacity, maxCapacity));
    }

    @Override
    public boolean isDirectBufferPooled() {
        return true;
    }

    /** Memory that fits, neither too small nor more than twice as large as needed. */
    private ByteBuffer take(int capacity) {
        for (int tries = (int) (MAX_KEPT / LARGE); tries > 0; tries--) {
            ByteBuffer memory = free.poll();
            if (memory == null) {
                break;
            }
            if (memory.capacity() >= capacity && memory.capacity() / 2 <= capacity) {
                kept.addAndGet(-memory.capacity());
                return memory;
            }
            free.add(memory);
        }
        int rounded = capacity + LARGE - 1 & -LARGE;
        return ByteBuffer.allocateDirect(rounded + PAGE)
                .alignedSlice(PAGE)
                .limit(rounded)
                .slice();
    }

    /** The longest unused goes when there is too much. */
    private void give(ByteBuffer memory) {
        inUse.addAndGet(-memory.capacity());
        free.add(memory);
        long now = kept.addAndGet(memory.capacity());
        while (now > MAX_KEPT) {
            ByteBuffer oldest = free.poll();
            if (oldest == null) {
                return;
            }
            now = kept.addAndGet(-oldest.capacity());
        }
    }

    /** Bytes that are kept for later. */
    long kept() {
        return kept.get();
    }

    /** Bytes of direct memory that this has taken from the JVM and not given up: in use, or kept for later. */
    long directMemory() {
        return inUse.get() + kept.get() + others.metric().usedDirectMemory();
    }

    private static final class Large extends UnpooledDirectByteBuf {
        private final LargeBuffers owner;
        private final ByteBuffer memory;

        Large(LargeBuffers owner, ByteBuffer memory, int capacity, int maxCapacity) {
            super(owner, memory.clear().limit(capacity), maxCapacity);
            this.owner = owner;
            this.memory = memory;
            clear();
        }

        @Override
        protected void deallocate() {
            super.deallocate();
            owner.give(memory);
        }
    }
}
