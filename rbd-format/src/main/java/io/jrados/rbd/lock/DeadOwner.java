package io.jrados.rbd.lock;

import io.jrados.error.Errno;
import io.jrados.error.RadosException;
import io.jrados.rados.Pool;
import java.util.concurrent.CompletableFuture;

/** The owner of the lock of an image that is not open here. */
public final class DeadOwner {
    private DeadOwner() {}

    /**
     * Fences whoever has the lock but watches no more, and breaks the lock: what that one still has on its way is never
     * written. A remnant of this client's own, which none of its images uses, is broken without fencing anybody. EBUSY
     * if the owner is alive, or has taken a lock of another kind.
     *
     * @param header name of the header object
     */
    public static CompletableFuture<Void> fenceAsync(Pool pool, String header, LockSettings settings) {
        HeaderLock requests = new HeaderLock(pool, header, settings);
        return requests.owner().thenCompose(owner -> {
            if (owner.isEmpty()) {
                return CompletableFuture.completedFuture(null);
            }
            return requests.isAlive(owner.get())
                    .thenCompose(alive -> alive || requests.relation(owner.get()) == LockRequests.Relation.OURS
                            ? CompletableFuture.failedFuture(alive(header, owner.get()))
                            : TakeLock.breakLock(requests, owner.get()));
        });
    }

    private static RadosException alive(String header, LockOwner owner) {
        return RadosException.of(
                Errno.EBUSY,
                "looking for the owner of " + header + ": " + owner.client() + " at " + owner.address()
                        + " has its lock, \"" + owner.cookie() + "\"");
    }
}
