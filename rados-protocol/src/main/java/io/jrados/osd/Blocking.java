package io.jrados.osd;

import io.jrados.conf.LoopThread;
import io.jrados.error.Errno;
import io.jrados.error.RadosException;
import java.io.InterruptedIOException;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/** The wait behind every blocking call: here, because receipts have such calls too. */
public final class Blocking {
    private Blocking() {}

    /**
     * The future's value.
     *
     * @throws RadosException what the future failed with; ECANCELED if it was cancelled; EINTR if this thread was
     *     interrupted, with its flag set again (the operation goes on)
     * @throws IllegalStateException on one of the client's own loops, where waiting would be for ever
     */
    public static <T> T on(CompletableFuture<T> future) throws RadosException {
        try {
            return get(future);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new RadosException(Errno.EINTR, "waiting for an answer", new InterruptedIOException());
        }
    }

    /** As {@link #on}, for who has something to do when this thread is interrupted. */
    public static <T> T get(CompletableFuture<T> future) throws RadosException, InterruptedException {
        if (!future.isDone() && Thread.currentThread() instanceof LoopThread) {
            throw new IllegalStateException("a blocking call on a loop of the client: use the asynchronous form");
        }
        try {
            return future.get();
        } catch (CancellationException cancelled) {
            throw new RadosException(Errno.ECANCELED, "waiting for an answer", cancelled);
        } catch (ExecutionException failed) {
            throw unwrapped(failed.getCause());
        }
    }

    /** The failure of a future as its waiting caller sees it. */
    public static RadosException unwrapped(Throwable cause) {
        if (cause instanceof RadosException known) {
            // The stack of the waiting thread is what its caller wants to see.
            known.addSuppressed(new Waiting());
            return known;
        }
        if (cause instanceof java.util.concurrent.CompletionException wrapper && wrapper.getCause() != null) {
            return unwrapped(wrapper.getCause());
        }
        if (cause instanceof RuntimeException bug) {
            throw bug;
        }
        if (cause instanceof Error error) {
            throw error;
        }
        return new RadosException(Errno.EIO, "waiting for an answer", cause);
    }

    /** The place where the failed operation was waited for. */
    private static final class Waiting extends Exception {
        private static final long serialVersionUID = 1L;

        Waiting() {
            super("waited for here");
        }
    }
}
