package io.jrados.rbd.wait;

import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A future that borrows a buffer. Cancelling it asks for what it waits for to be cancelled; it completes when that has
 * ended, because until then the buffer may be touched.
 */
public abstract class Step<T> extends CompletableFuture<T> {
    private volatile @Nullable CompletableFuture<?> awaited;

    /** Sets the future to cancel from now on. */
    protected final <U> CompletableFuture<U> awaiting(CompletableFuture<U> next) {
        awaited = next;
        return next;
    }

    /** @return whether the request came before the end; {@link #isCancelled} becomes true later, if at all */
    @Override
    public boolean cancel(boolean mayInterruptIfRunning) {
        if (isDone()) {
            return isCancelled();
        }
        CompletableFuture<?> current = awaited;
        return current != null && current.cancel(mayInterruptIfRunning);
    }
}
