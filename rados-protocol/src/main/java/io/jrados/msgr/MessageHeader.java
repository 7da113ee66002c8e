package io.jrados.msgr;

import io.jrados.error.MalformedException;
import io.jrados.wire.Payload;
import io.netty.buffer.ByteBuf;

/**
 * The first segment of a MESSAGE ({@code ceph_msg_header2}, src/include/msgr.h).
 *
 * @param seq counts the messages of one direction from 1
 * @param ackSeq the seq of the last message received by the sender
 */
record MessageHeader(long seq, long tid, int type, int priority, int version, int compat, long ackSeq) {
    static final int LENGTH = 41;

    private static final int COMPLETE = 1;

    static MessageHeader of(Payload message, long seq, long ackSeq) {
        return new MessageHeader(
                seq, message.tid(), message.type(), message.priority(), message.version(), message.compat(), ackSeq);
    }

    static MessageHeader read(ByteBuf in) {
        if (in.readableBytes() != LENGTH) {
            throw new MalformedException("a message header of " + in.readableBytes() + " bytes");
        }
        long seq = in.readLongLE();
        long tid = in.readLongLE();
        int type = in.readUnsignedShortLE();
        int priority = in.readUnsignedShortLE();
        int version = in.readUnsignedShortLE();
        in.skipBytes(4 + 2);
        long ackSeq = in.readLongLE();
        in.skipBytes(1);
        int compat = in.readUnsignedShortLE();
        in.skipBytes(2);
        return new MessageHeader(seq, tid, type, priority, version, compat, ackSeq);
    }

    /** Returns the tid of a header, and leaves the buffer's indices where they are. */
    static long tid(ByteBuf in, int index) {
        return in.getLongLE(index + Long.BYTES);
    }

    void write(ByteBuf out) {
        out.writeLongLE(seq)
                .writeLongLE(tid)
                .writeShortLE(type)
                .writeShortLE(priority)
                .writeShortLE(version);
        out.writeIntLE(0).writeShortLE(0);
        out.writeLongLE(ackSeq).writeByte(COMPLETE).writeShortLE(compat).writeShortLE(0);
    }

    Payload with(ByteBuf front, ByteBuf middle, ByteBuf data) {
        return new Payload(type, version, compat, tid, priority, front, middle, data);
    }
}
