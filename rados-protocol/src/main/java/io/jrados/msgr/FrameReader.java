package io.jrados.msgr;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/** Turns bytes into frames, in one of the two modes. Frames that their sender aborted are stepped over. */
interface FrameReader {
    /**
     * The next frame, if {@code in} has it to its end, and moves {@code in} behind it; otherwise null, and only bytes
     * may be appended to {@code in} until the next call. The frame is the caller's; its segments may share the memory
     * of {@code in}.
     *
     * @throws io.jrados.error.MalformedException if the bytes are no frame; the connection has to end
     */
    @Nullable
    Frame read(ByteBuf in);

    /** Returns the number of bytes that {@link #read} wants to see at least, as far as known. */
    int wanted();

    /**
     * The tid of the message at the beginning of {@code in} that is not all there, or that {@link #read} has refused
     * for its length.
     *
     * @return 0 if it is no message, or not so much of it is there
     */
    long tid(ByteBuf in);

    /** Frames that begin from here on may have segments that are compressed. */
    void mayBeCompressed();

    /** Releases what is kept between calls. */
    void release();
}
