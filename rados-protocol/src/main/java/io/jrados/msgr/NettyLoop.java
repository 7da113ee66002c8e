package io.jrados.msgr;

import io.jrados.conf.Loop;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** A thread of {@link NettyLoops}: sockets, timers and tasks. */
public final class NettyLoop implements Loop {
    private final EventLoop loop;
    private final Buffers buffers;

    NettyLoop(EventLoop loop, Buffers buffers) {
        this.loop = loop;
        this.buffers = buffers;
    }

    Buffers buffers() {
        return buffers;
    }

    EventLoop eventLoop() {
        return loop;
    }

    @Override
    public boolean inLoop() {
        return loop.inEventLoop();
    }

    @Override
    public void execute(Runnable task) {
        loop.execute(task);
    }

    @Override
    public Timer schedule(Duration delay, Runnable task) {
        Future<?> scheduled = loop.schedule(task, delay.toNanos(), TimeUnit.NANOSECONDS);
        return () -> scheduled.cancel(false);
    }
}
