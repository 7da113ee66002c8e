package io.jrados.msgr;

import io.netty.buffer.AbstractByteBufAllocator;
import io.netty.buffer.AdaptiveByteBufAllocator;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
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
    private static final long MAX_KEPT = 32 << 20;

    private final ByteBufAllocator others = new AdaptiveByteBufAllocator();
    private final Queue<ByteBuffer> free = new ConcurrentLinkedQueue<>();
    private final AtomicLong kept = new AtomicLong();

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
        return toLeakAwareBuffer(new Large(this, take(initialCapacity), initialCapacity, maxCapacity));
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
        return ByteBuffer.allocateDirect(capacity + LARGE - 1 & -LARGE);
    }

    /** The longest unused goes when there is too much. */
    private void give(ByteBuffer memory) {
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
