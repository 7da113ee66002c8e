package io.jrados.rbd.lock;

import java.util.concurrent.CompletableFuture;

/** The requests of the lock's machine to the other clients. */
interface OwnerRequests {
    /** The handle of this client's watch, registering it if there is none. */
    CompletableFuture<Long> watchAsync();

    /** Asks the owner for the lock; its answer, or ETIMEDOUT if none of those who watch says that it is the owner. */
    CompletableFuture<Integer> requestLockAsync();

    /** Tells everybody; completes when all have heard of it or do not answer, and never fails. */
    CompletableFuture<Void> announceAsync(NotifyOp lockNotice);
}
