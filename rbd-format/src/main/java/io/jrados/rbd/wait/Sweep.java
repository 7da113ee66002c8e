package io.jrados.rbd.wait;

import io.jrados.error.Errno;
import io.jrados.error.RadosException;
import java.util.Iterator;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A loop over many objects with so many requests in flight, without a thread: the asynchronous {@link Window}. Its own
 * future, which completes when nothing is in flight any more; after the first failure nothing more is started.
 */
public final class Sweep<T> extends Step<Void> {
    private final Iterator<T> items;
    private final Function<T, CompletableFuture<?>> request;
    private final int width;
    private final ReentrantLock lock = new ReentrantLock();
    private int inFlight;
    private boolean starting;
    private @Nullable Throwable failure;

    /** Whether a request was sent, whatever came of it. */
    private boolean touched;

    /** @param width requests under way at a time */
    public Sweep(int width, Iterator<T> items, Function<T, CompletableFuture<?>> request) {
        this.width = width;
        this.items = items;
        this.request = request;
    }

    /** Makes the first requests. */
    public CompletableFuture<Void> start() {
        lock.lock();
        try {
            if (starting) {
                return this;
            }
            starting = true;
        } finally {
            lock.unlock();
        }
        for (T next = take(); next != null; next = take()) {
            request.apply(next).whenComplete((value, failed) -> ended(failed));
        }
        return this;
    }

    /** The next item if there is room. Only one thread starts requests, so those that are done at once do not nest. */
    private @Nullable T take() {
        lock.lock();
        try {
            boolean more = failure == null && items.hasNext();
            if (more && inFlight < width) {
                inFlight++;
                return items.next();
            }
            starting = false;
            if (more || inFlight > 0) {
                return null;
            }
        } finally {
            lock.unlock();
        }
        if (failure == null) {
            complete(null);
        } else {
            Throwable why = Outcomes.ofParts(failure, touched);
            completeExceptionally(items.hasNext() ? Outcomes.join(why, rest()) : why);
        }
        return null;
    }

    private static RadosException rest() {
        return new RadosException(Errno.ECANCELED, "doing the rest of a request after a failure");
    }

    private void ended(@Nullable Throwable failed) {
        lock.lock();
        try {
            inFlight--;
            Throwable why = failed == null ? null : Async.cause(failed);
            touched |= why == null || !Outcomes.isNeverSent(why);
            if (why != null) {
                failure = Outcomes.join(failure, why);
            }
        } finally {
            lock.unlock();
        }
        start();
    }
}
