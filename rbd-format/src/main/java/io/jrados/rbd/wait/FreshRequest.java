package io.jrados.rbd.wait;

import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/** A request that waits for a fresh header and for nothing else; its own future. */
public final class FreshRequest<T> extends Step<T> {
    private final Gate gate;
    private final Supplier<CompletableFuture<T>> request;

    /** @param request made when the header is fresh */
    public FreshRequest(Gate gate, Supplier<CompletableFuture<T>> request) {
        this.gate = gate;
        this.request = request;
    }

    /** Begins to wait. */
    public FreshRequest<T> start() {
        awaiting(gate.freshAsync())
                .thenCompose(fresh -> awaiting(request.get()))
                .whenComplete((value, failed) -> {
                    if (failed == null) {
                        complete(value);
                    } else {
                        completeExceptionally(Async.cause(failed));
                    }
                });
        return this;
    }
}
