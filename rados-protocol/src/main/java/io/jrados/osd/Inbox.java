package io.jrados.osd;

import io.jrados.conf.Loop;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The way into a loop from any thread: tasks of one thread run in its order, and the loop is woken only if it sleeps.
 * One wake-up runs all that is queued; a task that throws does not stop those behind it.
 */
final class Inbox {
    /** After so many the loop's sockets get their turn. */
    private static final int BATCH = 1024;

    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean awake = new AtomicBoolean();
    private final Loop loop;

    Inbox(Loop loop) {
        this.loop = loop;
    }

    void add(Runnable task) {
        tasks.add(task);
        if (!awake.get() && awake.compareAndSet(false, true)) {
            loop.execute(this::drain);
        }
    }

    private void drain() {
        awake.set(false);
        int left = BATCH;
        try {
            for (Runnable task = tasks.poll(); task != null; task = --left > 0 ? tasks.poll() : null) {
                Guard.run("a task of the Objecter", task);
            }
        } finally {
            if (!tasks.isEmpty() && awake.compareAndSet(false, true)) {
                loop.execute(this::drain);
            }
        }
    }
}
