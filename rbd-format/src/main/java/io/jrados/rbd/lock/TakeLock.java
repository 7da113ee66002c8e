package io.jrados.rbd.lock;

import io.jrados.error.Errno;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One attempt to take the lock, if need be from a dead owner (src/librbd/managed_lock/AcquireRequest.cc,
 * src/librbd/managed_lock/BreakRequest.cc):
 *
 * <pre>
 *   who owns it? ──► lock ── done ──────────────────────────────────────────────► taken
 *    ▲                │ EBUSY
 *    │                ▼
 *    │         does the owner watch? ── yes ────────────────────────────────────► alive
 *    │                │ no
 *    │                ▼
 *    │         is it still the owner? ── no ────────────────────────────────────► alive: ask that one
 *    │                │ yes
 *    └── break it ◄── fence it, wait for the map (not a remnant of this client's own)
 * </pre>
 */
final class TakeLock {
    private static final Logger LOG = LoggerFactory.getLogger(TakeLock.class);
    private static final int ATTEMPTS = 10;

    private final LockRequests requests;
    private final String cookie;
    private volatile boolean inDoubt;
    private volatile String obstacle = "";

    TakeLock(LockRequests requests, String cookie) {
        this.requests = requests;
        this.cookie = cookie;
    }

    /** Whether it is taken; false if somebody alive has it. */
    CompletableFuture<Boolean> start() {
        return attempt(ATTEMPTS);
    }

    /** Whether the lock may have been taken, or may still be, although the attempt failed. */
    boolean isInDoubt() {
        return inDoubt;
    }

    /** Returns a clause that names the lock's owner as far as is known, alive or not; empty for nobody. */
    String obstacle() {
        return obstacle;
    }

    private CompletableFuture<Boolean> attempt(int left) {
        return requests.owner()
                .handle((owner, failed) -> {
                    if (failed == null) {
                        return lock(owner, left);
                    }
                    if (Failures.is(failed, Errno.EBUSY)) {
                        obstacle = Failures.of(failed, "looking for its owner").doing();
                        return CompletableFuture.completedFuture(false);
                    }
                    return CompletableFuture.<Boolean>failedFuture(failed);
                })
                .thenCompose(next -> next);
    }

    private CompletableFuture<Boolean> lock(Optional<LockOwner> owner, int left) {
        return requests.lock(cookie)
                .handle((locked, failed) -> {
                    inDoubt = failed != null && Failures.isInDoubt(failed);
                    if (failed == null || Failures.is(failed, Errno.EEXIST)) {
                        return CompletableFuture.completedFuture(true);
                    }
                    if (!Failures.is(failed, Errno.EBUSY)) {
                        return CompletableFuture.<Boolean>failedFuture(failed);
                    }
                    if (owner.isPresent()) {
                        return breakIfDead(owner.get(), left);
                    }
                    return left == 0 ? CompletableFuture.completedFuture(false) : attempt(left - 1);
                })
                .thenCompose(next -> next);
    }

    /** Another image of this client, whose watch is lost for now, cannot be fenced without fencing the whole client. */
    private CompletableFuture<Boolean> breakIfDead(LockOwner owner, int left) {
        return requests.isAlive(owner).thenCompose(alive -> {
            boolean ours = requests.relation(owner) == LockRequests.Relation.OURS;
            obstacle = ours
                    ? "another image of this client has it"
                    : owner + " has it and "
                            + (alive ? "is alive: it watches the image" : "is dead: it watches no more");
            if (alive || left == 0 || ours) {
                return CompletableFuture.completedFuture(false);
            }
            return requests.owner()
                    .thenCompose(still -> still.equals(Optional.of(owner))
                            ? breakLock(owner, left)
                            : CompletableFuture.completedFuture(false));
        });
    }

    private CompletableFuture<Boolean> breakLock(LockOwner owner, int left) {
        LOG.info("{} at {} owns a lock and watches no more: its lock is broken", owner.client(), owner.address());
        obstacle = owner + " had it and is dead: it watches no more, is being fenced, and its lock is being broken";
        return breakLock(requests, owner).thenCompose(broken -> lock(Optional.empty(), left - 1));
    }

    /** Fences before it breaks, or two could write. Behind a remnant of this client's own is nobody who could. */
    static CompletableFuture<Void> breakLock(LockRequests requests, LockOwner owner) {
        CompletableFuture<Void> fenced = requests.relation(owner) == LockRequests.Relation.REMNANT
                ? CompletableFuture.completedFuture(null)
                : requests.fence(owner);
        return fenced.thenCompose(done -> requests.breakLock(owner))
                .exceptionallyCompose(failed -> Failures.is(failed, Errno.ENOENT)
                        ? CompletableFuture.completedFuture(null)
                        : CompletableFuture.failedFuture(failed));
    }
}
