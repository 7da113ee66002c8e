package io.jrados.msgr;

import io.jrados.conf.Loop;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.PriorityQueue;
import java.util.Queue;

/** A loop that runs when told, with a clock that moves when told. */
final class HandLoop implements Loop {
    private final Queue<Runnable> tasks = new ArrayDeque<>();
    private final PriorityQueue<Due> timers = new PriorityQueue<>();
    private long now = 1_000_000_000_000L;
    private long count;

    private record Due(long at, long order, Runnable task) implements Comparable<Due> {
        @Override
        public int compareTo(Due other) {
            return at == other.at ? Long.compare(order, other.order) : Long.compare(at, other.at);
        }
    }

    @Override
    public boolean inLoop() {
        return true;
    }

    @Override
    public void execute(Runnable task) {
        tasks.add(task);
    }

    @Override
    public Timer schedule(Duration delay, Runnable task) {
        Due due = new Due(now + delay.toNanos(), count++, task);
        timers.add(due);
        return () -> timers.remove(due);
    }

    long nanoTime() {
        return now;
    }

    /** Runs the tasks, and those that they make. */
    void run() {
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
            task.run();
        }
    }

    /** Moves the clock, from timer to timer. */
    void pass(Duration time) {
        long end = now + time.toNanos();
        while (!timers.isEmpty() && timers.peek().at <= end) {
            Due due = timers.remove();
            now = due.at;
            due.task.run();
            run();
        }
        now = end;
    }
}
