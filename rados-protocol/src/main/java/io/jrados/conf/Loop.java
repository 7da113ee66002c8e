package io.jrados.conf;

import java.time.Duration;
import java.util.concurrent.Executor;

/** One thread that owns some state, with timers: a Netty event loop in production, driven by hand in tests. */
public interface Loop extends Executor {
    /** Whether the calling thread is this loop's. */
    boolean inLoop();

    /** Runs {@code task} on this loop once {@code delay} has passed. */
    Timer schedule(Duration delay, Runnable task);

    /** A task that waits for its time. */
    interface Timer {
        /** Does nothing if the task has run. */
        void cancel();
    }
}
