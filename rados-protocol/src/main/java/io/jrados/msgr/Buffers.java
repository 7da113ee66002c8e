package io.jrados.msgr;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * The memory of the loops' connections. One allocator for each direction: the JDK's AES-GCM takes a copy on the heap
 * where what it reads and what it writes are of one piece of memory, as buffers of one allocator are.
 *
 * @param receiving for what comes from a socket
 * @param sending for what goes to one
 */
record Buffers(LargeBuffers receiving, LargeBuffers sending) {
    static Buffers make() {
        List<LargeBuffers.Kept> spare = new CopyOnWriteArrayList<>();
        return new Buffers(new LargeBuffers(spare), new LargeBuffers(spare));
    }

    /** Bytes of direct memory that both have taken from the JVM. */
    long directMemory() {
        return receiving.directMemory() + sending.directMemory();
    }
}
