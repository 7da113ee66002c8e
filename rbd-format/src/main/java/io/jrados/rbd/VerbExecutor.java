package io.jrados.rbd;

import io.jrados.error.Errno;
import io.jrados.error.RadosException;
import io.jrados.rbd.model.Progress;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The asynchronous form of every verb: runs blocking verbs on a few threads of its own, in the order of their
 * submission. Cancelling a future that is still waiting drops its verb; of one that is running it ends the verb at its
 * next object.
 *
 * <pre>
 * try (VerbExecutor verbs = new VerbExecutor(2)) {
 *     CompletableFuture&lt;Void&gt; flattened = verbs.run(Progress.NONE, image::flatten);
 *     CompletableFuture&lt;String&gt; made = verbs.call(Progress.NONE, progress -&gt; rbd.create("disk", size, options));
 * }
 * </pre>
 */
public final class VerbExecutor implements AutoCloseable {
    private final ExecutorService threads;
    private final Set<Running<?>> running = ConcurrentHashMap.newKeySet();

    /** A verb with an answer. */
    @FunctionalInterface
    public interface Question<T> {
        T run(Progress progress) throws RadosException;
    }

    /** A verb. */
    @FunctionalInterface
    public interface Verb {
        void run(Progress progress) throws RadosException;
    }

    /** @param count verbs that run at a time, each on a daemon thread */
    public VerbExecutor(int count) {
        AtomicInteger number = new AtomicInteger();
        this.threads = Executors.newFixedThreadPool(count, task -> {
            Thread thread = new Thread(task, "jrados-verb-" + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        });
    }

    /**
     * Runs a verb that has an answer.
     *
     * @param progress told from one of the threads
     * @return fails with what the verb fails with; with ECANCELED when this is closed
     */
    public <T> CompletableFuture<T> call(Progress progress, Question<T> verb) {
        Running<T> future = new Running<>(progress);
        running.add(future);
        future.whenComplete((done, failed) -> running.remove(future));
        try {
            threads.execute(() -> future.run(verb));
        } catch (RejectedExecutionException closed) {
            future.completeExceptionally(RadosException.of(Errno.ECANCELED, "starting a verb on a closed executor"));
        }
        return future;
    }

    /** Runs a verb that has no answer. */
    public CompletableFuture<Void> run(Progress progress, Verb verb) {
        return this.<Void>call(progress, told -> {
            verb.run(told);
            return null;
        });
    }

    /** Cancels what waits and runs, and takes nothing more. Does not wait. */
    @Override
    public void close() {
        threads.shutdown();
        running.forEach(verb -> verb.cancel(false));
    }

    /** A verb's future, and the progress that tells the verb of its end. */
    private static final class Running<T> extends CompletableFuture<T> implements Progress {
        private final Progress told;

        Running(Progress told) {
            this.told = told;
        }

        void run(Question<T> verb) {
            if (isDone()) {
                return;
            }
            try {
                complete(verb.run(this));
            } catch (RadosException | RuntimeException | Error failed) {
                completeExceptionally(failed);
            }
        }

        @Override
        public void report(long done, long total) {
            told.report(done, total);
        }

        /** Also true when the verb is cancelled by the one who is told. */
        @Override
        public boolean isCancelled() {
            return super.isCancelled() || told.isCancelled();
        }
    }
}
