package io.jrados.rbd.lock;

import io.jrados.conf.Loop;
import io.jrados.error.ClosedException;
import io.jrados.error.Errno;
import io.jrados.error.Explanation;
import io.jrados.error.RadosException;
import io.jrados.rados.Pool;
import io.jrados.rbd.model.Progress;
import io.jrados.rbd.model.QuiesceHook;
import io.jrados.wire.Encoder;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One image open for writing, among the other clients that have it open (src/librbd/ImageWatcher.cc): hears and answers
 * what they notify, notifies them, and has the image's lock.
 */
public final class Peers {
    private static final Logger LOG = LoggerFactory.getLogger(Peers.class);
    private static final byte[] ACKNOWLEDGED = {};

    private final Pool pool;
    private final String header;
    private final ClientLocks locks;
    private final LockedImage image;
    private final LockSettings settings;
    private final Loop loop;
    private final HeaderWatch watch;
    private final Notifier notifier;
    private final HeaderLock requests;
    private final ManagedLock lock;
    private final RemoteRequests remote;
    private final ServedRequests served;
    private final QuiesceHooks hooks;
    private final List<Runnable> updateWatchers = new CopyOnWriteArrayList<>();
    private final AtomicLong numbers = new AtomicLong();
    private final AtomicBoolean leaving = new AtomicBoolean();
    private final CompletableFuture<Void> gone = new CompletableFuture<>();
    private final AtomicReference<ClientId> owner = new AtomicReference<>(ClientId.NONE);

    /**
     * @param verbs what this client does for the others while it has the lock
     * @param worker runs what may block
     */
    public Peers(Pool pool, String header, LockedImage image, LockSettings settings, Verbs verbs, Executor worker) {
        this.pool = pool;
        this.header = header;
        this.locks = ClientLocks.of(pool.rados());
        this.image = image;
        this.settings = settings;
        this.loop = pool.rados().loop();
        this.notifier = new Notifier(pool, header);
        this.watch = new HeaderWatch(pool, header, loop, new Heard());
        this.requests = new HeaderLock(pool, header, settings);
        this.lock = new ManagedLock(loop, pool.rados().environment(), requests, new Told(), image, settings);
        this.remote = new RemoteRequests(
                loop, pool.rados().environment(), settings.requestTimeout(), notifier::askOwnerAsync);
        this.served = new ServedRequests(verbs, this::tell);
        this.hooks = new QuiesceHooks(loop, worker);
    }

    public ManagedLock lock() {
        return lock;
    }

    /** Whether this client has the lock on the header, or may have it, by this image. */
    public boolean isLockHeld() {
        return lock.mayBeHeld();
    }

    /** Watches the header, if it is not watched. */
    public CompletableFuture<Void> watchAsync() {
        return watch.ensureAsync().thenAccept(handle -> {});
    }

    /** The cookie that the cluster knows this image's watch by; 0 while there is none. */
    public long watchHandle() {
        return watch.handle();
    }

    /**
     * The image is closed here: from now on its lock and its watch are the client's affair, which goes on until both
     * are given up, or until it closes itself.
     */
    public void leave() {
        if (leaving.compareAndSet(false, true)) {
            lock.policy(LockPolicy.AUTOMATIC);
            Left left = new Left();
            locks.add(left);
            lock.overAsync()
                    .thenCompose(over -> {
                        remote.close();
                        return watch.closeAsync();
                    })
                    .whenComplete((ended, failed) -> {
                        locks.remove(left);
                        if (failed == null) {
                            gone.complete(null);
                        } else {
                            gone.completeExceptionally(failed);
                        }
                    });
        }
    }

    /**
     * Gives the lock away and ends the watch, in this order: while this client has the lock, a watch must show that it
     * is alive, or the next client fences it. Fails when an attempt has failed; others follow, and another call tells
     * of them.
     */
    public CompletableFuture<Void> closeAsync() {
        leave();
        return lock.closeAsync().thenCompose(released -> gone.copy());
    }

    /** An image that was closed here. */
    private final class Left implements ClientLocks.Leaving {
        @Override
        public ClientLocks.Place place() {
            return ClientLocks.Place.of(pool, header);
        }

        @Override
        public String spec() {
            return image.spec();
        }

        @Override
        public boolean mayHaveLock() {
            return lock.mayBeHeld();
        }

        @Override
        public CompletableFuture<Void> leftAsync() {
            return closeAsync();
        }

        @Override
        public void abandon() {
            lock.fenced(new ClosedException("closing image " + image.spec()));
        }
    }

    /** Completes when the image was closed here and the lock and the watch are given up, or cannot be. */
    public CompletableFuture<Void> goneAsync() {
        return gone.copy();
    }

    /** Adds what waits for the lock, and for its owner. On the client's loop. */
    public void explain(Explanation.Builder all) {
        lock.explain(all);
        remote.explain(image.spec(), all);
    }

    private ClientId self() {
        return new ClientId(pool.rados().instanceId(), watch.handle());
    }

    // ---- telling the others

    /** A new number for a request, which it keeps however often it is made. */
    public CompletableFuture<RequestId> newRequestAsync() {
        return watch.ensureAsync()
                .thenApply(handle ->
                        new RequestId(new ClientId(pool.rados().instanceId(), handle), numbers.incrementAndGet()));
    }

    /** Asks the lock's owner for a verb, once; EOPNOTSUPP if the owner does not know it. */
    public CompletableFuture<RemoteRequests.End> askOwnerAsync(RequestId id, NotifyMessage request, Progress progress) {
        return remote.askAsync(id, request, progress);
    }

    /** Asks everybody to hold still for a snapshot. Fails if anybody refuses, or does not manage in time. */
    public CompletableFuture<Void> quiesceAsync(RequestId id) {
        return quiesce(id, settings.quiesceAttempts());
    }

    private CompletableFuture<Void> quiesce(RequestId id, int attempts) {
        String doing = "asking the clients of image " + image.spec() + " to hold still";
        return notifier.notifyAsync(new NotifyMessage.Request(NotifyOp.QUIESCE, id))
                .thenCompose(answers -> {
                    Optional<Integer> refused = answers.results().stream()
                            .filter(result -> result < 0 && result != -Errno.EOPNOTSUPP.number())
                            .findFirst();
                    if (refused.isPresent()) {
                        return CompletableFuture.failedFuture(RadosException.of(refused.get(), doing));
                    }
                    if (answers.complete()) {
                        return CompletableFuture.completedFuture(null);
                    }
                    return attempts > 1
                            ? quiesce(id, attempts - 1)
                            : CompletableFuture.failedFuture(RadosException.of(Errno.ETIMEDOUT, doing));
                });
    }

    /** Tells everybody to go on. */
    public CompletableFuture<Void> unquiesceAsync(RequestId id) {
        return tell(new NotifyMessage.Request(NotifyOp.UNQUIESCE, id)).handle((told, unheard) -> null);
    }

    /** Tells everybody; fails with ETIMEDOUT if not all have heard of it. */
    private CompletableFuture<Void> tell(NotifyMessage message) {
        return notifier.notifyAsync(message)
                .thenCompose(answers -> answers.complete()
                        ? CompletableFuture.completedFuture(null)
                        : CompletableFuture.failedFuture(
                                RadosException.of(Errno.ETIMEDOUT, "telling the clients of image " + image.spec())));
    }

    /** Completes after a while. */
    public CompletableFuture<Void> pauseAsync(Duration pause) {
        CompletableFuture<Void> over = new CompletableFuture<>();
        loop.schedule(pause, () -> over.complete(null));
        return over;
    }

    // ---- who listens here

    public void addQuiesceHook(QuiesceHook hook) {
        hooks.add(hook);
    }

    public void removeQuiesceHook(QuiesceHook hook) {
        hooks.remove(hook);
    }

    /** Called each time when the header has changed; may block, but not for long: whoever changed it waits. */
    public void addUpdateWatcher(Runnable watcher) {
        updateWatchers.add(watcher);
    }

    public void removeUpdateWatcher(Runnable watcher) {
        updateWatchers.remove(watcher);
    }

    // ---- who has the lock

    /** Takes the lock from an owner, alive or not, who is fenced before if the settings say so. */
    public CompletableFuture<Void> breakLockAsync(LockOwner dead) {
        return TakeLock.breakLock(requests, dead).thenRun(() -> {
            owner.set(ClientId.NONE);
            lock.ownerChanged();
        });
    }

    /** The receiver of the others' notifications. */
    private final class Heard implements HeaderWatch.Listener {
        @Override
        public byte[] notified(NotifyMessage message) {
            return leaving.get() ? asItLeaves(message) : heard(message);
        }

        /** Nobody here answers for the image any more; its last writes and its lock still hear of the others. */
        private byte[] asItLeaves(NotifyMessage message) {
            if (message instanceof NotifyMessage.HeaderUpdate) {
                image.headerChanged();
                return answer(0);
            }
            boolean ofLock = message instanceof NotifyMessage.RequestLock
                    || message instanceof NotifyMessage.LockNotice
                    || message instanceof NotifyMessage.AsyncProgress
                    || message instanceof NotifyMessage.AsyncComplete;
            return ofLock ? heard(message) : ACKNOWLEDGED;
        }

        private byte[] heard(NotifyMessage message) {
            if (message instanceof NotifyMessage.HeaderUpdate) {
                return headerUpdate();
            }
            if (message instanceof NotifyMessage.LockNotice notice) {
                return lockNotice(notice);
            }
            if (message instanceof NotifyMessage.RequestLock request) {
                return request.client().equals(self()) || !lock.answersForOwner()
                        ? ACKNOWLEDGED
                        : answer(lock.requested());
            }
            if (message instanceof NotifyMessage.AsyncProgress progress) {
                remote.progressed(progress.request(), progress.offset(), progress.total());
                return ACKNOWLEDGED;
            }
            if (message instanceof NotifyMessage.AsyncComplete complete) {
                remote.completed(complete.request(), complete.result());
                return ACKNOWLEDGED;
            }
            if (message instanceof NotifyMessage.Request request && request.op() == NotifyOp.QUIESCE) {
                return answer(hooks.quiesce(request.request()).orElse(-Errno.EOPNOTSUPP.number()));
            }
            if (message instanceof NotifyMessage.Request request && request.op() == NotifyOp.UNQUIESCE) {
                hooks.unquiesce(request.request());
                return ACKNOWLEDGED;
            }
            return verb(message);
        }

        private byte[] headerUpdate() {
            image.headerChanged();
            for (Runnable watcher : updateWatchers) {
                try {
                    watcher.run();
                } catch (RuntimeException bug) {
                    LOG.error("a watcher of {} failed", image.spec(), bug);
                }
            }
            return answer(0);
        }

        private byte[] lockNotice(NotifyMessage.LockNotice notice) {
            boolean acquired = notice.op() == NotifyOp.ACQUIRED_LOCK;
            ClientId before = owner.getAndSet(acquired ? notice.client() : ClientId.NONE);
            boolean sameOwner = acquired && before.equals(notice.client());
            if (!sameOwner && !lock.answersForOwner()) {
                remote.askAgain();
            }
            lock.ownerChanged();
            return ACKNOWLEDGED;
        }

        /**
         * Only the owner answers, and only when it can do it now. Who is told EOPNOTSUPP takes the lock and does it.
         */
        private byte[] verb(NotifyMessage message) {
            if (!lock.isOwned()) {
                return ACKNOWLEDGED;
            }
            Optional<RequestId> id = message.requestId().filter(known -> !known.equals(RequestId.NONE));
            if (id.isEmpty()) {
                return answer(-Errno.EOPNOTSUPP.number());
            }
            return answer(
                    id.get().client().equals(self()) ? -Errno.EOLDSNAPC.number() : served.begin(id.get(), message));
        }

        @Override
        public void lost() {
            image.headerChanged();
        }

        @Override
        public void watchedAgain(long handle) {
            image.headerChanged();
            remote.askAgain(); // the owner may have said how it ended while nobody listened
            lock.watched(handle);
            lock.ownerChanged();
        }

        @Override
        public void fenced(RadosException why) {
            lock.fenced(why);
        }

        private static byte[] answer(int result) {
            return Encoder.bytesOf(new NotifyResponse(result)::encode);
        }
    }

    /** The messages of the lock's machine to the others. */
    private final class Told implements OwnerRequests {
        @Override
        public CompletableFuture<Long> watchAsync() {
            return watch.ensureAsync();
        }

        @Override
        public CompletableFuture<Integer> requestLockAsync() {
            return notifier.askOwnerAsync(new NotifyMessage.RequestLock(self(), false));
        }

        @Override
        public CompletableFuture<Void> announceAsync(NotifyOp lockNotice) {
            return tell(new NotifyMessage.LockNotice(lockNotice, self())).handle((told, unheard) -> null);
        }
    }
}
