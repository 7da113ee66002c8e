package io.jrados.rados;

import io.jrados.conf.LoopThread;
import io.jrados.error.Errno;
import io.jrados.error.RadosException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;

/** Waits for one of this library's futures, each of which has its own deadline. */
public final class Wait {
    private Wait() {}

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

    private static <T> T get(CompletableFuture<T> future) throws RadosException, InterruptedException {
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

    /**
     * The future's value, which owns something: a hold, a lock, a watch, a client, an open image.
     *
     * @param release gives back what arrives when nobody waits for it any more, because this thread was interrupted; on
     *     the thread that completes the future
     * @throws RadosException as {@link #on}
     */
    public static <T> T owning(CompletableFuture<T> future, Consumer<? super T> release) throws RadosException {
        try {
            return on(future);
        } catch (RadosException failed) {
            if (failed.errno() == Errno.EINTR && Thread.currentThread().isInterrupted()) {
                future.thenAccept(release);
            }
            throw failed;
        }
    }

    /**
     * The future's value, whether this thread is interrupted or not; its flag is set again afterwards. For steps whose
     * outcome must be known before anything else is done, and for taking steps back.
     *
     * @throws RadosException as {@link #on}, but for EINTR
     */
    public static <T> T throughInterrupts(CompletableFuture<T> future) throws RadosException {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return get(future);
                } catch (InterruptedException again) {
                    interrupted = true;
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** What an iterator or a stream failed with. */
    static RadosException unwrapped(UncheckedIOException failed) {
        return unwrapped((Throwable) failed.getCause());
    }

    private static RadosException unwrapped(Throwable cause) {
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

    /** Where the failed operation was waited for. */
    private static final class Waiting extends Exception {
        private static final long serialVersionUID = 1L;

        Waiting() {
            super("waited for here");
        }
    }
}
