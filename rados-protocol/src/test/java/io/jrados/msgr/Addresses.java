package io.jrados.msgr;

import io.netty.buffer.ByteBuf;

/**
 * The addresses of buffers, to tell whether two share memory. Netty's own account of it is there on some of its
 * versions only.
 */
final class Addresses {
    private static final int BITS = 1 << 30;

    private Addresses() {}

    /** Thirty bits of the address of a direct buffer's first byte. */
    static int of(ByteBuf buffer) {
        return buffer.nioBuffer(buffer.readerIndex(), 0).alignmentOffset(0, BITS);
    }
}
