package io.jrados.rados;

import io.jrados.conf.Loop;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Threads for what a client tells its user, which may block. They are there only as long as there is something to tell:
 * a few, and more when all of them stand still, so that listeners that block keep nobody else's from being told. What
 * comes after the end, like the last word of a watch, is told on a thread of its own and not dropped.
 */
final class Callbacks implements Executor {
    private static final int THREADS = 16;

    /** More listeners than this that block keep the others waiting. */
    private static final int MOST = 1024;

    private static final int IDLE_SECONDS = 5;
    private static final Duration PATIENCE = Duration.ofMillis(200);

    private final Loop loop;
    private final ThreadPoolExecutor threads;
    private final AtomicBoolean looking = new AtomicBoolean();
    /** Tasks that were done at the last look. */
    private volatile long done;

    Callbacks(Loop loop) {
        this.loop = loop;
        this.threads = new ThreadPoolExecutor(
                THREADS,
                MOST,
                IDLE_SECONDS,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(),
                Callbacks::thread,
                (late, ended) -> thread(late).start());
        threads.allowCoreThreadTimeOut(true);
    }

    private static Thread thread(Runnable task) {
        Thread thread = new Thread(task, "jrados-callback");
        thread.setDaemon(true);
        return thread;
    }

    @Override
    public void execute(Runnable task) {
        threads.execute(task);
        if (!threads.getQueue().isEmpty() && looking.compareAndSet(false, true)) {
            done = threads.getCompletedTaskCount();
            loop.schedule(PATIENCE, this::look);
        }
    }

    /** Adds threads while some task waits and none ends, and has as few as before once nothing waits. */
    private void look() {
        boolean waits = !threads.getQueue().isEmpty();
        long now = threads.getCompletedTaskCount();
        if (waits && now == done) {
            threads.setCorePoolSize(Math.min(2 * threads.getCorePoolSize(), MOST));
        } else if (!waits) {
            threads.setCorePoolSize(THREADS);
        }
        done = now;
        if (waits) {
            loop.schedule(PATIENCE, this::look);
        } else {
            looking.set(false);
        }
    }

    /** Keeps no thread once what has come is told. */
    void close() {
        threads.shutdown();
    }
}
