package io.jrados.osd;

import io.jrados.conf.Environment;
import io.jrados.conf.Loop;
import io.jrados.error.DeadlineException;
import io.jrados.error.Errno;
import io.jrados.error.MalformedException;
import io.jrados.error.RadosException;
import io.jrados.message.OsdMapMessage;
import io.jrados.message.OsdOpReply;
import io.jrados.message.WatchNotify;
import io.jrados.msgr.Connection;
import io.jrados.msgr.ConnectionListener;
import io.jrados.osdmap.MapFlags;
import io.jrados.osdmap.OsdMap;
import io.jrados.osdmap.SnapIntervals;
import io.jrados.wire.EntityAddr;
import io.jrados.wire.Utime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Places operations on OSDs, and again when the cluster moves (src/osdc/Objecter.cc). Any thread may submit; everything else
 * is confined to one loop, on which an operation gets its tid, its target and its place in a session in one step.
 *
 * <pre>
 *   submitted ── over the limits ──► waiting for its turn
 *       │                                 │
 *       ▼                                 ▼
 *     pending: homeless, paused, held back, or sent ── answered ──► done
 *       ▲                                       │
 *       └─ the map moved it, or its connection was lost: again with its tid; EAGAIN: with a new one
 * </pre>
 */
public final class Objecter {
    private static final Logger LOG = LoggerFactory.getLogger(Objecter.class);

    private static final Duration TICK = Duration.ofMillis(100);
    /** An operation that takes longer makes us ask for the next map. */
    private static final long LATE_NANOS = Duration.ofSeconds(1).toNanos();
    /** What an OSD refuses again and again is sent again after this, times the refusals, up to ten times. */
    private static final Duration BOUNCE_PAUSE = Duration.ofMillis(25);

    private static final Duration CONFIRM_WITHIN = Duration.ofSeconds(30);

    private final Loop loop;
    private final Environment environment;
    private final OsdConnector connector;
    private final Monitors monitors;
    private final Executor completions;
    private final Inbox inbox;
    private final Throttle throttle;
    private final Limits limits;
    private final MapFollower maps;
    private final MapWaiters waiters = new MapWaiters();
    private final Sessions sessions;
    private final Lingers lingers;
    private final Departing departing = new Departing();
    private final NavigableMap<Long, PendingOp<?>> pending = new TreeMap<>();

    private @Nullable Placements placements;
    private long lastTid;
    private boolean ticking;
    private boolean admitting;
    private @Nullable End end;
    private @Nullable CompletableFuture<Void> closed;

    /** Why nothing is taken any more. */
    private record End(String clause, boolean fenced) {
        RadosException failure(String doing) {
            return RadosException.of(Errno.EBLOCKLISTED, doing + clause);
        }
    }

    /**
     * @param loop owns this
     * @param completions runs what depends on the futures of operations
     * @param callbacks runs what watches are told, which may block
     */
    public Objecter(
            UUID fsid,
            Loop loop,
            Environment environment,
            OsdConnector connector,
            Monitors monitors,
            Limits limits,
            Executor completions,
            Executor callbacks) {
        this.loop = loop;
        this.environment = environment;
        this.connector = connector;
        this.monitors = monitors;
        this.completions = completions;
        this.inbox = new Inbox(loop);
        this.limits = limits;
        this.throttle = new Throttle(limits.operations(), limits.bytes(), limits.waiting());
        this.maps = new MapFollower(fsid);
        this.sessions = new Sessions(new SessionOwner());
        this.lingers = new Lingers(new LingerOwner(), callbacks);
    }

    // ---- what any thread may call

    /** Two operations that one thread submits for one object are done in that order. */
    public <R> CompletableFuture<R> submit(Request<R> request) {
        Submission<R> submission = new Submission<>(request);
        try {
            inbox.add(submission);
        } catch (RejectedExecutionException ended) {
            submission.failed(RadosException.of(Errno.EBLOCKLISTED, request.doing() + ", with its threads stopped"));
        }
        return submission.future;
    }

    /** The map in force, empty before the first. */
    public Optional<OsdMap> map() {
        return Optional.ofNullable(maps.map());
    }

    /** Completes once the map in force is of this epoch or a later one. */
    public CompletableFuture<Void> waitForEpoch(long epoch, Duration deadline) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        long deadlineNanos = environment.nanoTime() + deadline.toNanos();
        inbox.add(() -> {
            if (end != null) {
                done.completeExceptionally(end.failure("waiting for OSD map " + epoch));
            } else if (maps.epoch() >= epoch && maps.epoch() > 0) {
                done.complete(null);
            } else {
                waiters.add(epoch, deadlineNanos, done);
                requestMap();
                wakeTick();
            }
        });
        return done;
    }

    /** Watches an object. */
    public CompletableFuture<WatchHandle> watch(ObjectName object, WatchListener listener, Duration deadline) {
        CompletableFuture<WatchHandle> done = new CompletableFuture<>();
        inbox.add(() -> {
            if (end != null) {
                done.completeExceptionally(end.failure("watching " + object));
                return;
            }
            Linger watch = lingers.watch(object, listener, deadline, done);
            loop.schedule(deadline, () -> {
                if (!done.isDone()) {
                    lingers.forget(watch);
                    watch.fail(new DeadlineException("watching " + object, DeadlineException.Sent.UNKNOWN, null));
                }
            });
            wakeTick();
        });
        return done;
    }

    /** Tells the watchers of an object something, and waits for their answers. */
    public CompletableFuture<WatchNotify.Answers> notify(
            ObjectName object, byte[] message, Duration timeout, Duration deadline) {
        CompletableFuture<WatchNotify.Answers> done = new CompletableFuture<>();
        int seconds = (int) Math.max(1, timeout.plusMillis(999).toSeconds());
        inbox.add(() -> {
            if (end != null) {
                done.completeExceptionally(end.failure("notifying the watchers of " + object));
                return;
            }
            Linger notification = lingers.notify(object, message, seconds, done);
            loop.schedule(deadline.plusSeconds(seconds), () -> {
                lingers.forget(notification);
                notification.fail(new DeadlineException(
                        "notifying the watchers of " + object, DeadlineException.Sent.UNKNOWN, null));
            });
            wakeTick();
        });
        return done;
    }

    /** The cluster has fenced this instance. For good: to go on would be to write behind another's back. */
    public void fence(String how) {
        inbox.add(() -> finishAll(new End(", on a client that the cluster has fenced: " + how, true)));
    }

    /** Fails what is outstanding and closes all sessions; completes when no buffer is used any more. */
    public CompletableFuture<Void> close() {
        CompletableFuture<Void> done = new CompletableFuture<>();
        inbox.add(() -> {
            finishAll(new End(", on a client that was shut down", false));
            if (departing.isEmpty()) {
                done.complete(null);
            } else {
                closed = done;
            }
        });
        return done;
    }

    /** Maps that a monitor sent. */
    public void mapped(OsdMapMessage message) {
        inbox.add(() -> take(message));
    }

    /** One call of {@link #submit}: its way into the loop, and out again. */
    private final class Submission<R> implements Runnable, PendingOp.Outcome<R> {
        final PendingOp<R> op;
        final OperationFuture<R> future = new OperationFuture<>(this::giveUp);

        Submission(Request<R> request) {
            this.op = pendingOp(request, this, null);
        }

        @Override
        public void run() {
            submitted(op);
        }

        private void giveUp() {
            inbox.add(() -> cancel(op));
        }

        @Override
        public void succeeded(R result) {
            complete(() -> future.complete(result));
        }

        @Override
        public void failed(RadosException why) {
            complete(() -> future.completeExceptionally(why));
        }

        @Override
        public void cancelled() {
            complete(future::cancelled);
        }

        private void complete(Runnable completion) {
            try {
                completions.execute(completion);
            } catch (RejectedExecutionException ended) {
                LOG.debug("the executor for completions has ended");
                completion.run();
            }
        }
    }

    // ---- the way of an operation

    private <R> PendingOp<R> pendingOp(Request<R> request, PendingOp.Outcome<R> outcome, @Nullable Linger linger) {
        return new PendingOp<>(
                request, outcome, linger, environment.nanoTime(), Utime.ofMillis(environment.wallClockMillis()));
    }

    private void submitted(PendingOp<?> op) {
        if (end != null) {
            op.fail(end.failure(op.request.doing()));
            return;
        }
        switch (throttle.enter(op)) {
            case NOW -> begin(op, true);
            case LATER -> LOG.trace("{} waits for its turn", op);
            case REFUSED -> op.fail(new RadosException(
                    Errno.EAGAIN,
                    op.request.doing() + ", with " + limits.waiting()
                            + " operations waiting for their turn (never sent)"));
        }
        wakeTick();
    }

    private void begin(PendingOp<?> op, boolean throttled) {
        op.throttled = throttled;
        op.tid = ++lastTid;
        pending.put(op.tid, op);
        place(op);
    }

    private void place(PendingOp<?> op) {
        if (placements == null) {
            requestMap();
            return;
        }
        op.change = op.target.update(placements, false);
        settle(op);
    }

    /** Puts an operation that has no session where its target says. */
    private void settle(PendingOp<?> op) {
        switch (op.change) {
            case UNCHANGED, MOVED -> assign(op);
            case POOL_GONE -> poolGone(op);
            case POOL_FAILED -> giveUp(
                    op, new RadosException(Errno.EIO, op.request.doing() + ", a pool that was told to fail"));
        }
    }

    private void assign(PendingOp<?> op) {
        Session session = sessions.to(op.target.osd());
        if (session == null) {
            requestMap();
            return;
        }
        session.add(op);
        if (op.target.isPaused()) {
            requestMap();
        } else {
            session.send(op);
        }
    }

    /** A pool that was never seen may be newer than our map; one that was seen is deleted. */
    private void poolGone(PendingOp<?> op) {
        RadosException gone =
                RadosException.of(Errno.ENOENT, op.request.doing() + ", a pool that OSD map " + maps.epoch() + " lacks");
        if (op.target.poolSeen() || op.poolGoneAt > 0 && maps.epoch() >= op.poolGoneAt) {
            giveUp(op, gone);
        } else if (op.poolGoneAt > 0) {
            requestMap();
        } else if (!op.confirming) {
            op.confirming = true;
            monitors.newestOsdMap(CONFIRM_WITHIN).whenComplete((newest, failure) -> inbox.add(() -> {
                op.confirming = false;
                op.poolGoneAt = failure == null ? newest : 0;
                if (pending.get(op.tid) == op && op.session == null) {
                    place(op);
                }
            }));
        }
    }

    private void replied(Session session, OsdOpReply reply) {
        PendingOp<?> op = session.operation(reply.tid());
        int attempt = reply.outcome().retryAttempt();
        if (op == null || attempt >= 0 && attempt != op.attempts - 1) {
            reply.release();
        } else if (reply.redirect().isPresent()) {
            reply.release();
            op.target.redirected(reply.redirect().get());
            again(op);
        } else if (Errno.of(reply.result()) == Errno.EAGAIN && op.linger == null) {
            reply.release();
            bounce(op);
        } else {
            boolean fenced = Errno.of(reply.result()) == Errno.EBLOCKLISTED;
            finish(op);
            op.complete(reply);
            if (fenced) {
                fence("osd." + session.osd() + " says so");
            }
        }
    }

    /** With its old tid the OSD would give the old answer. */
    private void again(PendingOp<?> op) {
        detach(op);
        pending.remove(op.tid);
        op.tid = ++lastTid;
        op.attempts = 0;
        op.target.forget();
        pending.put(op.tid, op);
        place(op);
    }

    private void bounce(PendingOp<?> op) {
        detach(op);
        if (op.bounced++ == 0) {
            again(op);
        } else {
            op.bouncing = true;
            loop.schedule(BOUNCE_PAUSE.multipliedBy(Math.min(op.bounced, 10)), () -> {
                op.bouncing = false;
                if (pending.get(op.tid) == op) {
                    again(op);
                }
            });
        }
    }

    private void detach(PendingOp<?> op) {
        if (op.session != null) {
            op.session.remove(op);
        }
    }

    private void finish(PendingOp<?> op) {
        detach(op);
        pending.remove(op.tid);
        if (op.throttled) {
            op.throttled = false;
            throttle.leave(op);
            admit();
        }
    }

    private void admit() {
        if (admitting) {
            return;
        }
        admitting = true;
        for (Throttle.Entry next = throttle.next(); next != null; next = throttle.next()) {
            begin((PendingOp<?>) next, true);
        }
        admitting = false;
    }

    private void cancel(PendingOp<?> op) {
        if (op.tid == 0 ? throttle.removeWaiting(op) : pending.get(op.tid) == op) {
            op.cancelled = true;
            giveUp(op, new RadosException(Errno.ECANCELED, op.request.doing()));
        }
    }

    private void giveUp(PendingOp<?> op, RadosException why) {
        if (op.tid != 0) {
            finish(op);
        }
        departing.add(op, why, environment.nanoTime());
        wakeTick();
    }

    // ---- maps

    private void requestMap() {
        OsdMap map = maps.map();
        if (map == null) {
            monitors.wantOsdMap(0, true);
        } else {
            boolean held = map.has(MapFlags.FULL | MapFlags.PAUSERD | MapFlags.PAUSEWR);
            monitors.wantOsdMap(map.epoch() + 1, !held);
        }
    }

    private void take(OsdMapMessage message) {
        if (end != null && !end.fenced()) {
            return;
        }
        long missing;
        try {
            missing = maps.take(message, this::follow);
        } catch (MalformedException malformed) {
            LOG.warn("asking for a full OSD map: {}", malformed.getMessage());
            missing = 0;
        }
        monitors.gotOsdMap(maps.epoch());
        if (missing >= 0) {
            monitors.wantOsdMap(missing, true);
        }
        settleMoved();
        waiters.reached(maps.epoch());
        EntityAddr own = connector.ownAddress();
        if (end == null && !own.isBlank() && map().filter(map -> map.isBlocklisted(own)).isPresent()) {
            finishAll(new End(
                    ", on a client that the cluster has fenced: OSD map " + maps.epoch() + " blocks " + own, true));
        }
    }

    /** Notes what one more epoch means for each operation and linger; nothing is sent between epochs. */
    private void follow(OsdMap map, boolean skipped) {
        Placements now = new Placements(map);
        placements = now;
        for (Session gone : sessions.follow(map)) {
            for (PendingOp<?> op : gone.operations()) {
                gone.remove(op);
                op.moved = true;
            }
            lingers.movedFrom(gone);
        }
        for (PendingOp<?> op : pending.values()) {
            long pool = op.request.object().pool();
            SnapIntervals removed = skipped ? map.removedSnaps(pool) : map.newlyRemovedSnaps(pool);
            op.prune(removed);
            op.change = op.target.update(now, false);
            op.moved |= skipped || op.change == Target.Change.MOVED;
        }
        lingers.follow(now, skipped);
    }

    private void settleMoved() {
        for (PendingOp<?> op : new ArrayList<>(pending.values())) {
            boolean leaves = op.moved || op.change != Target.Change.UNCHANGED;
            op.moved = false;
            if (leaves && op.linger == null && !op.bouncing) {
                detach(op);
                settle(op);
            }
        }
        lingers.settleMoved();
    }

    // ---- time

    private void wakeTick() {
        if (!ticking) {
            ticking = true;
            loop.schedule(TICK, this::tick);
        }
    }

    private void tick() {
        long now = environment.nanoTime();
        expire(now);
        if (!pending.isEmpty() && now - pending.firstEntry().getValue().submittedNanos >= LATE_NANOS) {
            requestMap();
        }
        sessions.check();
        lingers.tick();
        departing.tick(now);
        if (closed != null && departing.isEmpty()) {
            closed.complete(null);
        }
        waiters.expire(now, maps.epoch());
        ticking = false;
        if (!pending.isEmpty()
                || throttle.waiting() > 0
                || !departing.isEmpty()
                || !lingers.isEmpty()
                || !waiters.isEmpty()) {
            wakeTick();
        }
    }

    private void expire(long now) {
        List<PendingOp<?>> late = new ArrayList<>();
        for (PendingOp<?> op : pending.values()) {
            if (now - op.deadlineNanos >= 0) {
                late.add(op);
            }
        }
        for (Throttle.Entry entry : throttle.waitingEntries()) {
            PendingOp<?> op = (PendingOp<?>) entry;
            if (now - op.deadlineNanos >= 0) {
                late.add(op);
            }
        }
        for (PendingOp<?> op : late) {
            if (op.tid != 0 || throttle.removeWaiting(op)) {
                giveUp(op, new DeadlineException(explanation(op, now), op.sent(), null));
            }
        }
    }

    private String explanation(PendingOp<?> op, long now) {
        long seconds = Duration.ofNanos(now - op.submittedNanos).toSeconds();
        return op.request.doing() + ", after " + seconds + " s: " + reason(op);
    }

    private String reason(PendingOp<?> op) {
        if (op.tid == 0) {
            return throttle.operations() + " operations of " + throttle.bytes() + " bytes are before it";
        }
        if (op.target.isPaused()) {
            return op.target.pause();
        }
        Session session = op.session;
        String where = op.target.groupText() + ", OSD map " + maps.epoch();
        return (session == null ? "no OSD serves it" : session.state(op)) + " (" + where + ", sent " + op.attempts
                + " times)";
    }

    // ---- the end

    private void finishAll(End why) {
        if (end != null) {
            return;
        }
        LOG.info("no operation is taken any more{}", why.clause());
        end = why;
        sessions.closeAll();
        for (Throttle.Entry entry : throttle.waitingEntries()) {
            throttle.removeWaiting(entry);
            PendingOp<?> op = (PendingOp<?>) entry;
            op.fail(why.failure(op.request.doing()));
        }
        for (PendingOp<?> op : new ArrayList<>(pending.values())) {
            if (op.linger == null) {
                giveUp(op, why.failure(op.request.doing()));
            }
        }
        lingers.failAll(object -> why.failure("watching " + object));
        waiters.fail(why.failure("waiting for an OSD map"));
    }

    // ---- what the parts need

    private final class SessionOwner implements Session.Owner {
        @Override
        public Inbox inbox() {
            return inbox;
        }

        @Override
        public Loop loop() {
            return loop;
        }

        @Override
        public long now() {
            return environment.nanoTime();
        }

        @Override
        public long epoch() {
            return maps.epoch();
        }

        @Override
        public Connection connect(EntityAddr address, ConnectionListener listener) {
            return connector.connect(address, listener);
        }

        @Override
        public void reset(Session session, RadosException why) {
            requestMap();
            lingers.sessionReset(session);
            if (session.isIdle() && !lingers.uses(session)) {
                sessions.drop(session);
            }
            if (why.errno() == Errno.EACCES || why.errno() == Errno.EAGAIN) {
                monitors.renewTickets();
            }
        }

        @Override
        public void replied(Session session, OsdOpReply reply) {
            Objecter.this.replied(session, reply);
        }

        @Override
        public void notified(WatchNotify message) {
            lingers.notified(message);
        }

        @Override
        public void mapped(OsdMapMessage message) {
            take(message);
        }
    }

    private final class LingerOwner implements Lingers.Owner {
        @Override
        public Inbox inbox() {
            return inbox;
        }

        @Override
        public long now() {
            return environment.nanoTime();
        }

        @Override
        public @Nullable Placements placements() {
            return placements;
        }

        @Override
        public <R> PendingOp<R> start(Request<R> request, PendingOp.Outcome<R> outcome, Linger linger) {
            PendingOp<R> op = pendingOp(request, outcome, linger);
            begin(op, false);
            return op;
        }

        @Override
        public void discard(PendingOp<?> op) {
            finish(op);
        }

        @Override
        public <R> CompletableFuture<R> submit(Request<R> request) {
            return Objecter.this.submit(request);
        }

        @Override
        public boolean readsPaused() {
            return map().filter(map -> map.has(MapFlags.PAUSERD)).isPresent();
        }
    }
}
