package io.jrados.rbd.wait;

import io.jrados.error.Errno;
import io.jrados.error.RadosException;
import io.jrados.rados.Wait;
import io.jrados.rbd.model.Progress;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.LongFunction;
import java.util.stream.LongStream;

/**
 * A loop over many objects with a few requests in flight: for verbs such as flatten, remove and trim.
 *
 * <p>Blocking, and for one thread. The first failure stops it: nothing more is started, what is in flight is waited
 * for, then the failure is thrown. So does being cancelled by the {@link Progress}, with ECANCELED, and an interrupt,
 * with EINTR.
 */
public final class Window {
    /** The number that librbd keeps in flight: rbd_concurrent_management_ops. */
    public static final int DEFAULT_WIDTH = 10;

    private final int width;
    private final Progress progress;
    private final ArrayDeque<CompletableFuture<?>> inFlight = new ArrayDeque<>();

    /** @param width requests in flight at most, at least 1 */
    public Window(int width, Progress progress) {
        if (width < 1) {
            throw new IllegalArgumentException("a window of " + width);
        }
        this.width = width;
        this.progress = progress;
    }

    /** A window of the default width. */
    public static Window of(Progress progress) {
        return new Window(DEFAULT_WIDTH, progress);
    }

    /** Starts a request for each number from {@code first} up to, not including, {@code end}. */
    public void each(long first, long end, LongFunction<? extends CompletableFuture<?>> request) throws RadosException {
        each(Math.max(0, end - first), LongStream.range(first, end).iterator(), request::apply);
    }

    /**
     * Starts a request for each item.
     *
     * @param total items, for the progress
     */
    public <T> void each(long total, Iterator<T> items, Function<? super T, ? extends CompletableFuture<?>> request)
            throws RadosException {
        long done = 0;
        try {
            while (items.hasNext()) {
                if (progress.isCancelled()) {
                    throw RadosException.of(
                            Errno.ECANCELED, "going through objects: cancelled after " + done + " of " + total);
                }
                if (inFlight.size() == width) {
                    awaitOldest();
                    progress.report(++done, total);
                }
                inFlight.add(request.apply(items.next()));
            }
            while (!inFlight.isEmpty()) {
                awaitOldest();
                progress.report(++done, total);
            }
        } catch (Throwable failed) {
            settle(failed);
            throw failed;
        }
    }

    /** Waits for the oldest request, which stays in flight when an interrupt ends the wait before it has ended. */
    private void awaitOldest() throws RadosException {
        CompletableFuture<?> oldest = inFlight.element();
        try {
            Wait.on(oldest);
        } finally {
            if (oldest.isDone()) {
                inFlight.remove();
            }
        }
    }

    private void settle(Throwable failed) {
        while (!inFlight.isEmpty()) {
            try {
                Wait.throughInterrupts(inFlight.remove());
            } catch (RadosException | RuntimeException another) {
                if (another != failed) {
                    failed.addSuppressed(another);
                }
            }
        }
    }
}
