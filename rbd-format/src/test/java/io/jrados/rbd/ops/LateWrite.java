package io.jrados.rbd.ops;

import io.jrados.osd.op.WriteInDoubt;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/**
 * A write that its caller waits for no more, and that takes effect when a test lets it. Until then other writes of its
 * object wait behind it and reads overtake it, as on an object that an OSD has yet to recover.
 */
final class LateWrite implements WriteInDoubt {
    private final String object;
    private final Supplier<? extends CompletableFuture<?>> operation;
    private final CompletableFuture<Void> answered = new CompletableFuture<>();
    private final CompletableFuture<Void> settled = new CompletableFuture<>();

    LateWrite(String object, Supplier<? extends CompletableFuture<?>> operation) {
        this.object = object;
        this.operation = operation;
    }

    /** Takes effect now. */
    void land() {
        operation.get().whenComplete((done, failed) -> {
            if (failed == null) {
                answered.complete(null);
            } else {
                answered.completeExceptionally(failed);
            }
            settled.complete(null);
        });
    }

    @Override
    public String object() {
        return object;
    }

    @Override
    public Instant since() {
        return Instant.EPOCH;
    }

    @Override
    public List<Part> parts() {
        return List.of(new Part("write", 0, 1));
    }

    @Override
    public CompletableFuture<Void> finishAsync() {
        return answered.copy();
    }

    @Override
    public void finish() {
        throw new UnsupportedOperationException();
    }

    @Override
    public CompletableFuture<Void> abandonAsync() {
        return settled.copy();
    }

    @Override
    public void abandon() {
        throw new UnsupportedOperationException();
    }

    @Override
    public CompletableFuture<Void> settledAsync() {
        return settled.copy();
    }
}
