package io.jrados.msgr;

import io.jrados.conf.LoopThread;
import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.FastThreadLocalThread;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** The client's few threads, on Java's own selectors. Several clients may share them; whoever started them closes them. */
public final class NettyLoops {
    private static final long CLOSE_SECONDS = 10;

    private final MultiThreadIoEventLoopGroup group;
    private final List<NettyLoop> loops = new ArrayList<>();
    private final AtomicInteger turn = new AtomicInteger();
    private final Buffers buffers = Buffers.make();

    /** @param name what the threads are called, with a number */
    public NettyLoops(int threads, String name) {
        AtomicInteger number = new AtomicInteger();
        ThreadFactory factory = task -> new LoopRunner(task, name + "-" + number.incrementAndGet());
        group = new MultiThreadIoEventLoopGroup(threads, factory, NioIoHandler.newFactory());
        for (EventExecutor loop : group) {
            loops.add(new NettyLoop((EventLoop) loop, buffers));
        }
    }

    /** The loops in turn. */
    public NettyLoop next() {
        return loops.get(Math.floorMod(turn.getAndIncrement(), loops.size()));
    }

    /** Bytes of direct memory that the connections' buffers hold: in use, or kept for the next. Any thread. */
    public long directMemory() {
        return buffers.directMemory();
    }

    /** Stops the threads once their tasks are done; complete when they have ended, within a few seconds. */
    public CompletableFuture<Void> close() {
        CompletableFuture<Void> closed = new CompletableFuture<>();
        group.shutdownGracefully(0, CLOSE_SECONDS, TimeUnit.SECONDS).addListener(ended -> closed.complete(null));
        return closed;
    }

    private static final class LoopRunner extends FastThreadLocalThread implements LoopThread {
        LoopRunner(Runnable task, String name) {
            super(task, name);
            setDaemon(true);
        }
    }
}
