package io.jrados.rbd.image;

import io.jrados.error.Errno;
import io.jrados.error.RadosException;
import io.jrados.osd.op.WriteOperation;
import io.jrados.rbd.lock.Peers;
import io.jrados.rbd.wait.Gate;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * The right to write to an image that has the feature exclusive-lock. Whoever implements it tells the image's gate by
 * {@link Gate#reviewWriters} when it gets the lock, and holds the gate when it gives the lock away.
 */
public interface WriteAccess {
    /** The access of an image that takes no part in the locking: it never gets the lock. */
    WriteAccess NONE = new WriteAccess() {
        @Override
        public boolean isOwned() {
            return false;
        }

        @Override
        public CompletableFuture<Void> acquireAsync() {
            return CompletableFuture.failedFuture(
                    new RadosException(Errno.EROFS, "writing to an image without taking its lock"));
        }

        @Override
        public CompletableFuture<Boolean> tryAcquireAsync() {
            return acquireAsync().thenApply(owned -> true);
        }

        @Override
        public void headerRead(boolean locked) {}
    };

    /** Whether this client has the lock, is done with what follows, and has not begun to give it away. */
    boolean isOwned();

    /**
     * Takes the lock, asking its owner for it. Completes when it was owned: the owner may have lost it again by then.
     * EROFS if the owner keeps it, EBLOCKLISTED if this client is fenced.
     */
    CompletableFuture<Void> acquireAsync();

    /**
     * Returns a clause that says what keeps this client from having the lock: "client.4123 at 10.0.0.7:0/1 has it and
     * is alive". Any thread.
     */
    default String obstacle() {
        return "this client has not taken it";
    }

    /** @param locked whether the image has the feature exclusive-lock now: without it the lock is to be given back */
    void headerRead(boolean locked);

    /** Makes what follows in an operation on the header be done only if this client has the lock. */
    default void assertOwned(WriteOperation operation) {}

    /** Takes the lock if nobody alive has it. */
    CompletableFuture<Boolean> tryAcquireAsync();

    /** Returns the image among its other clients; empty for an image that takes no part in the locking. */
    default Optional<Peers> peers() {
        return Optional.empty();
    }
}
