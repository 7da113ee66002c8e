package io.jrados.rbd;

import io.jrados.error.OutcomeUnknownException;
import io.jrados.error.Receipt;
import java.util.concurrent.CompletableFuture;

/** The receipt of a request that stays in doubt. */
public final class NeverAnswered implements Receipt {
    private final CompletableFuture<Void> never = new CompletableFuture<>();

    private NeverAnswered() {}

    public static OutcomeUnknownException failure(String doing) {
        return new OutcomeUnknownException(doing, new NeverAnswered(), null);
    }

    @Override
    public CompletableFuture<Void> finishAsync() {
        return never.copy();
    }

    @Override
    public void finish() {
        throw new UnsupportedOperationException();
    }

    @Override
    public CompletableFuture<Void> abandonAsync() {
        return never.copy();
    }

    @Override
    public void abandon() {
        throw new UnsupportedOperationException();
    }

    @Override
    public CompletableFuture<Void> settledAsync() {
        return never.copy();
    }
}
