package io.jrados.msgr;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

/**
 * One frame, of up to four segments. Whoever holds a frame owns its segments.
 *
 * @param header of a MESSAGE; the only segment of every other frame, there called its payload
 * @param compressed whether each segment still is
 */
record Frame(Tag tag, ByteBuf header, ByteBuf front, ByteBuf middle, ByteBuf data, boolean compressed) {
    Frame(Tag tag, ByteBuf header, ByteBuf front, ByteBuf middle, ByteBuf data) {
        this(tag, header, front, middle, data, false);
    }

    /** A frame of one segment. */
    static Frame control(Tag tag, ByteBuf payload) {
        return new Frame(tag, payload, Unpooled.EMPTY_BUFFER, Unpooled.EMPTY_BUFFER, Unpooled.EMPTY_BUFFER);
    }

    /** The segments without the empty ones at the end; at least one. */
    int segments() {
        if (data.isReadable()) {
            return 4;
        }
        if (middle.isReadable()) {
            return 3;
        }
        return front.isReadable() ? 2 : 1;
    }

    void release() {
        header.release();
        front.release();
        middle.release();
        data.release();
    }
}
