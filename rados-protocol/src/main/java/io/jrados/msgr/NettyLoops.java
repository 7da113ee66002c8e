package io.jrados.msgr;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The client's few threads, on Java's own selectors. Several clients may share them; whoever started them closes them.
 */
public final class NettyLoops {
    private static final Logger LOG = LoggerFactory.getLogger(NettyLoops.class);

    private final List<NettyLoop> loops;
    private final AtomicInteger turn = new AtomicInteger();
    private final Buffers buffers = Buffers.make();

    /**
     * Starts threads.
     *
     * @param name what the threads are called, with a number
     * @throws IllegalStateException for a Netty that will not do ({@link NettyCheck})
     */
    public NettyLoops(int threads, String name) {
        NettyCheck.problem().ifPresent(problem -> {
            throw new IllegalStateException(problem);
        });
        LOG.debug("Netty {}", NettyCheck.text(NettyCheck.found()));
        loops = IntStream.rangeClosed(1, threads)
                .mapToObj(number -> new NettyLoop(name + "-" + number, buffers))
                .toList();
    }

    /** The loops in turn. */
    public NettyLoop next() {
        return loops.get(Math.floorMod(turn.getAndIncrement(), loops.size()));
    }

    /** Bytes of direct memory that the connections' buffers hold: in use, or kept for the next. Any thread. */
    public long directMemory() {
        return buffers.directMemory();
    }

    /** Ends the connections, each of which is told, and the threads; complete when those have ended. */
    public CompletableFuture<Void> close() {
        return CompletableFuture.allOf(loops.stream().map(NettyLoop::close).toArray(CompletableFuture[]::new));
    }
}
