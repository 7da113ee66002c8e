package io.jrados.osd;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;

/** Runs tasks one at a time and in order on some executor. */
public final class SerialExecutor implements Executor {
    private final Executor executor;
    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final AtomicInteger count = new AtomicInteger();

    public SerialExecutor(Executor executor) {
        this.executor = executor;
    }

    @Override
    public void execute(Runnable task) {
        tasks.add(task);
        if (count.getAndIncrement() == 0) {
            executor.execute(this::runOne);
        }
    }

    private void runOne() {
        try {
            tasks.remove().run();
        } finally {
            if (count.decrementAndGet() > 0) {
                executor.execute(this::runOne);
            }
        }
    }
}
