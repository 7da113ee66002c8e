package io.jrados.msgr;

import io.jrados.crypto.Crc32c;
import io.jrados.error.MalformedException;
import io.netty.buffer.ByteBuf;

/**
 * The first 32 bytes of a frame: what it is and how long its segments are, without their padding
 * ({@code preamble_block_t}, src/msg/async/frames_v2.h). Its checksum starts with 0, those of segments with all ones.
 */
record Preamble(Tag tag, int count, int header, int front, int middle, int data, boolean compressed) {
    static final int LENGTH = 32;

    private static final int CHECKED = LENGTH - 4;
    private static final int SEGMENTS = 4;
    private static final int ALIGNMENT = 8;
    private static final int DATA_ALIGNMENT = 4096;
    private static final int COMPRESSED = 1;

    static Preamble of(Frame frame) {
        return new Preamble(
                frame.tag(),
                frame.segments(),
                frame.header().readableBytes(),
                frame.front().readableBytes(),
                frame.middle().readableBytes(),
                frame.data().readableBytes(),
                false);
    }

    void write(ByteBuf out, byte[] scratch) {
        int start = out.writerIndex();
        out.writeByte(tag.number()).writeByte(count);
        writeSegment(out, header, ALIGNMENT);
        writeSegment(out, front, count > 1 ? ALIGNMENT : 0);
        writeSegment(out, middle, count > 2 ? ALIGNMENT : 0);
        writeSegment(out, data, count > 3 ? DATA_ALIGNMENT : 0);
        out.writeByte(compressed ? COMPRESSED : 0).writeByte(0);
        out.writeIntLE(Crc32c.of(0, out, start, CHECKED, scratch));
    }

    private static void writeSegment(ByteBuf out, int length, int alignment) {
        out.writeIntLE(length).writeShortLE(alignment);
    }

    /**
     * Reads the preamble at {@code index} without moving the buffer's indices. Lengths that it gives are within limits.
     */
    static Preamble read(ByteBuf in, int index, FrameLimits limits, byte[] scratch) {
        int expected = in.getIntLE(index + CHECKED);
        int actual = Crc32c.of(0, in, index, CHECKED, scratch);
        if (actual != expected) {
            throw new MalformedException("the checksum of a frame's preamble is " + Integer.toHexString(actual)
                    + ", not " + Integer.toHexString(expected));
        }
        Tag tag = Tag.of(in.getUnsignedByte(index));
        int count = in.getUnsignedByte(index + 1);
        if (count < 1 || count > SEGMENTS || count > 1 && tag != Tag.MESSAGE) {
            throw new MalformedException(tag + " of " + count + " segments");
        }
        int header = limits.checked(tag, 0, length(in, index, 0));
        int front = count < 2 ? 0 : limits.checked(tag, header, length(in, index, 1));
        int middle = count < 3 ? 0 : limits.checked(tag, header + front, length(in, index, 2));
        int data = count < 4 ? 0 : limits.checked(tag, header + front + middle, length(in, index, 3));
        if (count > 1 && length(in, index, count - 1) == 0) {
            throw new MalformedException(tag + " whose last segment is empty");
        }
        boolean compressed = (in.getByte(index + CHECKED - 2) & COMPRESSED) != 0;
        if (compressed && limits != FrameLimits.COMPRESSED) {
            throw new MalformedException("a compressed " + tag + ", which was not negotiated");
        }
        return new Preamble(tag, count, header, front, middle, data, compressed);
    }

    /** Whether the preamble at {@code index} is sound and announces a message that is longer than any may be. */
    static boolean isTooLong(ByteBuf in, int index, FrameLimits limits, byte[] scratch) {
        long sum = 0;
        for (int i = 0; i < Math.min(SEGMENTS, in.getUnsignedByte(index + 1)); i++) {
            sum += length(in, index, i);
        }
        return in.getUnsignedByte(index) == Tag.MESSAGE.number()
                && sum > limits.left(Tag.MESSAGE, 0)
                && Crc32c.of(0, in, index, CHECKED, scratch) == in.getIntLE(index + CHECKED);
    }

    /**
     * The tid of the message whose preamble is at {@code index} and whose header is at {@code headerIndex}, of a frame
     * that is not all there, and may be longer than any may be.
     *
     * @return 0 if it is no message, or its header is not a plain one
     */
    static long tid(ByteBuf preamble, int index, ByteBuf in, int headerIndex) {
        boolean plain = preamble.getUnsignedByte(index) == Tag.MESSAGE.number()
                && length(preamble, index, 0) == MessageHeader.LENGTH
                && (preamble.getByte(index + CHECKED - 2) & COMPRESSED) == 0;
        return plain ? MessageHeader.tid(in, headerIndex) : 0;
    }

    private static long length(ByteBuf in, int index, int segment) {
        return in.getUnsignedIntLE(index + 2 + 6 * segment);
    }
}
