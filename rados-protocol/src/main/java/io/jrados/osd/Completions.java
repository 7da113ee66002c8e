package io.jrados.osd;

import java.util.concurrent.Executor;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Completes the futures of operations on the executor that the user chose. A future is completed whatever that executor
 * does: one that refuses or throws is passed over for the JVM's common pool, and that for the calling thread.
 */
final class Completions {
    private static final Logger LOG = LoggerFactory.getLogger(Completions.class);

    private final Executor chosen;
    private final AtomicBoolean warned = new AtomicBoolean();

    Completions(Executor chosen) {
        this.chosen = chosen;
    }

    /** @param completion may be run twice, when the executor ran it and threw all the same */
    void run(Runnable completion) {
        try {
            chosen.execute(completion);
        } catch (RuntimeException | Error refused) {
            if (warned.compareAndSet(false, true)) {
                Guard.run(
                        "warning of an executor",
                        () -> LOG.warn(
                                "the executor for completions throws; completing elsewhere from now on", refused));
            }
            elsewhere(completion);
        }
    }

    private static void elsewhere(Runnable completion) {
        try {
            ForkJoinPool.commonPool().execute(completion);
        } catch (RuntimeException | Error refused) {
            Guard.run("completing an operation", completion);
        }
    }
}
