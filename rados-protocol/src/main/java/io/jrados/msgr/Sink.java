package io.jrados.msgr;

import io.netty.buffer.ByteBuf;

/** Where pieces of frames go, in order. */
interface Sink {
    /** Owns the piece. */
    void write(ByteBuf piece);

    /** Owns both; releases {@code owner}, of whose memory the piece is, once the piece is written or dropped. */
    void write(ByteBuf piece, ByteBuf owner);
}
