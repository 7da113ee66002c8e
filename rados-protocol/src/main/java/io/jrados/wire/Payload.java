package io.jrados.wire;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

/**
 * One Ceph message as the messenger carries it: the fields of ceph_msg_header2 that upper layers know
 * (src/include/msgr.h) and three segments. Whoever holds a payload owns its segments.
 *
 * @param type message number (src/msg/Message.h)
 * @param version version of the message's body
 * @param compat oldest version of a decoder that may read it
 * @param tid transaction id, 0 for none
 * @param priority 127 by default, 196 high, 255 highest
 */
public record Payload(
        int type, int version, int compat, long tid, int priority, ByteBuf front, ByteBuf middle, ByteBuf data) {
    public static final int DEFAULT_PRIORITY = 127;
    public static final int HIGH_PRIORITY = 196;
    public static final int HIGHEST_PRIORITY = 255;

    /** A message of default priority with a front only. */
    public static Payload of(int type, int version, int compat, long tid, ByteBuf front) {
        return new Payload(
                type, version, compat, tid, DEFAULT_PRIORITY, front, Unpooled.EMPTY_BUFFER, Unpooled.EMPTY_BUFFER);
    }

    /** A message of default priority with a front and data. */
    public static Payload of(int type, int version, int compat, long tid, ByteBuf front, ByteBuf data) {
        return new Payload(type, version, compat, tid, DEFAULT_PRIORITY, front, Unpooled.EMPTY_BUFFER, data);
    }

    /** The same message, with the same segments, at another priority. */
    public Payload withPriority(int other) {
        return new Payload(type, version, compat, tid, other, front, middle, data);
    }

    /** Releases the three segments. */
    public void release() {
        front.release();
        middle.release();
        data.release();
    }
}
