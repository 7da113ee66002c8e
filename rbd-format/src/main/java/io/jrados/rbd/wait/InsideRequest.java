package io.jrados.rbd.wait;

import io.jrados.error.FencedException;
import io.jrados.error.RadosException;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** A request that is inside the gate while it lasts; its own future. */
public final class InsideRequest<T> extends Step<T> implements Gate.Entrant {
    private final Supplier<CompletableFuture<T>> request;
    private final Consumer<RadosException> fenced;

    /** @param fenced told when the request finds out that this client is fenced */
    public InsideRequest(Supplier<CompletableFuture<T>> request, Consumer<RadosException> fenced) {
        this.request = request;
        this.fenced = fenced;
    }

    @Override
    public void entered(Pass pass) {
        CompletableFuture<T> running;
        try {
            running = awaiting(request.get());
        } catch (Throwable failed) {
            running = CompletableFuture.failedFuture(failed);
        }
        running.whenComplete((value, failed) -> {
            if (failed != null && Async.cause(failed) instanceof FencedException known) {
                fenced.accept(known);
            }
            pass.leave();
            if (failed == null) {
                complete(value);
            } else {
                completeExceptionally(Async.cause(failed));
            }
        });
    }

    @Override
    public void refused(RadosException why) {
        completeExceptionally(why);
    }
}
