package io.jrados.testkit;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.PriorityQueue;
import java.util.concurrent.Executor;

/**
 * A clock and one event loop, both driven by hand: nothing runs but inside {@link #runReady} and {@link #advance}, on
 * the caller's thread, in order of time and then of submission. For one thread only.
 */
public final class FakeTime implements Executor {
    private final ArrayDeque<Runnable> ready = new ArrayDeque<>();
    private final PriorityQueue<Timer> timers = new PriorityQueue<>();
    private long now;
    private long order;
    private boolean running;

    private record Timer(long at, long order, Runnable task) implements Comparable<Timer> {
        @Override
        public int compareTo(Timer other) {
            int times = Long.signum(at - other.at); // a monotonic clock may overflow
            return times != 0 ? times : Long.compare(order, other.order);
        }
    }

    /** @param start the first {@link #nanoTime}; a value near {@link Long#MAX_VALUE} finds comparisons that overflow */
    public FakeTime(long start) {
        now = start;
    }

    public FakeTime() {
        this(0);
    }

    public long nanoTime() {
        return now;
    }

    /** Whether a task of this loop is running. */
    public boolean inLoop() {
        return running;
    }

    @Override
    public void execute(Runnable task) {
        ready.add(task);
    }

    /** @return cancels the task; does nothing once it has run */
    public Runnable schedule(Duration delay, Runnable task) {
        Timer timer = new Timer(now + delay.toNanos(), order++, task);
        timers.add(timer);
        return () -> timers.remove(timer);
    }

    /** Timers that still wait. */
    public int scheduled() {
        return timers.size();
    }

    /** Runs everything that is due now, and what that submits, until nothing is. */
    public void runReady() {
        while (true) {
            while (!timers.isEmpty() && timers.peek().at() - now <= 0) {
                ready.add(timers.poll().task());
            }
            Runnable task = ready.poll();
            if (task == null) {
                return;
            }
            running = true;
            try {
                task.run();
            } finally {
                running = false;
            }
        }
    }

    /** Lets time pass while nothing runs, as when the process is stopped; then all that is due runs, late. */
    public void stopFor(Duration time) {
        now += time.toNanos();
        runReady();
    }

    /** Lets time pass, stopping at each timer on the way, so that each sees the time it was set for. */
    public void advance(Duration time) {
        long end = now + time.toNanos();
        runReady();
        while (!timers.isEmpty() && timers.peek().at() - end <= 0) {
            now = timers.peek().at();
            runReady();
        }
        now = end;
    }
}
