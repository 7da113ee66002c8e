package io.jrados.osd;

import java.util.concurrent.CompletableFuture;

/**
 * The caller's future of an operation. Cancelling asks for the operation to be given up; the future, and what depends
 * on it, completes only when the operation can no longer touch the caller's buffers.
 */
final class OperationFuture<T> extends CompletableFuture<T> {
    private final Runnable cancel;

    /** @param cancel called from any thread, any number of times */
    OperationFuture(Runnable cancel) {
        this.cancel = cancel;
    }

    @Override
    public <U> CompletableFuture<U> newIncompleteFuture() {
        return new OperationFuture<>(cancel);
    }

    /** @return whether the request came before the end; {@link #isCancelled} becomes true later */
    @Override
    public boolean cancel(boolean mayInterruptIfRunning) {
        if (isDone()) {
            return isCancelled();
        }
        cancel.run();
        return true;
    }

    /** As {@link #cancel}, without asking anybody. */
    void cancelled() {
        super.cancel(false);
    }
}
