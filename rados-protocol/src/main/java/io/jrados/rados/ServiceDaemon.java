package io.jrados.rados;

import io.jrados.mon.MgrClient;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;

/** A daemon of a service that a client shows in the cluster's status. */
public final class ServiceDaemon implements AutoCloseable {
    private final MgrClient manager;

    ServiceDaemon(MgrClient manager) {
        this.manager = manager;
    }

    /** Sets the text that the cluster's status shows from the next report on, instead of what it said before. */
    public void status(Map<String, String> status) {
        Objects.requireNonNull(status, "status");
        manager.status(Map.copyOf(status));
    }

    /** Takes it out of the cluster's status; completes when the manager knows, or after a second. */
    public CompletableFuture<Void> closeAsync() {
        return manager.unregister();
    }

    /** As {@link #closeAsync}, without waiting. */
    @Override
    public void close() {
        closeAsync();
    }
}
