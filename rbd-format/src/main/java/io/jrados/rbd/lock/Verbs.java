package io.jrados.rbd.lock;

import io.jrados.rbd.model.Progress;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** The verbs that the lock's owner does for the other clients. */
public interface Verbs {
    /**
     * Begins a verb that somebody asked for. Must not block.
     *
     * @return completes when the verb is done; empty for one that is not known here
     */
    Optional<CompletableFuture<Void>> begin(NotifyMessage request, Progress progress);
}
