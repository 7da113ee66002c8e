package io.jrados.msgr;

import io.jrados.conf.Loop;
import io.jrados.conf.LoopThread;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.util.concurrent.FastThreadLocalThread;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A thread of {@link NettyLoops}: sockets, timers and tasks. It ends in an order that loses nothing, which Netty's own
 * shutdown does not promise: first its connections, each of which is told, then the tasks that were handed over before,
 * then the thread. A task that comes later runs on the thread that brings it.
 */
public final class NettyLoop implements Loop {
    private static final long END_SECONDS = 10;
    private static final int ENDING = Integer.MIN_VALUE;
    private static final Timer NEVER = () -> {};

    private final EventLoop loop;
    private final Buffers buffers;
    private final LateTasks late = new LateTasks();
    private final AtomicBoolean closing = new AtomicBoolean();
    private final CompletableFuture<Void> ended = new CompletableFuture<>();

    /** Threads that are handing a task over, and {@link #ENDING} once no more of them may. */
    private final AtomicInteger handing = new AtomicInteger();

    /** Open ones. Belongs to the loop. */
    private final Set<WireConnection> connections = new HashSet<>();

    /** Takes no new connection. Belongs to the loop. */
    private boolean closed;

    /** @param name of the thread */
    NettyLoop(String name, Buffers buffers) {
        this.buffers = buffers;
        ThreadFactory factory = task -> new Runner(task, name);
        this.loop = make(factory);
    }

    /**
     * A group of one, which needs no end of its own. Netty 4.2 would make the loop alone too, but this is the one way
     * that 4.1 has as well; and asked through the interface, as only there both return the same type.
     */
    @SuppressWarnings("deprecation")
    private static EventLoop make(ThreadFactory factory) {
        EventLoopGroup group = new NioEventLoopGroup(1, factory);
        return group.next();
    }

    Buffers buffers() {
        return buffers;
    }

    EventLoop eventLoop() {
        return loop;
    }

    @Override
    public boolean inLoop() {
        return loop.inEventLoop() || late.isRunning();
    }

    @Override
    public void execute(Runnable task) {
        if (loop.inEventLoop()) {
            handOver(task);
        } else if (enter()) {
            try {
                handOver(task);
            } finally {
                leave();
            }
        } else {
            late.execute(task);
        }
    }

    /** In its last moments the loop refuses what its own tasks bring. */
    private void handOver(Runnable task) {
        try {
            loop.execute(task);
        } catch (RejectedExecutionException ending) {
            late.execute(task);
        }
    }

    @Override
    public Timer schedule(Duration delay, Runnable task) {
        if (loop.inEventLoop()) {
            return timer(delay, task);
        }
        if (!enter()) {
            return NEVER;
        }
        try {
            return timer(delay, task);
        } finally {
            leave();
        }
    }

    private Timer timer(Duration delay, Runnable task) {
        Future<?> scheduled = loop.schedule(task, delay.toNanos(), TimeUnit.NANOSECONDS);
        return () -> cancel(scheduled);
    }

    /** Netty hands the removal of a timer to its loop. */
    private void cancel(Future<?> scheduled) {
        if (loop.inEventLoop()) {
            scheduled.cancel(false);
        } else if (enter()) {
            try {
                scheduled.cancel(false);
            } finally {
                leave();
            }
        }
    }

    private boolean enter() {
        for (int now = handing.get(); now >= 0; now = handing.get()) {
            if (handing.compareAndSet(now, now + 1)) {
                return true;
            }
        }
        return false;
    }

    private void leave() {
        if (handing.decrementAndGet() == ENDING) {
            shutDown();
        }
    }

    /** Lets nobody in any more; the last one out shuts the loop down, which then overlooks nothing. */
    private void refuse() {
        if (handing.getAndAdd(ENDING) == 0) {
            shutDown();
        }
    }

    private void shutDown() {
        loop.shutdownGracefully(0, END_SECONDS, TimeUnit.SECONDS);
    }

    // ---- connections

    /** Counts a connection among those that the loop ends before itself; false if it is ending. Called on the loop. */
    boolean add(WireConnection connection) {
        return !closed && connections.add(connection);
    }

    /** The connection has ended. Called on the loop. */
    void remove(WireConnection connection) {
        connections.remove(connection);
    }

    // ---- the end

    /** Ends the connections, what was handed over, and the thread; complete when that has ended. */
    CompletableFuture<Void> close() {
        if (closing.compareAndSet(false, true)) {
            execute(() -> {
                closed = true;
                List<WireConnection> open = new ArrayList<>(connections);
                // each in a task of its own: a listener that throws keeps nobody else open
                open.forEach(connection -> execute(connection::loopEnds));
                execute(this::refuse);
            });
        }
        return ended;
    }

    private final class Runner extends FastThreadLocalThread implements LoopThread {
        Runner(Runnable task, String name) {
            super(task, name);
            setDaemon(true);
        }

        @Override
        public void run() {
            try {
                super.run();
            } finally {
                late.begin();
                ended.complete(null);
            }
        }
    }
}
