package io.jrados.conf;

import java.time.Duration;

/**
 * Timers that end a wait for somebody else. A process that was stopped, or a JVM that collected for long, finds its
 * deadlines passed and the answers unread in its sockets. So a timer that runs late waits once more, for as long as it
 * takes to read what has arrived, and only then ends the wait.
 */
public final class Expiry {
    /** A timer that runs later than this was kept by a pause of the whole process. */
    private static final long LATE_NANOS = Duration.ofMillis(500).toNanos();

    /** The time in which what has arrived is read. */
    private static final Duration READING = Duration.ofMillis(100);

    private final Loop loop;
    private final Environment environment;

    public Expiry(Loop loop, Environment environment) {
        this.loop = loop;
        this.environment = environment;
    }

    /** Runs a task once a time has passed, and a little later if the process was paused meanwhile. */
    public Loop.Timer after(Duration delay, Runnable task) {
        Wait wait = new Wait(task, environment.nanoTime() + delay.toNanos());
        wait.timer = loop.schedule(delay, wait);
        return wait;
    }

    private final class Wait implements Runnable, Loop.Timer {
        private final Runnable task;
        private final long dueNanos;
        private volatile Loop.Timer timer = () -> {};
        private volatile boolean cancelled;
        private boolean spared;

        Wait(Runnable task, long dueNanos) {
            this.task = task;
            this.dueNanos = dueNanos;
        }

        @Override
        public void run() {
            if (cancelled) {
                return;
            }
            if (!spared && environment.nanoTime() - dueNanos >= LATE_NANOS) {
                spared = true;
                timer = loop.schedule(READING, this);
            } else {
                task.run();
            }
        }

        @Override
        public void cancel() {
            cancelled = true;
            timer.cancel();
        }
    }
}
