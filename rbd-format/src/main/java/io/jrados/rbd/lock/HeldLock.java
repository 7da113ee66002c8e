package io.jrados.rbd.lock;

import io.jrados.error.Errno;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The locks that an image may have on its header: the lock, under the cookie in force and under any other that a
 * request asked for whose answer never came. Such a request may still be carried out, so a cookie counts until the
 * cluster has said that the lock is not there under it; only then has the lock been given back. Otherwise a lock would
 * stay that nobody in this program knows of, and the next client would fence the whole program to get it.
 */
final class HeldLock {
    /** The outcome of giving the lock another cookie. */
    enum Moved {
        DONE,
        /** The outcome is not known yet: try again. */
        AGAIN,
        /** Somebody else has broken the lock. */
        LOST
    }

    private final LockRequests requests;
    private final Set<String> cookies = ConcurrentHashMap.newKeySet();
    private volatile String cookie = "";
    private volatile boolean moveInDoubt;
    private volatile @Nullable TakeLock attempt;

    HeldLock(LockRequests requests) {
        this.requests = requests;
    }

    /** The cookie in force. */
    String cookie() {
        return cookie;
    }

    /** Whether the lock certainly is not this image's. */
    boolean isFree() {
        return cookies.isEmpty();
    }

    /**
     * Returns a clause that names the client that had the lock when it was to be taken last, alive or not; empty if
     * nobody is known.
     */
    String obstacle() {
        TakeLock last = attempt;
        return last == null ? "" : last.obstacle();
    }

    /** One attempt to take it; false if somebody alive has it. After a failure see {@link #isFree}. */
    CompletableFuture<Boolean> take(long watch) {
        String wanted = LockOwner.cookieOf(watch);
        TakeLock begun = new TakeLock(requests, wanted);
        attempt = begun;
        use(wanted);
        return begun.start().whenComplete((taken, failed) -> {
            if (failed == null && taken) {
                cookie = wanted;
            } else if (!begun.isInDoubt()) {
                disuse(wanted);
            }
        });
    }

    /** Gives it the cookie of another watch (src/librbd/managed_lock/ReacquireRequest.cc). */
    CompletableFuture<Moved> move(String wanted) {
        use(wanted);
        return requests.setCookie(cookie, wanted)
                .handle((moved, failed) -> {
                    if (failed == null) {
                        return settled(Moved.DONE, wanted);
                    }
                    boolean refused = Failures.is(failed, Errno.EBUSY) || Failures.is(failed, Errno.ENOENT);
                    if (Failures.isFinal(failed)) {
                        return CompletableFuture.<Moved>failedFuture(failed);
                    }
                    if (refused && !moveInDoubt) {
                        return settled(Moved.LOST, wanted);
                    }
                    moveInDoubt = moveInDoubt || Failures.isInDoubt(failed);
                    return look(wanted);
                })
                .thenCompose(next -> next);
    }

    /** An earlier request may have been carried out although its answer never came. */
    private CompletableFuture<Moved> look(String wanted) {
        return requests.owner()
                .handle((owner, failed) -> {
                    if (failed != null && !Failures.is(failed, Errno.EBUSY)) {
                        return Failures.isFinal(failed)
                                ? CompletableFuture.<Moved>failedFuture(failed)
                                : CompletableFuture.completedFuture(Moved.AGAIN);
                    }
                    Optional<LockOwner> found = failed == null ? owner : Optional.empty();
                    if (found.isEmpty() || requests.relation(found.get()) == LockRequests.Relation.OTHER) {
                        return settled(Moved.LOST, wanted);
                    }
                    return found.get().cookie().equals(wanted)
                            ? settled(Moved.DONE, wanted)
                            : from(found.get().cookie());
                })
                .thenCompose(next -> next);
    }

    /** An earlier request has set another cookie than the one wanted now: the next one begins with that. */
    private CompletableFuture<Moved> from(String found) {
        if (cookies.contains(found)) {
            cookie = found;
        }
        return CompletableFuture.completedFuture(Moved.AGAIN);
    }

    private CompletableFuture<Moved> settled(Moved how, String wanted) {
        moveInDoubt = false;
        for (String other : List.copyOf(cookies)) {
            if (how == Moved.LOST || !other.equals(wanted)) {
                disuse(other);
            }
        }
        if (how == Moved.DONE) {
            cookie = wanted;
        }
        return CompletableFuture.completedFuture(how);
    }

    /**
     * Takes it off the header, under whatever cookie. A lock that is not there is given back already. After a failure
     * the lock is still this image's, or may be: the call is made again.
     */
    CompletableFuture<Void> giveBack() {
        List<CompletableFuture<Void>> all = new ArrayList<>();
        for (String held : List.copyOf(cookies)) {
            all.add(requests.unlock(held)
                    .exceptionallyCompose(failed -> Failures.is(failed, Errno.ENOENT)
                            ? CompletableFuture.completedFuture(null)
                            : CompletableFuture.failedFuture(failed))
                    .thenRun(() -> disuse(held)));
        }
        return CompletableFuture.allOf(all.toArray(CompletableFuture<?>[]::new));
    }

    /** Nothing can be done about it any more. */
    void forget() {
        List.copyOf(cookies).forEach(this::disuse);
    }

    private void use(String one) {
        cookies.add(one);
        requests.use(one);
    }

    private void disuse(String one) {
        cookies.remove(one);
        requests.disuse(one);
    }
}
