package io.jrados.rados;

import io.jrados.msgr.NettyCheck;
import io.jrados.msgr.NettyLoops;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The threads that do the sockets' work. One client starts two of its own; several may share some instead. Whoever
 * starts them closes them; clients that still use them then are closed before.
 */
public final class IoLoops implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(IoLoops.class);
    private static final Duration CLOSE_WITHIN = Duration.ofSeconds(20);

    private final NettyLoops loops;
    private final Set<RadosClient> clients = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    private IoLoops(NettyLoops loops) {
        this.loops = loops;
    }

    /**
     * @param threads 1 to 1,024
     * @throws IllegalArgumentException for another number
     */
    public static IoLoops start(int threads) {
        if (threads < 1 || threads > 1024) {
            throw new IllegalArgumentException("threads: " + threads + " are not 1 to 1,024");
        }
        NettyCheck.begin();
        return new IoLoops(new NettyLoops(threads, "jrados-io"));
    }

    NettyLoops loops() {
        return loops;
    }

    /**
     * Bytes of direct memory that all connections of these threads hold for what they send and receive, used or kept
     * for later; at most 80 MiB are kept for each direction. What callers write is not among it, unless it has to be
     * encrypted: it is never copied.
     */
    public long directMemory() {
        return loops.directMemory();
    }

    /** Counts a client among those that are closed first; false if these threads have been closed. */
    boolean join(RadosClient client) {
        clients.add(client);
        return !closed;
    }

    void leave(RadosClient client) {
        clients.remove(client);
    }

    /** As {@link #close}; completes when all threads have ended. */
    public CompletableFuture<Void> closeAsync() {
        closed = true;
        return CompletableFuture.allOf(
                        clients.stream().map(RadosClient::closeAsync).toArray(CompletableFuture[]::new))
                .handle((all, failure) -> loops.close())
                .thenCompose(Function.identity());
    }

    /**
     * Closes the clients that still use the threads, then ends these, and waits for that. Not waited for on one of
     * them.
     */
    @Override
    public void close() {
        CompletableFuture<Void> ending = closeAsync();
        Wait.forEnd(ending, CLOSE_WITHIN, () -> LOG.warn("ending the threads of clients takes over {}", CLOSE_WITHIN));
    }
}
