package io.jrados.msgr;

/**
 * The memory of the loops' connections. One allocator for each direction: the JDK's AES-GCM takes a copy on the heap where
 * what it reads and what it writes are of one piece of memory, as buffers of one allocator are.
 *
 * @param receiving for what comes from a socket
 * @param sending for what goes to one
 */
record Buffers(LargeBuffers receiving, LargeBuffers sending) {
    static Buffers make() {
        return new Buffers(new LargeBuffers(), new LargeBuffers());
    }

    /** Bytes of direct memory that both have taken from the JVM. */
    long directMemory() {
        return receiving.directMemory() + sending.directMemory();
    }
}
