package io.jrados.rados;

import io.jrados.error.RadosException;
import io.jrados.msgr.NettyLoops;
import java.util.concurrent.CompletableFuture;

/**
 * The threads that do the sockets' work. One client starts two of its own; several may share some instead. Whoever starts
 * them closes them, after the clients.
 */
public final class IoLoops implements AutoCloseable {
    private final NettyLoops loops;

    private IoLoops(NettyLoops loops) {
        this.loops = loops;
    }

    /** @param threads at least 1 */
    public static IoLoops start(int threads) {
        return new IoLoops(new NettyLoops(threads, "jrados-io"));
    }

    NettyLoops loops() {
        return loops;
    }

    /**
     * Bytes of direct memory that all connections of these threads hold for what they send and receive, used or kept for
     * later; at most 80 MiB are kept for each direction. What callers write is not among it, unless it has to be encrypted:
     * it is never copied.
     */
    public long directMemory() {
        return loops.directMemory();
    }

    CompletableFuture<Void> closeAsync() {
        return loops.close();
    }

    /** Ends the threads, and waits for that. */
    @Override
    public void close() {
        try {
            Wait.on(closeAsync());
        } catch (RadosException interrupted) {
            // The flag of the thread is set again; the threads end by themselves.
            return;
        }
    }
}
