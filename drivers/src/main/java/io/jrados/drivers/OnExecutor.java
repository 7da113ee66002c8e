package io.jrados.drivers;

import io.jrados.error.Errno;
import io.jrados.error.RadosException;
import io.jrados.rbd.model.Progress;
import java.io.IOException;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Blocking calls of a driver on an executor of the caller's choice, each of which blocks one of its threads. Their
 * futures fail with what the call throws. Cancelling one lets its call end at the next step, as a cancellation by a
 * {@link Progress} does; one that has not begun does nothing. An executor that refuses a call fails its future with
 * EAGAIN.
 */
public final class OnExecutor {
    private static final Logger LOG = LoggerFactory.getLogger(OnExecutor.class);

    private final Executor executor;

    /** A call that blocks, with the progress that it has to tell. */
    @FunctionalInterface
    public interface Call<T> {
        @Nullable
        T run(Progress progress) throws IOException;
    }

    public OnExecutor(Executor executor) {
        this.executor = executor;
    }

    /**
     * Starts a call.
     *
     * @param name of the driver's method
     * @param progress the caller's
     */
    public <T> CompletableFuture<T> start(String name, Progress progress, Call<T> call) {
        CompletableFuture<T> future = new CompletableFuture<>();
        try {
            Objects.requireNonNull(executor, "executor");
            Objects.requireNonNull(progress, "progress");
        } catch (NullPointerException missing) {
            future.completeExceptionally(missing);
            return future;
        }
        Progress cancellable = new Progress() {
            @Override
            public void report(long done, long total) {
                progress.report(done, total);
            }

            @Override
            public boolean isCancelled() {
                return future.isCancelled() || progress.isCancelled();
            }
        };
        try {
            executor.execute(() -> run(future, cancellable, call));
        } catch (RuntimeException refused) {
            future.completeExceptionally(
                    RadosException.of(Errno.EAGAIN, "handing " + name + " to the caller's executor", refused));
        }
        return future;
    }

    private static <T> void run(CompletableFuture<T> future, Progress progress, Call<T> call) {
        if (future.isDone()) {
            return;
        }
        try {
            T result = call.run(progress);
            if (!future.complete(result) && result instanceof AutoCloseable unwanted) {
                close(unwanted);
            }
        } catch (Throwable failed) {
            future.completeExceptionally(failed);
        }
    }

    /** Closes a result that nobody wants any more, since its call was cancelled meanwhile. */
    private static void close(AutoCloseable unwanted) {
        try {
            unwanted.close();
        } catch (Exception failed) {
            LOG.warn("closing what a cancelled call has opened", failed);
        }
    }
}
