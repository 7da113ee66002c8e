package io.jrados.message;

import io.jrados.error.MalformedException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

/** The outputs of an operation's parts: a code each, and bytes that lie one after the other. Owns the bytes. */
public final class OpOutputs {
    private final int[] codes;
    private final int[] ends;
    private final ByteBuf data;

    /**
     * @param lengths of the outputs, as unsigned 32-bit numbers from the wire; kept, and written to
     * @throws MalformedException when the lengths are not those of the data; the data stays the caller's then
     */
    OpOutputs(int[] codes, int[] lengths, ByteBuf data) {
        this.codes = codes;
        this.ends = lengths;
        long end = 0;
        for (int i = 0; i < lengths.length; i++) {
            end += lengths[i] & 0xffffffffL;
            if (end > data.readableBytes()) {
                throw new MalformedException(
                        "outputs of " + end + " bytes or more in " + data.readableBytes() + " bytes of data");
            }
            ends[i] = (int) end;
        }
        this.data = data;
    }

    public int count() {
        return codes.length;
    }

    /** The result of a part: a negative errno, or 0 or more, with a meaning of its own. */
    public int code(int part) {
        return codes[part];
    }

    /** The bytes of a part, sharing the data and not retained. */
    public ByteBuf output(int part) {
        int start = part == 0 ? 0 : ends[part - 1];
        int length = ends[part] - start;
        return length == 0 ? Unpooled.EMPTY_BUFFER : data.slice(data.readerIndex() + start, length);
    }

    void release() {
        data.release();
    }
}
