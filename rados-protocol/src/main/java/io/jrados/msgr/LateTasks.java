package io.jrados.msgr;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes what is handed to a loop that has ended, so that whoever waits for it gets an answer. Tasks run on the threads
 * that bring them, one at a time and in order, as they would on the loop; none runs before the loop's thread is done.
 */
final class LateTasks implements Executor {
    private static final Logger LOG = LoggerFactory.getLogger(LateTasks.class);

    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();

    /** Tasks that wait or run, and one more until {@link #begin}. */
    private final AtomicInteger count = new AtomicInteger(1);

    private volatile @Nullable Thread runner;

    /** Whether the calling thread is running one of the tasks. */
    boolean isRunning() {
        return runner == Thread.currentThread();
    }

    @Override
    public void execute(Runnable task) {
        tasks.add(task);
        if (count.getAndIncrement() == 0) {
            run();
        }
    }

    /** The loop's thread runs nothing any more. */
    void begin() {
        if (count.decrementAndGet() > 0) {
            run();
        }
    }

    private void run() {
        do {
            runner = Thread.currentThread();
            try {
                tasks.remove().run();
            } catch (RuntimeException | Error failed) {
                LOG.warn("a task that came after its loop had ended failed", failed);
            } finally {
                runner = null;
            }
        } while (count.decrementAndGet() > 0);
    }
}
