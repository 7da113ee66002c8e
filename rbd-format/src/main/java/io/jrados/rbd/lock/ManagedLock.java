package io.jrados.rbd.lock;

import io.jrados.cls.LockCalls;
import io.jrados.conf.Loop;
import io.jrados.error.ClosedException;
import io.jrados.error.DeadlineException;
import io.jrados.error.Errno;
import io.jrados.error.FencedException;
import io.jrados.error.RadosException;
import io.jrados.osd.op.WriteOperation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One image's exclusive lock, as this client has it or not (src/librbd/ManagedLock.cc, src/librbd/ExclusiveLock.cc).
 *
 * <pre>
 *   UNLOCKED ── somebody wants it ──► ACQUIRING ── taken ──► OPENING ──► OWNED ── asked for, or closed ──► RELEASING
 *      ▲ ▲                             ▲    │ alive owner                 │ lock lost                          │
 *      │ └── refused, or too long ── WAITING ◄┘                           └──► RELEASING ──────────────────────┤
 *      └───────────────────────────────────────────────────────────────────────────────────────────────────────┘
 *   fenced, or closed ──► ENDED
 * </pre>
 *
 * <p>Everything happens on one loop; futures complete there.
 */
public final class ManagedLock {
    private static final Logger LOG = LoggerFactory.getLogger(ManagedLock.class);

    /** Between two requests when the first could not be made, and before a lock is tried that no owner answers for. */
    private static final Duration RETRY = Duration.ofSeconds(1);

    private static final Duration NO_OWNER_RETRY = Duration.ofMillis(100);

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
    private final LockRequests requests;
    private final OwnerRequests peers;
    private final LockedImage image;
    private final LockSettings settings;
    private volatile LockPolicy policy;
    private volatile State state = State.UNLOCKED;
    private volatile boolean owned;
    private volatile @Nullable RadosException ended;

    // The rest belongs to the loop.
    private final List<CompletableFuture<Void>> acquirers = new ArrayList<>();
    private final List<CompletableFuture<Boolean>> triers = new ArrayList<>();
    private final List<CompletableFuture<Void>> releasers = new ArrayList<>();
    private volatile String cookie = "";
    private long handle;
    private boolean reacquiring;
    private boolean toRelease;
    private boolean silent;
    private int round;
    private Loop.@Nullable Timer next;
    private Loop.@Nullable Timer silence;
    private @Nullable CompletableFuture<Void> closing;

    ManagedLock(Loop loop, LockRequests requests, OwnerRequests peers, LockedImage image, LockSettings settings) {
        this.loop = loop;
        this.requests = requests;
        this.peers = peers;
        this.image = image;
        this.settings = settings;
        this.policy = settings.policy();
    }

    /** Whether this client has the lock, has opened what hangs on it, and has not begun to give it away. */
    public boolean isOwned() {
        return owned;
    }

    /** Makes what follows in an operation on the header be done only as long as this client has the lock. */
    public void assertOwned(WriteOperation operation) {
        LockCalls.assertLocked(HeaderLock.with(cookie)).addTo(operation);
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

    /** Whether this client is the one to answer requests to the owner: it may be on the way to or from {@link #isOwned}. */
    boolean answersForOwner() {
        State now = state;
        return now == State.OPENING || now == State.OWNED || now == State.RELEASING;
    }

    private <T> CompletableFuture<T> onLoop(Consumer<CompletableFuture<T>> action) {
        CompletableFuture<T> done = new CompletableFuture<>();
        loop.execute(() -> {
            RadosException why = ended;
            if (why == null) {
                action.accept(done);
            } else {
                done.completeExceptionally(why);
            }
        });
        return done;
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
            acquirers.add(done);
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
            triers.add(done);
            if (state == State.UNLOCKED) {
                attempt();
            }
        });
    }

    /** Gives the lock away if this client has it, or is just taking it. */
    public CompletableFuture<Void> releaseAsync() {
        return onLoop(done -> {
            if (state == State.UNLOCKED || state == State.WAITING) {
                done.complete(null);
                return;
            }
            releasers.add(done);
            release();
        });
    }

    /** Gives the lock away, and never takes it again. */
    public CompletableFuture<Void> closeAsync() {
        CompletableFuture<Void> done = new CompletableFuture<>();
        loop.execute(() -> {
            if (state == State.ENDED) {
                done.complete(null);
            } else if (closing == null) {
                closing = done;
                settle();
            } else {
                closing.whenComplete((closed, failed) -> done.complete(null));
            }
        });
        return done;
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
        loop.execute(() -> reacquire(newHandle));
    }

    /** This client can do nothing in this cluster any more. */
    void fenced(RadosException why) {
        loop.execute(() -> end(Failures.forGood("writing to image " + image.spec(), why)));
    }

    // ---- taking

    private void attempt() {
        enter(State.ACQUIRING);
        peers.watchAsync()
                .thenCompose(watch -> new TakeLock(requests, LockOwner.cookieOf(watch))
                        .start()
                        .thenApply(taken -> new Taken(watch, taken)))
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
            handle = taken.watch;
            cookie = LockOwner.cookieOf(handle);
            enter(State.OPENING);
            image.acquired().whenComplete((opened, why) -> loop.execute(() -> opened(why)));
        } else {
            triers.forEach(trier -> trier.complete(false));
            triers.clear();
            if (acquirers.isEmpty()) {
                enter(State.UNLOCKED);
                settle();
            } else {
                enter(State.WAITING);
                watchSilence();
                request();
                settle();
            }
        }
    }

    private void opened(@Nullable Throwable failed) {
        if (state != State.OPENING) {
            return;
        }
        if (failed != null) {
            requests.unlock(cookie).whenComplete((unlocked, also) -> loop.execute(() -> giveUp(failed)));
            return;
        }
        enter(State.OWNED);
        silent = false;
        stopSilence();
        owned = true;
        image.ownershipChanged();
        peers.announceAsync(NotifyOp.ACQUIRED_LOCK);
        acquirers.forEach(acquirer -> acquirer.complete(null));
        acquirers.clear();
        triers.forEach(trier -> trier.complete(true));
        triers.clear();
        peers.watchAsync().whenComplete((watch, why) -> {
            if (why == null) {
                watched(watch);
            }
        });
        settle();
    }

    private void giveUp(@Nullable Throwable failed) {
        RadosException why = Failures.of(
                failed == null ? new IllegalStateException() : failed, "taking the lock of " + image.spec());
        if (Failures.isFinal(why)) {
            fenced(why);
            return;
        }
        enter(State.UNLOCKED);
        refuse(why);
        settle();
    }

    private void refuse(RadosException why) {
        stopSilence();
        List<CompletableFuture<?>> refused = new ArrayList<>(acquirers);
        refused.addAll(triers);
        acquirers.clear();
        triers.clear();
        refused.forEach(one -> one.completeExceptionally(why));
    }

    // ---- waiting for the owner

    private void request() {
        int mine = ++round;
        peers.requestLockAsync()
                .whenComplete((answer, failed) -> loop.execute(() -> {
                    if (state == State.WAITING && round == mine) {
                        answered(answer, failed);
                    }
                }));
    }

    /** An owner that is not there may be dead; one that agrees must be asked again if nothing happens. */
    private void answered(@Nullable Integer answer, @Nullable Throwable failed) {
        if (failed != null || answer == null) {
            if (failed != null && Failures.isFinal(failed)) {
                fenced(Failures.of(failed, "asking for the lock of " + image.spec()));
            } else {
                after(RETRY, this::request);
            }
        } else if (answer == 0) {
            watchSilence();
            after(settings.resendAfter(), this::request);
        } else if (answer == -Errno.EROFS.number()) {
            enter(State.UNLOCKED);
            refuse(new RadosException(
                    Errno.EROFS, "asking for the lock of image " + image.spec() + ", which its owner keeps"));
            settle();
        } else if (answer == -Errno.ETIMEDOUT.number()) {
            after(NO_OWNER_RETRY, this::attempt);
        } else {
            after(RETRY, this::request);
        }
    }

    private void after(Duration delay, Runnable step) {
        next = loop.schedule(delay, () -> {
            if (state == State.WAITING) {
                step.run();
            }
        });
    }

    private void watchSilence() {
        stopSilence();
        silent = false;
        silence = loop.schedule(settings.silentFor(), () -> {
            silent = true;
            settle();
        });
    }

    private void stopSilence() {
        if (silence != null) {
            silence.cancel();
            silence = null;
        }
    }

    // ---- giving it away

    private void release() {
        switch (state) {
            case OWNED -> giveAway(() -> requests.unlock(cookie));
            case ACQUIRING, OPENING -> toRelease = true;
            default -> {}
        }
    }

    private void giveAway(Supplier<CompletableFuture<Void>> unlock) {
        enter(State.RELEASING);
        image.release(() -> {
                    owned = false;
                    image.ownershipChanged();
                    return unlock.get();
                })
                .whenComplete((released, failed) -> loop.execute(() -> released(failed)));
    }

    private void released(@Nullable Throwable failed) {
        if (state != State.RELEASING) {
            return;
        }
        if (owned) {
            owned = false;
            image.ownershipChanged();
        }
        if (failed != null) {
            RadosException why = Failures.of(failed, "giving away the lock of " + image.spec());
            if (Failures.isFinal(why)) {
                fenced(why);
                return;
            }
            LOG.warn("giving away the lock of {}: {}", image.spec(), why.getMessage());
        }
        releasers.forEach(releaser -> releaser.complete(null));
        releasers.clear();
        peers.announceAsync(NotifyOp.RELEASED_LOCK)
                .whenComplete((told, ignored) -> loop.execute(() -> {
                    if (state == State.RELEASING) {
                        enter(State.UNLOCKED);
                        settle();
                    }
                }));
    }

    // ---- losing it

    private void reacquire(long newHandle) {
        if (newHandle != 0) {
            handle = newHandle;
        }
        String wanted = LockOwner.cookieOf(handle);
        if (state != State.OWNED || reacquiring || wanted.equals(cookie)) {
            return;
        }
        reacquiring = true;
        requests.setCookie(cookie, wanted)
                .whenComplete((done, failed) -> loop.execute(() -> {
                    reacquiring = false;
                    if (failed == null) {
                        cookie = wanted;
                        peers.announceAsync(NotifyOp.ACQUIRED_LOCK);
                        reacquire(handle);
                    } else {
                        lost(Failures.of(failed, "keeping the lock of " + image.spec()));
                    }
                }));
    }

    /** Somebody has broken the lock: nothing is written any more before it is taken anew. */
    private void lost(RadosException why) {
        if (Failures.isFinal(why)) {
            fenced(why);
        } else if (state == State.OWNED) {
            LOG.warn("the lock of {} is lost: {}", image.spec(), why.getMessage());
            owned = false;
            image.ownershipChanged();
            String lost = cookie;
            giveAway(() -> requests.unlock(lost).exceptionally(gone -> null));
        }
    }

    // ---- from one state to another

    private void enter(State to) {
        state = to;
        if (next != null) {
            next.cancel();
            next = null;
        }
    }

    /** What has been asked for meanwhile is done now. */
    private void settle() {
        boolean resting = state == State.UNLOCKED || state == State.WAITING;
        if (resting) {
            releasers.forEach(releaser -> releaser.complete(null));
            releasers.clear();
            toRelease = false;
        }
        if (closing != null && resting) {
            end(new ClosedException("taking the lock of image " + image.spec()));
        } else if (state == State.OWNED && (toRelease || closing != null)) {
            toRelease = false;
            release();
        } else if (silent && state == State.WAITING) {
            silent = false;
            enter(State.UNLOCKED);
            refuse(new DeadlineException(
                    "waiting for the lock of image " + image.spec() + ", whose owner says nothing",
                    DeadlineException.Sent.NEVER_SENT,
                    null));
        } else if (state == State.UNLOCKED && !(acquirers.isEmpty() && triers.isEmpty())) {
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
        image.ownershipChanged();
        refuse(why);
        releasers.forEach(releaser -> releaser.complete(null));
        releasers.clear();
        if (why instanceof FencedException) {
            image.fenced(why);
        }
        if (closing != null) {
            closing.complete(null);
        }
    }
}
