package io.jrados.rbd.lock;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** The requests of the lock's machines to the cluster. */
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

    /** Returns the relation of the lock's owner to this client. */
    Relation relation(LockOwner owner);

    /** An image here may have the lock under this cookie from now on. */
    void use(String cookie);

    /** No image here has the lock under this cookie. */
    void disuse(String cookie);

    /** The relation of an owner to this client. */
    enum Relation {
        /** Another client. */
        OTHER,
        /** This client, by one of its images that uses it, or cannot be told not to. */
        OURS,
        /** This client, but no image of it uses the lock: it can be broken, and nothing needs to be fenced. */
        REMNANT
    }
}
