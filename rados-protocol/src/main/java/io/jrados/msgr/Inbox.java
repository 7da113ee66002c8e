package io.jrados.msgr;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.DefaultMaxMessagesRecvByteBufAllocator;
import org.jspecify.annotations.Nullable;

/**
 * The bytes that a connection received and has not yet taken. The socket is read straight into it, so segments can be
 * slices of it. It grows with the bytes received, up to what the frame under way needs, and never by what a peer only
 * announces.
 */
final class Inbox extends DefaultMaxMessagesRecvByteBufAllocator {
    /** A reply of 64 KiB, with what is around it, fits. */
    static final int INITIAL = 72 << 10;

    /** A frame gets the memory for the rest of it when one part in so many has arrived. */
    static final int PROOF = 128;

    /** The channel may read once more after it was closed. */
    private static final int LAST = 64;

    private final ByteBufAllocator allocator;
    private @Nullable ByteBuf buffer;
    private int wanted;
    private boolean closed;

    Inbox(ByteBufAllocator allocator) {
        this.allocator = allocator;
    }

    /** Called by the channel, whose every read allocates through it. */
    @Override
    public MaxMessageHandle newHandle() {
        return new MaxMessageHandle() {
            @Override
            public ByteBuf allocate(ByteBufAllocator unused) {
                return closed ? allocator.directBuffer(LAST) : room().retain();
            }

            @Override
            public int guess() {
                return INITIAL;
            }
        };
    }

    /** Takes what the channel read. Owns it. */
    void received(ByteBuf read) {
        try {
            if (read == buffer || closed) {
                return;
            }
            while (read.isReadable()) {
                ByteBuf room = room();
                room.writeBytes(read, Math.min(read.readableBytes(), room.writableBytes()));
            }
        } finally {
            read.release();
        }
    }

    /** The bytes to take from. */
    ByteBuf bytes() {
        return buffer == null ? Unpooled.EMPTY_BUFFER : buffer;
    }

    /** Sets the number of bytes from the beginning to the end of the first frame, as far as known. */
    void wanted(int bytes) {
        wanted = bytes;
    }

    /** Between reads: an idle connection keeps no memory. */
    void rest() {
        if (buffer != null && !buffer.isReadable()) {
            buffer.release();
            buffer = null;
        }
    }

    void close() {
        closed = true;
        if (buffer != null) {
            buffer.release();
            buffer = null;
        }
    }

    /** A buffer that can be written to. */
    private ByteBuf room() {
        ByteBuf old = buffer;
        if (old != null && !old.isReadable() && old.refCnt() == 1) {
            old.clear();
        }
        if (old != null && old.isWritable()) {
            return old;
        }
        int have = old == null ? 0 : old.readableBytes();
        int capacity = Math.max(wanted > have ? grown(have) : have + INITIAL, INITIAL);
        ByteBuf larger = allocator.directBuffer(capacity, capacity);
        if (old != null) {
            larger.writeBytes(old);
            old.release();
        }
        buffer = larger;
        return larger;
    }

    private int grown(int have) {
        return isProven(have) ? wanted : 2 * have;
    }

    private boolean isProven(int have) {
        return wanted <= (long) PROOF * have;
    }

    /** Whether the next read takes the memory for all of a frame that is larger than what an inbox has anyway. */
    boolean isAboutToGrow() {
        ByteBuf now = buffer;
        return now != null && wanted > INITIAL && !now.isWritable() && isProven(now.readableBytes());
    }
}
