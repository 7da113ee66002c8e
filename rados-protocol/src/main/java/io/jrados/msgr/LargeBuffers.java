package io.jrados.msgr;

import io.netty.buffer.AbstractByteBufAllocator;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledDirectByteBuf;
import io.netty.buffer.UnpooledHeapByteBuf;
import java.nio.ByteBuffer;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;

/**
 * An allocator that keeps the memory of its buffers for the next ones. Netty's make large ones anew each time, which
 * costs as much as all else that is done with a read of 4 MiB; where Netty goes without {@code Unsafe}, as it does from
 * JDK 25 on, giving such memory up stops every thread of the process for a moment too. And an allocator of Netty's that
 * is no longer used does not give all of its memory back: a program that connects again and again would run out. The
 * memory of this one goes with it, at the next garbage collection. What is kept is given up where the JVM has no more.
 * Safe for any thread.
 */
final class LargeBuffers extends AbstractByteBufAllocator {
    private static final int SMALL = 8 << 10;
    private static final int LARGE = 256 << 10;
    /**
     * Memory begins at a page: 16 bytes into one, where the JVM's begins, some processors copy at a third of their
     * speed.
     */
    private static final int PAGE = 4096;

    private final Kept small;
    private final Kept inboxes;
    private final Kept large;

    LargeBuffers() {
        this(new CopyOnWriteArrayList<>());
    }

    /** @param spare what all allocators of a client keep: each may give up the others' */
    LargeBuffers(List<Kept> spare) {
        super(true);
        this.small = new Kept(SMALL, DirectMemory.share(2 << 20, 64), spare);
        this.inboxes = new Kept(Inbox.INITIAL, DirectMemory.share(16 << 20, 16), spare);
        this.large = new Kept(LARGE, DirectMemory.share(64 << 20, 8), spare);
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
    static final class Kept {
        private final int unit;
        private final long max;
        private final List<Kept> spare;
        private final Deque<ByteBuffer> free = new ConcurrentLinkedDeque<>();
        private final AtomicLong freeBytes = new AtomicLong();

        /** Taken from the JVM and not given up: free, or in use. */
        private final AtomicLong ownBytes = new AtomicLong();

        /** @param unit sizes are multiples of it */
        private Kept(int unit, long max, List<Kept> spare) {
            this.unit = unit;
            this.max = max;
            this.spare = spare;
            spare.add(this);
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
            ByteBuffer made = make(rounded);
            ownBytes.addAndGet(rounded);
            return made;
        }

        /** Memory that is kept for later must not be what is missing now. */
        private ByteBuffer make(int bytes) {
            try {
                return allocate(bytes);
            } catch (OutOfMemoryError missing) {
                long given = 0;
                for (Kept kept : spare) {
                    given += kept.empty();
                }
                if (given == 0) {
                    throw missing;
                }
                return allocate(bytes);
            }
        }

        private static ByteBuffer allocate(int bytes) {
            return ByteBuffer.allocateDirect(bytes + PAGE)
                    .alignedSlice(PAGE)
                    .limit(bytes)
                    .slice();
        }

        /** Gives up all that is free; returns how many bytes. */
        private long empty() {
            long given = 0;
            for (ByteBuffer memory = free.pollFirst(); memory != null; memory = free.pollFirst()) {
                given += memory.capacity();
            }
            freeBytes.addAndGet(-given);
            ownBytes.addAndGet(-given);
            return given;
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

    /**
     * Gives its memory back in the end. Bytes are copied at places that are given, which needs no view of the memory:
     * Netty's own copying makes one each time, some ten of them for a small write.
     */
    private static final class Large extends UnpooledDirectByteBuf {
        private final Kept kept;
        private final ByteBuffer memory;
        /** The memory in use: another after the buffer has grown. */
        private ByteBuffer bytes;

        Large(LargeBuffers owner, Kept kept, ByteBuffer memory, int capacity, int maxCapacity) {
            super(owner, memory.clear().limit(capacity), maxCapacity);
            this.kept = kept;
            this.memory = memory;
            this.bytes = memory;
            clear();
        }

        /** Finds the memory after a change of size: its allocation has another name in each line of Netty. */
        @Override
        public ByteBuf capacity(int newCapacity) {
            if (newCapacity != capacity()) {
                super.capacity(newCapacity);
                bytes = nioBuffer(0, newCapacity);
            }
            return this;
        }

        @Override
        public ByteBuf getBytes(int index, byte[] dst, int dstIndex, int length) {
            checkDstIndex(index, length, dstIndex, dst.length);
            bytes.get(index, dst, dstIndex, length);
            return this;
        }

        @Override
        public ByteBuf setBytes(int index, byte[] src, int srcIndex, int length) {
            checkSrcIndex(index, length, srcIndex, src.length);
            bytes.put(index, src, srcIndex, length);
            return this;
        }

        @Override
        public ByteBuf setBytes(int index, ByteBuf src, int srcIndex, int length) {
            if (!src.hasArray()) {
                return super.setBytes(index, src, srcIndex, length);
            }
            checkSrcIndex(index, length, srcIndex, src.capacity());
            bytes.put(index, src.array(), src.arrayOffset() + srcIndex, length);
            return this;
        }

        @Override
        protected void deallocate() {
            super.deallocate();
            kept.give(memory);
        }
    }
}
