package io.jrados.osd.op;

import io.jrados.error.MalformedException;
import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;

/** Fills a caller's buffer, or a new one, with what a read returned: fewer bytes than asked for at the object's end. */
final class ReadOutput implements Output {
    private final ByteBuffer into;
    private final int start;
    private final int length;

    /** Reads into the remaining space of {@code into}, advancing its position. */
    ReadOutput(ByteBuffer into) {
        this.into = into;
        this.start = into.position();
        this.length = into.remaining();
    }

    @Override
    public ByteBuffer read(ByteBuf bytes) {
        int count = bytes.readableBytes();
        if (count > length) {
            throw new MalformedException("a read of " + length + " bytes returned " + count);
        }
        ByteBuffer filled = into.duplicate().clear().position(start).limit(start + count);
        bytes.getBytes(bytes.readerIndex(), filled);
        into.position(start + count);
        return filled.flip().position(start);
    }

    /** As {@link ReadOutput}, into a buffer made when the bytes are there. */
    static Output allocating(int length) {
        return bytes -> {
            int count = bytes.readableBytes();
            return new ReadOutput(ByteBuffer.allocate(Math.min(count, length))).read(bytes);
        };
    }
}
