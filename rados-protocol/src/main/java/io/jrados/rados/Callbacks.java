package io.jrados.rados;

import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Threads for what a client tells its user, which may block. They are there only as long as there is something to tell.
 * What comes after the end, like the last word of a watch, is told on a thread of its own and not dropped.
 */
final class Callbacks implements Executor {
    private static final int THREADS = 16;
    private static final int IDLE_SECONDS = 5;

    private final ThreadPoolExecutor threads;

    Callbacks() {
        this.threads = new ThreadPoolExecutor(
                THREADS,
                THREADS,
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
    }

    /** Keeps no thread once what has come is told. */
    void close() {
        threads.shutdown();
    }
}
