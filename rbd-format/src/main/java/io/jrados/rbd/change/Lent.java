package io.jrados.rbd.change;

import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/** A call of the reader: what it throws, or returns instead of a future, is a failure like any other. */
final class Lent {
    private Lent() {}

    static CompletableFuture<Void> of(Supplier<CompletableFuture<?>> call) {
        try {
            return Objects.requireNonNull(call.get(), "the reader's future").thenApply(done -> null);
        } catch (RuntimeException | Error broken) {
            return CompletableFuture.failedFuture(broken);
        }
    }
}
