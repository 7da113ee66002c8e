package io.jrados.osd.op;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;

/** A decoder of one part's output. */
@FunctionalInterface
interface Output {
    /** Bytes that are left as they are. */
    Output RAW = bytes -> bytes.isReadable() ? ByteBufUtil.getBytes(bytes) : PartResults.NOTHING;

    /**
     * Reads the output of a part that did not fail.
     *
     * @param bytes all of the output; gone after this call
     * @throws io.jrados.error.MalformedException when they are not what the part returns
     */
    Object read(ByteBuf bytes);
}
