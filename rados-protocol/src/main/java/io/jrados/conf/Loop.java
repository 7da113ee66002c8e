package io.jrados.conf;

import java.time.Duration;
import java.util.concurrent.Executor;

/**
 * One thread that owns some state, with timers: a Netty event loop in production, driven by hand in tests. What is
 * handed to it always runs, even after its end, so that nobody waits for a task that was dropped; what has timed its
 * task with {@link #schedule} must not need it after the end.
 */
public interface Loop extends Executor {
    /**
     * Runs a task on this loop, in the order in which one thread brings them. A loop that has ended runs it on some
     * thread that brings a task, one at a time.
     */
    @Override
    void execute(Runnable task);

    /** Whether the calling thread is this loop's. */
    boolean inLoop();

    /** Runs {@code task} on this loop once {@code delay} has passed, unless the loop ends before. */
    Timer schedule(Duration delay, Runnable task);

    /** A task that waits for its time. */
    interface Timer {
        /** Cancels the task; has no effect once it has run. */
        void cancel();
    }
}
