package io.jrados.rados;

import io.jrados.error.Errno;
import io.jrados.error.RadosException;
import io.jrados.osd.Blocking;
import java.io.UncheckedIOException;
import java.util.concurrent.CompletableFuture;
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
        return Blocking.on(future);
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

    /** What an iterator or a stream failed with. */
    static RadosException unwrapped(UncheckedIOException failed) {
        return Blocking.unwrapped(failed.getCause());
    }
}
