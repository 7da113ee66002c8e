package io.jrados.rbd.lock;

import io.jrados.cls.LockCalls;
import io.jrados.conf.Environment;
import io.jrados.conf.Loop;
import io.jrados.error.ClosedException;
import io.jrados.error.DeadlineException;
import io.jrados.error.Errno;
import io.jrados.error.Explanation;
import io.jrados.error.FencedException;
import io.jrados.error.OutcomeUnknownException;
import io.jrados.error.RadosException;
import io.jrados.error.Stage;
import io.jrados.error.Waiting;
import io.jrados.osd.op.WriteOperation;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One image's exclusive lock, as this client has it or not (src/librbd/ManagedLock.cc, src/librbd/ExclusiveLock.cc).
 *
 * <pre>
 *   UNLOCKED ── somebody wants it ──► ACQUIRING ── taken ──► OPENING ──► OWNED ── asked for, or closed ──► RELEASING
 *      ▲ ▲                             ▲    │ alive owner                 │ lock lost                          │  ▲ │ not
 *      │ └── refused, or too long ── WAITING ◄┘                           └──► RELEASING ──────────────────────┤  └─┘ sure
 *      └───────────────────────────────────────────────────────────────────────────────────────────────────────┘
 *   fenced, or closed ──► ENDED
 * </pre>
 *
 * <p>A lock that could not be given back stays this client's: it goes on answering for it and tries again, until the
 * cluster says that the lock is gone. Everything happens on one loop; futures complete there.
 */
public final class ManagedLock {
    private static final Logger LOG = LoggerFactory.getLogger(ManagedLock.class);

    /** Between an attempt that failed and the next. */
    private static final Duration RETRY = Duration.ofSeconds(1);

    enum State {
        UNLOCKED,
        ACQUIRING,
        OPENING,
        WAITING,
        OWNED,
        RELEASING,
        ENDED
    }

    private final Loop loop;
    private final Environment environment;
    private final OwnerRequests peers;
    private final LockedImage image;
    private volatile LockPolicy policy;
    private volatile State state = State.UNLOCKED;
    /** The time at which it came into this state, or, while it is waited for, began to be, by the wall clock. */
    private volatile long enteredMillis;

    private volatile boolean owned;
    private volatile @Nullable RadosException ended;

    /** The reason why the lock is still on the header although this has ended. */
    private volatile @Nullable RadosException leftBehind;

    // The rest belongs to the loop.
    private final LockWaiters waiters = new LockWaiters();
    private final HeldLock held;
    private final KeptCookie cookie;
    private final AskOwner asking;
    private boolean toRelease;
    private boolean closing;
    private volatile boolean unlocking;
    private final CompletableFuture<Void> over = new CompletableFuture<>();
    private Loop.@Nullable Timer next;

    /** @param environment for the wall clock */
    ManagedLock(
            Loop loop,
            Environment environment,
            LockRequests requests,
            OwnerRequests peers,
            LockedImage image,
            LockSettings settings) {
        this.loop = loop;
        this.environment = environment;
        this.enteredMillis = environment.wallClockMillis();
        this.held = new HeldLock(requests);
        this.peers = peers;
        this.image = image;
        this.cookie = new KeptCookie(loop, held, image, new OfThis());
        this.asking = new AskOwner(loop, peers::requestLockAsync, settings, new ForOwner());
        this.policy = settings.policy();
    }

    /** Whether this client has the lock, has opened what hangs on it, and has not begun to give it away. */
    public boolean isOwned() {
        return owned;
    }

    /** Makes what follows in an operation on the header be done only as long as this client has the lock. */
    public void assertOwned(WriteOperation operation) {
        LockCalls.assertLocked(HeaderLock.with(held.cookie())).addTo(operation);
    }

    public LockPolicy policy() {
        return policy;
    }

    public void policy(LockPolicy other) {
        policy = other;
    }

    State state() {
        return state;
    }

    /** Whether this client has the lock on the header, or may have it. */
    boolean mayBeHeld() {
        return !held.isFree();
    }

    /** Completes when the lock is never taken again, and given back unless this client is fenced or closed. */
    CompletableFuture<Void> overAsync() {
        return over.copy();
    }

    /**
     * Whether this client is the one to answer requests to the owner: it may be on the way to or from {@link #isOwned}.
     */
    boolean answersForOwner() {
        State now = state;
        return now == State.OPENING || now == State.OWNED || now == State.RELEASING;
    }

    private <T> CompletableFuture<T> onLoop(Consumer<CompletableFuture<T>> action) {
        CompletableFuture<T> done = new CompletableFuture<>();
        execute(done, () -> {
            RadosException why = ended;
            if (why == null) {
                action.accept(done);
            } else {
                done.completeExceptionally(why);
            }
        });
        return done;
    }

    /** A client that is closed has no loop any more. */
    private void execute(CompletableFuture<?> done, Runnable task) {
        try {
            loop.execute(task);
        } catch (RejectedExecutionException closed) {
            done.completeExceptionally(new ClosedException(
                    "using the lock of image " + image.spec() + ", whose client is closed", closed));
        }
    }

    /**
     * Takes the lock, asking its owner for it. EROFS if the owner keeps it, ETIMEDOUT if it says nothing for long,
     * EBLOCKLISTED when fenced, {@link ClosedException} when closed.
     */
    public CompletableFuture<Void> acquireAsync() {
        return onLoop(done -> {
            if (state == State.OWNED) {
                done.complete(null);
                return;
            }
            waiters.acquirer(done);
            if (state == State.UNLOCKED) {
                attempt();
            }
        });
    }

    /** Takes the lock if nobody alive has it, else says no. */
    public CompletableFuture<Boolean> tryAcquireAsync() {
        return onLoop(done -> {
            if (state == State.OWNED || state == State.WAITING) {
                done.complete(state == State.OWNED);
                return;
            }
            waiters.trier(done);
            if (state == State.UNLOCKED) {
                attempt();
            }
        });
    }

    /**
     * Gives the lock away if this client has it, or is just taking it. Fails when an attempt has failed: the lock is
     * still this client's then, or may be, and further attempts follow.
     */
    public CompletableFuture<Void> releaseAsync() {
        return onLoop(done -> {
            if (state == State.UNLOCKED || state == State.WAITING) {
                done.complete(null);
                return;
            }
            waiters.releaser(done);
            release();
        });
    }

    /**
     * Gives the lock away, and never takes it again. Fails when an attempt has failed; further attempts follow, and
     * another call tells of the next.
     */
    public CompletableFuture<Void> closeAsync() {
        CompletableFuture<Void> done = new CompletableFuture<>();
        if (over.isDone()) {
            tell(done, leftBehind);
            return done;
        }
        execute(done, () -> {
            if (state == State.ENDED) {
                tell(done, leftBehind);
                return;
            }
            closing = true;
            waiters.closer(done);
            settle();
        });
        return done;
    }

    private static void tell(CompletableFuture<Void> done, @Nullable RadosException failed) {
        if (failed == null) {
            done.complete(null);
        } else {
            done.completeExceptionally(failed);
        }
    }

    // ---- explanations

    /** Returns a clause that says what keeps this client from having the lock. Any thread. */
    public String obstacle() {
        String other = held.obstacle();
        return switch (state) {
            case UNLOCKED -> "this client does not have it" + (other.isEmpty() ? "" : ", " + other);
            case ACQUIRING -> other.isEmpty() ? "this client is taking it" : other;
            case WAITING -> other + ", and " + asking.state();
            case OPENING -> "this client has taken it and opens the object map";
            case OWNED -> "this client has it";
            case RELEASING ->
                unlocking
                        ? "this client is giving it back, and the cluster has not said that it is gone"
                        : "this client is giving it back, and waits for its writes and verbs";
            case ENDED -> "this client does not take it any more";
        };
    }

    /** Adds those who wait for the lock, or for its end. On the loop. */
    void explain(Explanation.Builder all) {
        if (waiters.isWanted()) {
            add("taking the lock of image ", all);
        }
        if (state == State.RELEASING && !held.isFree()) {
            add("giving away the lock of image ", all);
        }
    }

    private void add(String doing, Explanation.Builder all) {
        all.add(() -> new Waiting(doing + image.spec(), Stage.LOCK, Instant.ofEpochMilli(enteredMillis), obstacle()));
    }

    // ---- what others do

    /** Somebody asks for the lock; what the owner answers. */
    int requested() {
        if (policy == LockPolicy.AUTOMATIC) {
            loop.execute(this::release);
        }
        return policy.answer();
    }

    /** Somebody has taken the lock, or given it away. */
    void ownerChanged() {
        loop.execute(() -> {
            if (state == State.WAITING) {
                attempt();
            }
        });
    }

    /** The header is watched again after the watch was lost. */
    void watched(long newHandle) {
        loop.execute(() -> cookie.follow(newHandle));
    }

    /** This client can do nothing in this cluster any more. */
    void fenced(RadosException why) {
        loop.execute(() -> end(Failures.forGood("writing to image " + image.spec(), why)));
    }

    // ---- taking

    /**
     * Waits for the answer about the last lock's cookie, which would otherwise count for the next lock.
     */
    private void attempt() {
        enter(State.ACQUIRING);
        cookie.settledAsync()
                .thenCompose(settled -> peers.watchAsync())
                .thenCompose(watch -> held.take(watch).thenApply(taken -> new Taken(watch, taken)))
                .whenComplete((taken, failed) -> loop.execute(() -> attempted(taken, failed)));
    }

    private record Taken(long watch, boolean isOurs) {}

    private void attempted(@Nullable Taken taken, @Nullable Throwable failed) {
        if (state != State.ACQUIRING) {
            return;
        }
        if (failed != null || taken == null) {
            giveUp(failed);
        } else if (taken.isOurs) {
            cookie.takenWith(taken.watch);
            enter(State.OPENING);
            image.acquired().whenComplete((opened, why) -> loop.execute(() -> opened(why)));
        } else {
            waiters.triedInVain();
            enter(waiters.hasAcquirers() ? State.WAITING : State.UNLOCKED);
            if (state == State.WAITING) {
                asking.begin();
            }
            settle();
        }
    }

    private void opened(@Nullable Throwable failed) {
        if (state != State.OPENING) {
            return;
        }
        if (failed != null) {
            giveUp(failed);
            return;
        }
        enter(State.OWNED);
        asking.end();
        owned = true;
        image.ownershipChanged();
        peers.announceAsync(NotifyOp.ACQUIRED_LOCK);
        waiters.taken();
        peers.watchAsync().whenComplete((watch, why) -> {
            if (why == null) {
                watched(watch);
            }
        });
        settle();
    }

    /** Takes off again what may be on the header by now, before anything else is tried. */
    private void giveUp(@Nullable Throwable failed) {
        RadosException why = Failures.of(
                failed == null ? new IllegalStateException() : failed, "taking the lock of " + image.spec());
        if (Failures.isFinal(why)) {
            fenced(why);
            return;
        }
        RadosException told = notTaken(why);
        if (held.isFree()) {
            refuse(told);
        } else {
            enter(State.RELEASING);
            asking.end();
            waiters.refused(told);
            unlock();
        }
    }

    /**
     * Returns the failure of an attempt; what is in doubt of it is taken back, and is nothing that its caller could
     * finish.
     */
    private RadosException notTaken(RadosException why) {
        return why instanceof OutcomeUnknownException late
                ? new DeadlineException(
                        "taking the lock of image " + image.spec() + ": " + late.doing(), late.sent(), late)
                : why;
    }

    // ---- waiting for the owner

    private final class ForOwner implements AskOwner.Asking {
        @Override
        public boolean isWaiting() {
            return state == State.WAITING;
        }

        @Override
        public void tryAgain() {
            attempt();
        }

        @Override
        public void ownerKeepsIt() {
            refuse(new RadosException(
                    Errno.EROFS,
                    "asking for the lock of image " + image.spec() + ", which its owner keeps: " + held.obstacle()));
        }

        @Override
        public void ownerIsSilent() {
            settle();
        }

        @Override
        public void isFinal(RadosException why) {
            fenced(why);
        }
    }

    /** The lock is not waited for any more. */
    private void refuse(RadosException why) {
        enter(State.UNLOCKED);
        asking.end();
        waiters.refused(why);
        settle();
    }

    // ---- giving it away

    private void release() {
        switch (state) {
            case OWNED -> giveAway();
            case ACQUIRING, OPENING -> toRelease = true;
            default -> {}
        }
    }

    private void giveAway() {
        enter(State.RELEASING);
        unlocking = false;
        image.release(this::unlockEmptied).whenComplete((released, failed) -> loop.execute(() -> emptied(failed)));
    }

    /** Nobody writes any more. */
    private CompletableFuture<Void> unlockEmptied() {
        unlocking = true;
        owned = false;
        image.ownershipChanged();
        return held.giveBack();
    }

    private void emptied(@Nullable Throwable failed) {
        if (state != State.RELEASING) {
            return;
        }
        if (unlocking) {
            if (failed != null && held.isFree() && !Failures.isFinal(failed)) {
                LOG.warn(
                        "giving away the lock of {}: {}",
                        image.spec(),
                        Failures.of(failed).getMessage());
            }
            unlocked(held.isFree() ? null : failed);
            return;
        }
        RadosException why = Failures.of(
                failed == null ? new IllegalStateException() : failed, "giving away the lock of image " + image.spec());
        if (Failures.isFinal(why)) {
            fenced(why);
        } else if (owned) {
            enter(State.OWNED);
            toRelease = true;
            kept(why);
        } else {
            unlock();
        }
    }

    /**
     * Unlocks; a request that was made once may be done at any time, so nothing is written before the cluster has done
     * it.
     */
    private void unlock() {
        unlocking = true;
        held.giveBack().whenComplete((unlocked, failed) -> loop.execute(() -> unlocked(failed)));
    }

    private void unlocked(@Nullable Throwable failed) {
        if (state != State.RELEASING) {
            return;
        }
        if (failed != null) {
            RadosException why = Failures.of(failed, "giving away the lock of " + image.spec());
            if (Failures.isFinal(why)) {
                fenced(why);
            } else {
                kept(why);
            }
        } else if (!held.isFree()) {
            unlock();
        } else {
            released();
        }
    }

    /** The lock is still this client's: whoever waits for the attempt is told, and another follows. */
    private void kept(RadosException why) {
        LOG.warn("the lock of {} could not be given away and is kept: {}", image.spec(), why.getMessage());
        RadosException told = new RadosException(
                why.errno(),
                "giving away the lock of image " + image.spec()
                        + ", which this client keeps, and gives away as soon as it can",
                why);
        if (state == State.RELEASING) {
            waiters.refused(told);
        }
        State waiting = state;
        next = loop.schedule(RETRY, () -> {
            if (state == waiting) {
                tryToRelease();
            }
        });
        waiters.kept(told);
    }

    private void tryToRelease() {
        if (state == State.RELEASING) {
            unlock();
        } else {
            settle();
        }
    }

    private void released() {
        if (owned) {
            owned = false;
            image.ownershipChanged();
        }
        waiters.givenBack();
        peers.announceAsync(NotifyOp.RELEASED_LOCK)
                .whenComplete((told, ignored) -> loop.execute(() -> {
                    if (state == State.RELEASING) {
                        enter(State.UNLOCKED);
                        settle();
                    }
                }));
    }

    // ---- losing it

    /** This lock, as its cookie sees it. */
    private final class OfThis implements KeptCookie.Owner {
        @Override
        public boolean keeps() {
            return state == State.OWNED || state == State.RELEASING && !unlocking;
        }

        @Override
        public void moved() {
            peers.announceAsync(NotifyOp.ACQUIRED_LOCK);
        }

        /** Nothing is written any more before the lock is taken anew. */
        @Override
        public void lost() {
            if (!keeps()) {
                return; // it was given back while its cookie was being changed
            }
            LOG.warn("the lock of {} is lost: somebody has broken it", image.spec());
            if (state == State.OWNED) {
                owned = false;
                image.lost();
                image.ownershipChanged();
                giveAway();
            }
        }

        @Override
        public void fenced(RadosException why) {
            ManagedLock.this.fenced(why);
        }
    }

    // ---- from one state to another

    private void enter(State to) {
        // the attempts in between are part of the wait
        if (!isWait(state) || !isWait(to)) {
            enteredMillis = environment.wallClockMillis();
        }
        state = to;
        asking.pause();
        if (next != null) {
            next.cancel();
            next = null;
        }
    }

    private static boolean isWait(State one) {
        return one == State.ACQUIRING || one == State.WAITING;
    }

    /** Does what has been asked for meanwhile. */
    private void settle() {
        boolean resting = state == State.UNLOCKED || state == State.WAITING;
        if (resting) {
            waiters.givenBack();
            toRelease = false;
        }
        if (closing && resting) {
            end(new ClosedException("taking the lock of image " + image.spec()));
        } else if (state == State.OWNED && (toRelease || closing)) {
            toRelease = false;
            release();
        } else if (asking.isSilent() && state == State.WAITING) {
            refuse(new DeadlineException(
                    "waiting for the lock of image " + image.spec() + ", whose owner says nothing: " + obstacle(),
                    DeadlineException.Sent.NEVER_SENT,
                    null));
        } else if (state == State.UNLOCKED && waiters.isWanted()) {
            attempt();
        }
    }

    private void end(RadosException why) {
        if (state == State.ENDED) {
            return;
        }
        enter(State.ENDED);
        ended = why;
        owned = false;
        if (!held.isFree() && !(why instanceof FencedException)) {
            leftBehind = new ClosedException(
                    "giving away the lock of image " + image.spec()
                            + ", which this client still had when it was closed: the next client breaks it",
                    why);
        }
        held.forget();
        image.ownershipChanged();
        asking.end();
        waiters.refused(why);
        if (why instanceof FencedException) {
            image.fenced(why);
        }
        waiters.ended(leftBehind);
        over.complete(null);
    }
}
