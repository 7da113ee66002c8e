package io.jrados.msgr;

import io.netty.buffer.ByteBufAllocator;

/**
 * The memory of the loops' connections. One allocator for each direction: the JDK's AES-GCM takes a copy on the heap where
 * what it reads and what it writes are of one piece of memory, as buffers of one allocator are.
 *
 * @param receiving for what comes from a socket
 * @param sending for what goes to one
 */
record Buffers(ByteBufAllocator receiving, ByteBufAllocator sending) {
    static Buffers make() {
        return new Buffers(new LargeBuffers(), new LargeBuffers());
    }
}
