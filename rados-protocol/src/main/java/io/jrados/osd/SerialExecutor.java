package io.jrados.osd;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Runs tasks one at a time and in order on some executor. A task that throws does not stop those behind it, and one
 * whose thread could not be had is kept for the next turn.
 */
public final class SerialExecutor implements Executor {
    private final Executor executor;
    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean running = new AtomicBoolean();

    public SerialExecutor(Executor executor) {
        this.executor = executor;
    }

    @Override
    public void execute(Runnable task) {
        tasks.add(task);
        if (running.compareAndSet(false, true)) {
            try {
                executor.execute(this::runOne);
            } catch (RuntimeException | Error refused) {
                running.set(false);
                throw refused;
            }
        }
    }

    private void runOne() {
        while (true) {
            Runnable task = tasks.poll();
            if (task != null) {
                Guard.run("a callback", task);
            }
            running.set(false);
            if (tasks.isEmpty() || !running.compareAndSet(false, true)) {
                return;
            }
            if (handedOn()) {
                return;
            }
        }
    }

    /** Others that share the executor get their turn between two tasks, unless it refuses the next. */
    private boolean handedOn() {
        try {
            executor.execute(this::runOne);
            return true;
        } catch (RuntimeException | Error refused) {
            return false;
        }
    }
}
