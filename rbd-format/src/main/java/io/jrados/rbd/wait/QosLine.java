package io.jrados.rbd.wait;

import io.jrados.conf.Environment;
import io.jrados.error.Errno;
import io.jrados.error.RadosException;
import java.util.ArrayDeque;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The requests of an image that wait for their turn under its limits, in the order of their submission: the first one
 * asks for its turn, and the next one asks when the first has really started. So none overtakes another, whichever
 * thread it comes from, and one that costs nothing, as a flush, comes behind all that was submitted before it.
 */
final class QosLine {
    /** More than these do not wait: they fail with EAGAIN. */
    static final int MAX_WAITING = 65_536;

    private final ReentrantLock lock = new ReentrantLock();
    private final ArrayDeque<Waiting<?>> line = new ArrayDeque<>();

    /** Whether the first in line is asking for its turn, or starting. */
    private boolean busy;

    private volatile boolean idle = true;
    private final Environment environment;

    /** @param environment for the wall clock */
    QosLine(Environment environment) {
        this.environment = environment;
    }

    /** A request; its own future. */
    private static final class Waiting<T> extends Step<T> {
        private final Supplier<CompletableFuture<Void>> turn;
        private final Supplier<CompletableFuture<T>> request;
        private final long sinceMillis;
        private volatile boolean cancelled;

        Waiting(Supplier<CompletableFuture<Void>> turn, Supplier<CompletableFuture<T>> request, long sinceMillis) {
            this.sinceMillis = sinceMillis;
            this.turn = turn;
            this.request = request;
        }

        @Override
        public boolean cancel(boolean mayInterruptIfRunning) {
            cancelled = true;
            return super.cancel(mayInterruptIfRunning);
        }

        CompletableFuture<Void> ask() {
            try {
                return cancelled ? CompletableFuture.completedFuture(null) : turn.get();
            } catch (Throwable failed) {
                return CompletableFuture.failedFuture(failed);
            }
        }

        void start(@Nullable Throwable refused) {
            if (refused != null) {
                completeExceptionally(Async.cause(refused));
                return;
            }
            if (cancelled) {
                completeExceptionally(new CancellationException("never sent"));
                return;
            }
            CompletableFuture<T> started;
            try {
                started = awaiting(request.get());
            } catch (Throwable failed) {
                started = CompletableFuture.failedFuture(failed);
            }
            if (cancelled) {
                started.cancel(true);
            }
            started.whenComplete((value, failed) -> {
                if (failed == null) {
                    complete(value);
                } else {
                    completeExceptionally(Async.cause(failed));
                }
            });
        }
    }

    /** Returns the requests that wait. */
    Crowd waiting() {
        lock.lock();
        try {
            Waiting<?> first = line.peek();
            return first == null ? Crowd.NONE : new Crowd(line.size(), first.sinceMillis);
        } finally {
            lock.unlock();
        }
    }

    /** Whether nobody waits and all who have waited have started. */
    boolean isIdle() {
        return idle;
    }

    /**
     * Starts a request when all before it have started and its turn has come.
     *
     * @param turn asked for when it is the first; completes when it may start
     */
    <T> CompletableFuture<T> pass(Supplier<CompletableFuture<Void>> turn, Supplier<CompletableFuture<T>> request) {
        Waiting<T> waiting = new Waiting<>(turn, request, environment.wallClockMillis());
        lock.lock();
        try {
            if (line.size() >= MAX_WAITING) {
                return CompletableFuture.failedFuture(new RadosException(
                        Errno.EAGAIN,
                        "waiting for an image's quality of service, never sent: " + MAX_WAITING + " wait"));
            }
            line.add(waiting);
            idle = false;
        } finally {
            lock.unlock();
        }
        advance();
        return waiting;
    }

    private void advance() {
        while (true) {
            Waiting<?> first;
            lock.lock();
            try {
                if (busy || line.isEmpty()) {
                    return;
                }
                busy = true;
                first = line.element();
            } finally {
                lock.unlock();
            }
            CompletableFuture<Void> turn = first.ask();
            boolean atOnce = turn.isDone();
            turn.whenComplete((come, refused) -> {
                begin(first, refused);
                if (!atOnce) {
                    advance();
                }
            });
            if (!atOnce) {
                return;
            }
        }
    }

    private void begin(Waiting<?> first, @Nullable Throwable refused) {
        try {
            first.start(refused);
        } finally {
            lock.lock();
            try {
                line.remove();
                busy = false;
                idle = line.isEmpty();
            } finally {
                lock.unlock();
            }
        }
    }
}
