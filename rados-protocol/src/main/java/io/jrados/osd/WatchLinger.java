package io.jrados.osd;

import io.jrados.error.Errno;
import io.jrados.error.RadosException;
import io.jrados.message.Op;
import io.jrados.message.OsdFlags;
import io.jrados.message.WatchNotify;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One watch (doc/dev/osd_internals/watch_notify.rst).
 *
 * <pre>
 *   registering ── done ──► registered ── moved, or connection lost ──► reconnecting, a generation later ──► registered
 *                                └────────────── error ──────────────────────┘──► lost: the listener is told
 * </pre>
 */
final class WatchLinger extends Linger {
    private static final Logger LOG = LoggerFactory.getLogger(WatchLinger.class);
    private static final byte[] NO_ANSWER = {};

    /**
     * Notifications that wait for their listener, at most. None is dropped, for its listener would take what it has
     * for the newest: the watch ends, and its listener is told.
     */
    static final int MOST_UNTOLD = 1024;

    /** Bytes of these. */
    static final long MOST_UNTOLD_BYTES = 16 << 20;

    /** A watch takes no space: who wants to delete from a full cluster must not wait for some. */
    private static final int CHANGES = OsdFlags.READ | OsdFlags.WRITE | OsdFlags.FULL_TRY;
    /**
     * An OSD orders a ping with writes (OpInfo::set_from_op, src/osd/osd_op_util.cc), and so drops one that was sent
     * before its pool became full unless it may pass (PrimaryLogPG::do_op).
     */
    private static final int PINGS = OsdFlags.READ | OsdFlags.FULL_TRY;

    /** The surroundings of the watch in the Objecter. */
    interface Owner {
        /** Answers a notification; called on the executor for callbacks. */
        void acknowledge(WatchLinger watch, long notifyId, byte[] answer);

        /** The first registration is done, or failed. */
        void registered(WatchLinger watch, @Nullable RadosException failure);

        long now();

        /** Forget it. */
        void lost(WatchLinger watch);

        /** Has the OSD forget a watch that is over, for it has more notifications than it can keep. */
        void crowded(WatchLinger watch);

        /** A registered watch is lost, and its listener is about to be told. */
        void bereft(WatchLinger watch, RadosException why);
    }

    private final WatchListener listener;
    private final Executor callbacks;
    private final Owner owner;
    private final int timeoutSeconds;
    private final AtomicInteger untold = new AtomicInteger();
    private final AtomicLong untoldBytes = new AtomicLong();
    private boolean registered;
    private int generation;
    /** The time at which the last confirmed ping was sent; read by any thread. */
    private volatile long confirmedNanos;

    private volatile @Nullable RadosException lost;

    @Nullable
    PendingOp<?> ping;

    /** @param timeoutSeconds after which the OSD forgets it without a sign of life; 0 for its default */
    WatchLinger(
            ObjectName object,
            long cookie,
            WatchListener listener,
            int timeoutSeconds,
            Executor callbacks,
            Owner owner) {
        super(object, cookie, CHANGES);
        this.listener = listener;
        this.timeoutSeconds = timeoutSeconds;
        this.callbacks = new SerialExecutor(callbacks);
        this.owner = owner;
    }

    boolean isRegistered() {
        return registered && registration == null;
    }

    @Override
    String doing() {
        return "watching " + object;
    }

    @Override
    Request<?> registering() {
        int how = registered ? Op.RECONNECT : Op.WATCH;
        generation += registered ? 1 : 0;
        long sent = owner.now();
        return request(Op.watch(cookie, how, generation, timeoutSeconds), CHANGES, (outputs, version) -> {
            confirmedNanos = sent;
            if (!registered) {
                registered = true;
                owner.registered(this, null);
            }
            return version;
        });
    }

    /** Tells the OSD that we are still here. */
    Request<?> pinging() {
        long sent = owner.now();
        return request(Op.watch(cookie, Op.PING, generation, 0), PINGS, (outputs, version) -> {
            confirmedNanos = sent;
            return version;
        });
    }

    /** As {@link WatchHandle#sinceConfirmed}. */
    Duration sinceConfirmed() throws RadosException {
        RadosException why = lost;
        if (why != null) {
            throw why.copy();
        }
        return Duration.ofNanos(owner.now() - confirmedNanos);
    }

    /** Completes when the listener has returned from what had arrived before. */
    CompletableFuture<Void> flush() {
        return CompletableFuture.runAsync(() -> {}, callbacks);
    }

    Request<?> ending() {
        return request(Op.watch(cookie, Op.UNWATCH, 0, 0), CHANGES, (outputs, version) -> version);
    }

    @Override
    void refused(RadosException why) {
        fail(why);
    }

    /** An object that was deleted and a watch that was forgotten look the same. */
    private static RadosException lost(WatchLinger watch, RadosException why) {
        return why.errno() == Errno.ENOENT || why.errno() == Errno.ENOTCONN
                ? new RadosException(Errno.ENOTCONN, "watching " + watch.object, why)
                : why;
    }

    @Override
    void fail(RadosException why) {
        if (ended) {
            return;
        }
        ended = true;
        owner.lost(this);
        RadosException told = lost(this, why);
        lost = told;
        if (registered) {
            owner.bereft(this, told);
            callbacks.execute(() -> tell(told));
        } else {
            owner.registered(this, why);
        }
    }

    private void tell(RadosException why) {
        try {
            listener.onError(why);
        } catch (RuntimeException | Error bug) {
            LOG.error("the listener of {} failed on an error", object, bug);
        }
    }

    @Override
    void notified(WatchNotify message) {
        switch (message.event()) {
            case NOTIFY -> toTell(message);
            case DISCONNECT -> fail(new RadosException(Errno.ENOTCONN, "watching " + object));
            case NOTIFY_COMPLETE -> LOG.debug("a completion for the watch {} of {}", cookie, object);
        }
    }

    private void toTell(WatchNotify message) {
        int bytes = message.message().length;
        if (untold.get() >= MOST_UNTOLD || untoldBytes.get() + bytes > MOST_UNTOLD_BYTES) {
            boolean over = ended;
            fail(new RadosException(
                    Errno.EAGAIN,
                    "watching " + object + ", with " + untold + " notifications of " + untoldBytes
                            + " bytes waiting for its listener"));
            if (!over) {
                owner.crowded(this);
            }
            return;
        }
        untold.incrementAndGet();
        untoldBytes.addAndGet(bytes);
        callbacks.execute(() -> {
            untold.decrementAndGet();
            untoldBytes.addAndGet(-bytes);
            answer(message);
        });
    }

    private void answer(WatchNotify message) {
        byte[] answer = NO_ANSWER;
        try {
            answer = listener.onNotify(message.notifyId(), message.notifierId(), message.message());
        } catch (RuntimeException | Error bug) {
            LOG.error("the listener of {} failed on a notification", object, bug);
        }
        owner.acknowledge(this, message.notifyId(), answer);
    }
}
