package io.jrados.rados;

import io.jrados.conf.LoopThread;
import io.jrados.error.Errno;
import io.jrados.error.RadosException;
import io.jrados.osd.Blocking;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/** Waits for one of this library's futures, each of which has its own deadline. */
public final class Wait {
    private Wait() {}

    /**
     * The future's value.
     *
     * @throws RadosException what the future failed with; ECANCELED if it was cancelled; EINTR if this thread was
     *     interrupted, with its flag set again. The operation goes on then, unless what it makes would have to be
     *     closed, as a client or a watch has to: that is given up, and closed if it was made already
     * @throws IllegalStateException on one of the client's own loops, where waiting would be for ever
     */
    public static <T> T on(CompletableFuture<T> future) throws RadosException {
        try {
            return Blocking.on(future);
        } catch (RadosException failed) {
            boolean interrupted =
                    failed.errno() == Errno.EINTR && Thread.currentThread().isInterrupted();
            if (interrupted && future instanceof Handed<T> handed && !handed.cancel(false)) {
                return Blocking.on(handed);
            }
            throw failed;
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
                    return Blocking.get(future);
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

    /**
     * Waits until something is closed: as long as it may take, unless this thread is interrupted or one of the client's
     * own loops, where nothing may wait.
     *
     * @param late called when it takes longer, or fails; it goes on
     */
    static void forEnd(CompletableFuture<Void> closed, Duration patience, Runnable late) {
        if (Thread.currentThread() instanceof LoopThread) {
            return;
        }
        try {
            closed.get(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException failed) {
            late.run();
        }
    }

    /** Returns a future that has failed because an argument of that name is null. */
    static <T> CompletableFuture<T> missing(String argument) {
        return CompletableFuture.failedFuture(new NullPointerException(argument));
    }

    /** Returns a future that has failed because an argument of that name has a value that it cannot have. */
    static <T> CompletableFuture<T> refused(String argument, Object value) {
        return CompletableFuture.failedFuture(new IllegalArgumentException(argument + ": " + value));
    }

    /** Returns the real cause of a future's failure. */
    static Throwable cause(Throwable failure) {
        return failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
    }

    /**
     * The future of something that its caller has to close. A caller that gives up waiting would hold nothing, and
     * nobody could close it: so whoever makes it ends the making when this future ends early, and closes what is made
     * all the same. {@link #on} cancels such a future when it is interrupted.
     *
     * @param <T> what is being made
     */
    static final class Handed<T> extends CompletableFuture<T> {
        /**
         * Passes on what another future is completed with.
         *
         * @param undo closes what is made when nobody waits for it any more
         */
        static <T> Handed<T> from(CompletableFuture<T> making, Consumer<T> undo) {
            Handed<T> handed = new Handed<>();
            making.whenComplete((made, failure) -> {
                if (failure != null) {
                    handed.completeExceptionally(cause(failure));
                } else if (!handed.complete(made)) {
                    undo.accept(made);
                }
            });
            return handed;
        }
    }
}
