package io.jrados.rbd.lock;

import io.jrados.conf.Loop;
import io.jrados.error.RadosException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the cookie of a lock that this client has the one of its watch. Others take the owner for dead while its lock
 * has the cookie of a watch that is gone, so that after each new watch the lock is moved to a new cookie
 * (src/librbd/managed_lock/ReacquireRequest.cc). All on one loop.
 */
final class KeptCookie {
    private static final Logger LOG = LoggerFactory.getLogger(KeptCookie.class);

    /** Between an attempt that failed and the next. */
    private static final Duration RETRY = Duration.ofSeconds(1);

    private final Loop loop;
    private final HeldLock held;
    private final LockedImage image;
    private final Owner owner;
    private long handle;
    private boolean reacquiring;
    private CompletableFuture<HeldLock.Moved> moving = CompletableFuture.completedFuture(HeldLock.Moved.DONE);

    /** The lock whose cookie it is. */
    interface Owner {
        /** Whether this client has the lock and has not asked the cluster to take it off the header. */
        boolean keeps();

        /** The lock has the new cookie, which the others have to be told. */
        void moved();

        /** Somebody has broken the lock. */
        void lost();

        /** This client can do nothing in this cluster any more. */
        void fenced(RadosException why);
    }

    KeptCookie(Loop loop, HeldLock held, LockedImage image, Owner owner) {
        this.loop = loop;
        this.held = held;
        this.image = image;
        this.owner = owner;
    }

    /** The lock was taken with the cookie of this watch. */
    void takenWith(long watch) {
        handle = watch;
    }

    /** Completes, with a value or null, when no answer about a cookie is outstanding. */
    CompletableFuture<HeldLock.Moved> settledAsync() {
        return moving.handle((moved, ignored) -> moved);
    }

    /**
     * Moves the lock to the cookie of the watch, if it has another.
     *
     * @param newHandle the watch; 0 for the last known
     */
    void follow(long newHandle) {
        if (newHandle != 0) {
            handle = newHandle;
        }
        String wanted = LockOwner.cookieOf(handle);
        if (!owner.keeps() || reacquiring || wanted.equals(held.cookie())) {
            return;
        }
        reacquiring = true;
        moving = held.move(wanted);
        moving.whenComplete((moved, failed) -> loop.execute(() -> {
            reacquiring = false;
            if (failed != null || moved == null) {
                unmoved(failed == null ? new IllegalStateException() : failed);
            } else {
                moved(moved);
            }
        }));
    }

    private void unmoved(Throwable failed) {
        RadosException why = Failures.of(failed, "keeping the lock of " + image.spec());
        if (Failures.isFinal(why)) {
            owner.fenced(why);
        } else {
            LOG.warn("the lock of {} has the cookie of a watch that is gone: {}", image.spec(), why.getMessage());
            moved(HeldLock.Moved.AGAIN);
        }
    }

    private void moved(HeldLock.Moved how) {
        switch (how) {
            case DONE -> {
                owner.moved();
                follow(handle);
            }
            case AGAIN -> loop.schedule(RETRY, () -> follow(0));
            case LOST -> owner.lost();
        }
    }
}
