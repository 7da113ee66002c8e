package io.jrados.rbd.wait;

import java.util.ArrayDeque;
import java.util.concurrent.locks.ReentrantLock;

/** At most so many tasks at a time; the others wait in line, without a thread. A task says itself when it has ended. */
public final class Slots {
    private final ReentrantLock lock = new ReentrantLock();
    private final ArrayDeque<Runnable> line = new ArrayDeque<>();
    private int free;

    /** @param count that may be taken at a time */
    public Slots(int count) {
        free = count;
    }

    /** Runs the task, now or on the thread that frees a slot; it must {@link #free()} its own. */
    public void run(Runnable task) {
        lock.lock();
        try {
            if (free == 0) {
                line.add(task);
                return;
            }
            free--;
        } finally {
            lock.unlock();
        }
        task.run();
    }

    /** Gives a slot back; the next in line gets it. */
    public void free() {
        Runnable next;
        lock.lock();
        try {
            next = line.poll();
            if (next == null) {
                free++;
                return;
            }
        } finally {
            lock.unlock();
        }
        next.run();
    }
}
