package io.jrados.msgr;

import io.netty.buffer.AbstractByteBufAllocator;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledDirectByteBuf;
import io.netty.buffer.UnpooledHeapByteBuf;
import java.nio.ByteBuffer;
import java.util.Deque;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.atomic.AtomicLong;

/**
 * An allocator that keeps the memory of its buffers for the next ones. Netty's make large ones anew each time, which costs
 * as much as all else that is done with a read of 4 MiB; where Netty goes without {@code Unsafe}, as it does from JDK 25 on,
 * giving such memory up stops every thread of the process for a moment too. And an allocator of Netty's that is no longer
 * used does not give all of its memory back: a program that connects again and again would run out. The memory of this one
 * goes with it, at the next garbage collection. Safe for any thread.
 */
final class LargeBuffers extends AbstractByteBufAllocator {
    private static final int SMALL = 8 << 10;
    private static final int LARGE = 256 << 10;
    /** Memory begins at a page: 16 bytes into one, where the JVM's begins, some processors copy at a third of their speed. */
    private static final int PAGE = 4096;

    private final Kept small = new Kept(SMALL, 2 << 20);
    private final Kept inboxes = new Kept(Inbox.INITIAL, 16 << 20);
    private final Kept large = new Kept(LARGE, 64 << 20);

    LargeBuffers() {
        super(true);
    }

    @Override
    protected ByteBuf newHeapBuffer(int initialCapacity, int maxCapacity) {
        return new UnpooledHeapByteBuf(this, initialCapacity, maxCapacity);
    }

    @Override
    protected ByteBuf newDirectBuffer(int initialCapacity, int maxCapacity) {
        Kept kept = initialCapacity <= SMALL ? small : initialCapacity <= Inbox.INITIAL ? inboxes : large;
        return toLeakAwareBuffer(new Large(this, kept, kept.take(initialCapacity), initialCapacity, maxCapacity));
    }

    @Override
    public boolean isDirectBufferPooled() {
        return true;
    }

    /** Bytes that are kept for later. */
    long kept() {
        return small.freeBytes.get() + inboxes.freeBytes.get() + large.freeBytes.get();
    }

    /** Bytes of direct memory that this has taken from the JVM and not given up: in use, or kept for later. */
    long directMemory() {
        return small.ownBytes.get() + inboxes.ownBytes.get() + large.ownBytes.get();
    }

    /** Free memory of one range of sizes; what was used last, and is in the processor's caches, is used first. */
    private static final class Kept {
        private final int unit;
        private final long max;
        private final Deque<ByteBuffer> free = new ConcurrentLinkedDeque<>();
        private final AtomicLong freeBytes = new AtomicLong();

        /** Taken from the JVM and not given up: free, or in use. */
        private final AtomicLong ownBytes = new AtomicLong();

        /** @param unit sizes are multiples of it */
        Kept(int unit, long max) {
            this.unit = unit;
            this.max = max;
        }

        /** Memory that fits, neither too small nor, beyond one unit, more than twice as large as needed. */
        ByteBuffer take(int capacity) {
            for (long tries = max / unit; tries > 0; tries--) {
                ByteBuffer memory = free.pollFirst();
                if (memory == null) {
                    break;
                }
                if (memory.capacity() >= capacity && memory.capacity() <= Math.max(unit, 2L * capacity)) {
                    freeBytes.addAndGet(-memory.capacity());
                    return memory;
                }
                free.addLast(memory);
            }
            int rounded = (capacity + unit - 1) / unit * unit;
            ownBytes.addAndGet(rounded);
            return ByteBuffer.allocateDirect(rounded + PAGE)
                    .alignedSlice(PAGE)
                    .limit(rounded)
                    .slice();
        }

        /** The longest unused goes when there is too much. */
        void give(ByteBuffer memory) {
            free.addFirst(memory);
            long now = freeBytes.addAndGet(memory.capacity());
            while (now > max) {
                ByteBuffer oldest = free.pollLast();
                if (oldest == null) {
                    return;
                }
                ownBytes.addAndGet(-oldest.capacity());
                now = freeBytes.addAndGet(-oldest.capacity());
            }
        }
    }

    /** Gives its memory back in the end. */
    private static final class Large extends UnpooledDirectByteBuf {
        private final Kept kept;
        private final ByteBuffer memory;

        Large(LargeBuffers owner, Kept kept, ByteBuffer memory, int capacity, int maxCapacity) {
            super(owner, memory.clear().limit(capacity), maxCapacity);
            this.kept = kept;
            this.memory = memory;
            clear();
        }

        @Override
        protected void deallocate() {
            super.deallocate();
            kept.give(memory);
        }
    }
}
