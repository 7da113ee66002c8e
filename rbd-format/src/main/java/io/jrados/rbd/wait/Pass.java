package io.jrados.rbd.wait;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;

/** One phase of those who entered an image's gate, and what each of them gives back. */
public final class Pass {
    private static final long SEALED = Long.MIN_VALUE;

    private final AtomicLong inside = new AtomicLong();
    private final CompletableFuture<Void> empty = new CompletableFuture<>();

    Pass() {}

    /** One more is in; false when the phase is over. */
    boolean enter() {
        long count = inside.get();
        while (count >= 0) {
            if (inside.compareAndSet(count, count + 1)) {
                return true;
            }
            count = inside.get();
        }
        return false;
    }

    /** One who entered is out: exactly once for each. */
    public void leave() {
        if (inside.decrementAndGet() == SEALED) {
            empty.complete(null);
        }
    }

    /** Ends the phase. */
    void seal() {
        if (inside.getAndUpdate(count -> count | SEALED) == 0) {
            empty.complete(null);
        }
    }

    /** Completes when all are out after {@link #seal}. */
    CompletableFuture<Void> emptied() {
        return empty;
    }

    boolean isEmpty() {
        return (inside.get() & ~SEALED) == 0;
    }
}
