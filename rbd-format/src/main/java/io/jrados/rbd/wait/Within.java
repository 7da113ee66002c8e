package io.jrados.rbd.wait;

import io.jrados.conf.Loop;
import io.jrados.error.RadosException;
import io.jrados.rados.Pool;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;

/**
 * One deadline for something of many steps, each of which has one of its own. It ends the caller's wait, not the steps:
 * they go on.
 */
public final class Within {
    private Within() {}

    /**
     * The future's outcome, or a failure once the deadline of the pool's operations has passed.
     *
     * @param late what it fails with then
     */
    public static <T> CompletableFuture<T> of(
            Pool pool, CompletableFuture<T> future, Supplier<? extends RadosException> late) {
        return of(pool.rados().loop(), pool.deadline(), future, late);
    }

    static <T> CompletableFuture<T> of(
            Loop loop, Duration deadline, CompletableFuture<T> future, Supplier<? extends RadosException> late) {
        CompletableFuture<T> waiting = future.copy();
        if (waiting.isDone()) {
            return waiting;
        }
        try {
            Loop.Timer timer = loop.schedule(deadline, () -> waiting.completeExceptionally(late.get()));
            waiting.whenComplete((value, failed) -> timer.cancel());
        } catch (RejectedExecutionException ended) {
            waiting.completeExceptionally(late.get());
        }
        return waiting;
    }
}
