package io.jrados.rbd.wait;

import io.jrados.error.Errno;
import io.jrados.error.RadosException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/** Links between futures that fail with {@link RadosException}. */
public final class Async {
    private Async() {}

    /** A step that may fail. */
    @FunctionalInterface
    public interface Step<T, R> {
        R apply(T value) throws RadosException;
    }

    /** {@link CompletableFuture#thenApply} for a step that may fail. */
    public static <T, R> CompletableFuture<R> apply(CompletableFuture<T> future, Step<T, R> step) {
        return future.thenApply(value -> {
            try {
                return step.apply(value);
            } catch (RadosException failed) {
                throw new CompletionException(failed);
            }
        });
    }

    /** {@link CompletableFuture#thenCompose} for a step that may fail. */
    public static <T, R> CompletableFuture<R> compose(CompletableFuture<T> future, Step<T, CompletableFuture<R>> step) {
        return future.thenCompose(value -> {
            try {
                return step.apply(value);
            } catch (RadosException failed) {
                return CompletableFuture.failedFuture(failed);
            }
        });
    }

    /** Returns the real cause of a future's failure. */
    public static Throwable cause(Throwable failure) {
        return failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
    }

    /** Whether something is not there: ENOENT. */
    public static boolean isAbsent(@Nullable Throwable failure) {
        return failure instanceof RadosException known && known.errno() == Errno.ENOENT;
    }
}
