package io.jrados.rbd.verb;

import io.jrados.conf.Loop;
import java.time.Instant;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A verb that was submitted: its steps, and the future that its caller holds. All that may change is guarded by the
 * lock of its {@link VerbExecutor}.
 */
final class SubmittedVerb<T> {
    final String doing;
    final Instant since;
    final long sinceNanos;
    final CompletableFuture<T> future = new CompletableFuture<>();

    /** Completes when nothing of the verb goes on any more: neither its steps nor what takes them back. */
    final CompletableFuture<Void> ended = new CompletableFuture<>();

    private final Callable<? extends T> steps;
    private final Consumer<? super T> undo;
    private final AtomicBoolean settled = new AtomicBoolean();
    private @Nullable T result;
    private @Nullable Throwable failure;

    /** The thread that does the steps, while it does. */
    @Nullable
    Thread thread;

    /** Whether it was not its turn at once. */
    boolean waited;

    Loop.@Nullable Timer timer;

    SubmittedVerb(String doing, Instant since, long sinceNanos, Callable<? extends T> steps, Consumer<? super T> undo) {
        this.doing = doing;
        this.since = since;
        this.sinceNanos = sinceNanos;
        this.steps = steps;
        this.undo = undo;
    }

    /** Does the steps. Throws nothing: a verb's failure is told by {@link #settle}. */
    void run() {
        try {
            result = steps.call();
        } catch (Throwable failed) {
            failure = failed;
        }
    }

    /**
     * Completes the future, or takes the result back if its caller has given up. A second call has no effect.
     *
     * @param undoing runs what takes it back, which may block
     */
    void settle(Executor undoing) {
        T given = result;
        if (!settled.compareAndSet(false, true)) {
            return;
        }
        if (given != null && future.isDone()) {
            undoing.execute(() -> takeBack(given));
            return;
        }
        // before the future: what depends on that may wait for the end of all verbs
        ended.complete(null);
        if (failure != null) {
            future.completeExceptionally(failure);
        } else if (!future.complete(given) && given != null) {
            undoing.execute(() -> takeBack(given));
        }
    }

    private void takeBack(T given) {
        try {
            undo.accept(given);
        } finally {
            ended.complete(null);
        }
    }
}
