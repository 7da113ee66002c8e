package io.jrados.msgr;

import io.netty.buffer.ByteBuf;

/** The destination of the pieces of frames, in order. */
interface Sink {
    /** Owns the piece. */
    void write(ByteBuf piece);

    /** Owns both; releases {@code owner}, of whose memory the piece is, once the piece is written or dropped. */
    void write(ByteBuf piece, ByteBuf owner);
}
