package io.jrados.rbd.wait;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** Completes when all of several futures have, also after a failure: they borrow one buffer. Fails as the first did. */
public final class All extends Step<Void> implements BiConsumer<Object, Throwable> {
    /** One more than the futures until {@link #seal()}. */
    private final AtomicInteger open = new AtomicInteger(1);

    private final AtomicReference<Throwable> failure = new AtomicReference<>();

    private final boolean ofReads;

    /** Whether one of them was sent, whatever came of it. */
    private volatile boolean touched;

    /** Waits for parts of a request that changes something. */
    public All() {
        this(false);
    }

    private All(boolean ofReads) {
        this.ofReads = ofReads;
    }

    /** Waits for parts of a request that changes nothing, so that it matters little which of them were sent. */
    public static All ofReads() {
        return new All(true);
    }

    /** Adds one more to wait for. */
    public void add(CompletableFuture<?> future) {
        open.incrementAndGet();
        future.whenComplete(this);
    }

    /** No more are added. */
    public CompletableFuture<Void> seal() {
        accept(this, null);
        return this;
    }

    @Override
    public void accept(@Nullable Object value, @Nullable Throwable failed) {
        Throwable why = failed == null ? null : Async.cause(failed);
        if (why == null ? value != this : !Outcomes.isNeverSent(why)) {
            touched = true;
        }
        if (why != null) {
            failure.accumulateAndGet(why, Outcomes::join);
        }
        if (open.decrementAndGet() == 0) {
            Throwable first = failure.get();
            if (first == null) {
                complete(null);
            } else {
                completeExceptionally(ofReads ? first : Outcomes.ofParts(first, touched));
            }
        }
    }
}
