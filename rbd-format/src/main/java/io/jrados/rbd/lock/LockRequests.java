package io.jrados.rbd.lock;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** What the lock's machines ask of the cluster. */
interface LockRequests {
    /** EBUSY while another has it; EEXIST when this client has it with the same cookie. */
    CompletableFuture<Void> lock(String cookie);

    /** ENOENT when this client does not have it. */
    CompletableFuture<Void> unlock(String cookie);

    /** EBUSY when this client does not have it. */
    CompletableFuture<Void> setCookie(String cookie, String newCookie);

    /** EBUSY for a lock of another kind. */
    CompletableFuture<Optional<LockOwner>> owner();

    /** ENOENT when that one does not have it any more. */
    CompletableFuture<Void> breakLock(LockOwner owner);

    /** Whether it watches the header. */
    CompletableFuture<Boolean> isAlive(LockOwner owner);

    /** Keeps it from writing, if the settings say so, and waits until this client knows a map that says so. */
    CompletableFuture<Void> fence(LockOwner owner);

    /** Whether it is this very client, perhaps by another of its images. */
    boolean isSelf(LockOwner owner);
}
