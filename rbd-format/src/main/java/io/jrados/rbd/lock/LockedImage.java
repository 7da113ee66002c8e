package io.jrados.rbd.lock;

import io.jrados.error.RadosException;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/** The image that a lock is of, as its lock sees it. Nothing here may block. */
public interface LockedImage {
    /** As the {@code rbd} command names it. */
    String spec();

    /** The lock is taken: reads the header, and opens what hangs on the lock. Writers still have to wait. */
    CompletableFuture<Void> acquired();

    /**
     * The lock is to be given away: keeps new writers out, waits for those who write and for verbs under way, closes
     * what hangs on the lock, and then unlocks.
     *
     * @param unlock called when nobody writes any more
     */
    CompletableFuture<Void> release(Supplier<CompletableFuture<Void>> unlock);

    /** Another client has broken the lock: what is in doubt here must not be sent again. */
    void lost();

    /** {@link ManagedLock#isOwned()} has changed. */
    void ownershipChanged();

    /** The header has changed, or may have. */
    void headerChanged();

    /** This client is fenced: nothing must be written, nor anything that was read be trusted, ever again. */
    void fenced(RadosException why);
}
