package io.jrados.osd;

import io.jrados.error.DeadlineException;
import io.jrados.error.Errno;
import io.jrados.error.Explanation;
import io.jrados.error.RadosException;
import io.jrados.error.Stage;
import io.jrados.message.Op;
import io.jrados.message.Operation;
import io.jrados.message.OsdFlags;
import io.jrados.message.WatchNotify;
import io.jrados.osd.op.SnapContext;
import io.jrados.osdmap.OsdMap;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The watches and notifications of one client. Confined to the Objecter's loop, but for what callbacks call. */
final class Lingers {
    private static final Duration ACKNOWLEDGE_WITHIN = Duration.ofSeconds(30);
    private static final long PING_NANOS = Duration.ofSeconds(5).toNanos();

    /** A ping that gets no answer for so long may be lost, and nothing else would be sent before the OSD forgets. */
    private static final long PING_PATIENCE_NANOS = Duration.ofSeconds(10).toNanos();

    /** Watches and notifications of one client at once; those beyond fail with EAGAIN. */
    static final int MOST = 1 << 16;

    /** The way for operations that take their turn like all others. Any thread. */
    interface Submitter {
        <R> CompletableFuture<R> submit(Request<R> request);
    }

    private final Surroundings around;
    private final Operations operations;
    private final Submitter submitter;
    private final Map<Long, Linger> byCookie = new LinkedHashMap<>();
    private long lastCookie;
    private long pingedNanos;

    Lingers(Surroundings around, Operations operations, Submitter submitter) {
        this.around = around;
        this.operations = operations;
        this.submitter = submitter;
        this.pingedNanos = around.now();
    }

    boolean isEmpty() {
        return byCookie.isEmpty();
    }

    boolean isFull() {
        return byCookie.size() >= MOST;
    }

    static RadosException tooMany(String doing) {
        return new RadosException(Errno.EAGAIN, doing + ", beside " + MOST + " watches and notifications (never sent)");
    }

    List<Linger> all() {
        return new ArrayList<>(byCookie.values());
    }

    // ---- watches

    /** @param timeoutSeconds after which the OSD forgets it; 0 for its default */
    WatchLinger watch(
            ObjectName object,
            WatchListener listener,
            int timeoutSeconds,
            Duration deadline,
            CompletableFuture<WatchHandle> done) {
        Watches told = new Watches(done, deadline);
        WatchLinger watch = new WatchLinger(object, ++lastCookie, listener, timeoutSeconds, around.callbacks(), told);
        byCookie.put(watch.cookie, watch);
        register(watch);
        return watch;
    }

    /** The receiver of the events of watches. */
    private final class Watches implements WatchLinger.Owner {
        private final CompletableFuture<WatchHandle> done;
        private final Duration deadline;

        Watches(CompletableFuture<WatchHandle> done, Duration deadline) {
            this.done = done;
            this.deadline = deadline;
        }

        @Override
        public void bereft(WatchLinger watch, RadosException why) {
            around.events().watchLost(watch.object.poolName(), watch.object.toString(), why);
        }

        @Override
        public void registered(WatchLinger watch, @Nullable RadosException failure) {
            if (failure != null) {
                done.completeExceptionally(failure);
            } else if (!done.complete(new Handle(watch, deadline))) {
                // Its caller has given it up.
                around.inbox().add(() -> end(watch, deadline, new CompletableFuture<>()));
            }
        }

        @Override
        public long now() {
            return around.now();
        }

        @Override
        public void lost(WatchLinger watch) {
            forget(watch);
        }

        @Override
        public void crowded(WatchLinger watch) {
            withdraw(watch, ACKNOWLEDGE_WITHIN, new CompletableFuture<>());
        }

        @Override
        public void acknowledge(WatchLinger watch, long notifyId, byte[] answer) {
            Op op = Op.notifyAck(notifyId, watch.cookie, answer);
            // The notifier learns of a lost answer by its own time-out.
            submitter.submit(new Request<>(
                    watch.object,
                    new Operation<>(List.of(op), OsdFlags.READ, (outputs, version) -> version),
                    SnapContext.HEAD,
                    SnapContext.EMPTY,
                    0,
                    ACKNOWLEDGE_WITHIN));
        }
    }

    private final class Handle implements WatchHandle {
        private final WatchLinger watch;
        private final Duration deadline;

        Handle(WatchLinger watch, Duration deadline) {
            this.watch = watch;
            this.deadline = deadline;
        }

        @Override
        public long cookie() {
            return watch.cookie;
        }

        @Override
        public Duration sinceConfirmed() throws RadosException {
            return watch.sinceConfirmed();
        }

        @Override
        public CompletableFuture<Void> flush() {
            return watch.flush();
        }

        @Override
        public CompletableFuture<Void> close() {
            CompletableFuture<Void> closed = new CompletableFuture<>();
            around.inbox().add(() -> end(watch, deadline, closed));
            return closed;
        }
    }

    private void end(WatchLinger watch, Duration deadline, CompletableFuture<Void> closed) {
        if (watch.ended) {
            closed.complete(null);
            return;
        }
        watch.ended = true;
        forget(watch);
        withdraw(watch, deadline, closed);
    }

    private void withdraw(WatchLinger watch, Duration deadline, CompletableFuture<Void> closed) {
        Request<?> ending = watch.ending();
        submitter
                .submit(new Request<>(
                        ending.object(),
                        ending.operation(),
                        SnapContext.HEAD,
                        SnapContext.EMPTY,
                        OsdFlags.FULL_TRY,
                        deadline))
                .whenComplete((result, failure) -> {
                    if (failure instanceof RadosException known && !isGone(known)) {
                        closed.completeExceptionally(known);
                    } else {
                        closed.complete(null);
                    }
                });
    }

    /** Ends a watch that is not registered in time: an OSD that does it yet would keep it, and wait for its answers. */
    void late(WatchLinger watch, Duration deadline) {
        boolean sent = watch.registration != null && watch.registration.sent() != DeadlineException.Sent.NEVER_SENT;
        late(watch);
        if (sent) {
            withdraw(watch, deadline, new CompletableFuture<>());
        }
    }

    /** Ends one whose caller waits no more. */
    void late(Linger linger) {
        String why = reason(linger).text(around.now());
        forget(linger);
        linger.fail(new DeadlineException(linger.doing() + ", " + why, DeadlineException.Sent.UNKNOWN, null));
    }

    private static boolean isGone(RadosException failure) {
        return failure.errno() == Errno.ENOENT || failure.errno() == Errno.ENOTCONN;
    }

    // ---- notifications

    NotifyLinger notify(
            ObjectName object, byte[] message, int timeoutSeconds, CompletableFuture<WatchNotify.Answers> done) {
        NotifyLinger notification = new NotifyLinger(object, ++lastCookie, message, timeoutSeconds, done);
        byCookie.put(notification.cookie, notification);
        register(notification);
        return notification;
    }

    // ---- both

    /** Registers, or registers again wherever the object is now. */
    void register(Linger linger) {
        withdraw(linger);
        linger.moved = false;
        OsdMap map = around.map();
        if (map != null) {
            linger.change = linger.target.update(map, true);
        }
        linger.stageNanos = around.now();
        linger.registration = start(linger, linger.registering());
        linger.session = linger.registration == null ? null : linger.registration.session;
    }

    private <R> @Nullable PendingOp<R> start(Linger linger, Request<R> request) {
        PendingOp<R> op = send(request, new Registered<>(linger), linger);
        return linger.ended ? null : op;
    }

    /** Sends an operation past the throttle. */
    private <R> PendingOp<R> send(Request<R> request, PendingOp.Outcome<R> outcome, Linger linger) {
        PendingOp<R> op = new PendingOp<>(request, outcome, linger, around);
        operations.start(op);
        return op;
    }

    /** The outcome of a registration. */
    private record Registered<R>(Linger linger) implements PendingOp.Outcome<R> {
        @Override
        public void succeeded(R result) {
            linger.registration = null;
        }

        @Override
        public void failed(RadosException why) {
            linger.registration = null;
            linger.refused(why);
        }

        @Override
        public void cancelled() {
            linger.registration = null;
        }
    }

    private void withdraw(Linger linger) {
        if (linger.registration != null) {
            operations.finish(linger.registration);
            linger.registration = null;
        }
        if (linger instanceof WatchLinger watch && watch.ping != null) {
            operations.finish(watch.ping);
            watch.ping = null;
        }
    }

    /** Nothing is to be heard of it any more. */
    void forget(Linger linger) {
        withdraw(linger);
        byCookie.remove(linger.cookie);
    }

    void notified(WatchNotify message) {
        Linger linger = byCookie.get(message.cookie());
        if (linger == null) {
            return;
        }
        linger.notified(message);
        if (linger.ended) {
            forget(linger);
        }
    }

    /** Notes those of a session that is gone. */
    void movedFrom(Session session) {
        for (Linger linger : byCookie.values()) {
            linger.moved |= linger.session == session;
        }
    }

    /** Notes what one more epoch means for each. */
    void follow(OsdMap map, boolean skipped) {
        for (Linger linger : byCookie.values()) {
            // one that could not be placed is registered again, which tells why it cannot
            boolean placed = Guard.run(
                    "placing the watch of " + linger.object, () -> linger.change = linger.target.update(map, true));
            linger.moved |= skipped || !placed || linger.change == Target.Change.MOVED;
        }
    }

    /** Registers those again that the maps have moved. */
    void settleMoved() {
        for (Linger linger : all()) {
            orFail(linger, () -> settleMoved(linger));
        }
    }

    private void settleMoved(Linger linger) {
        boolean gone = linger.change == Target.Change.POOL_GONE;
        if (gone && linger.target.poolSeen() || linger.change == Target.Change.POOL_FAILED) {
            forget(linger);
            linger.fail(RadosException.of(
                    gone ? Errno.ENOENT : Errno.EIO, "watching " + linger.object + ", a pool that is gone or failed"));
        } else if (linger.moved || gone) {
            register(linger);
        }
    }

    /**
     * Runs a step for one of them. One for which it cannot be done is over, and told so: nothing else would tell it.
     */
    private void orFail(Linger linger, Runnable step) {
        try {
            step.run();
        } catch (RuntimeException | Error broken) {
            Guard.run("ending the watch of " + linger.object, () -> {
                forget(linger);
                linger.fail(Guard.failure("watching " + linger.object, broken));
            });
        }
    }

    /** Registers again what a lost connection took with it. */
    void sessionReset(Session session) {
        for (Linger linger : all()) {
            if (linger.session == session) {
                orFail(linger, () -> register(linger));
            }
        }
    }

    boolean uses(Session session) {
        return byCookie.values().stream().anyMatch(linger -> linger.session == session);
    }

    /** Tells the OSDs every few seconds that the watches are alive, and registers those anew that get no answer. */
    void tick() {
        long now = around.now();
        if (now - pingedNanos < PING_NANOS || around.readsPaused()) {
            return;
        }
        pingedNanos = now;
        for (Linger linger : all()) {
            if (linger instanceof WatchLinger watch && watch.isRegistered()) {
                ping(watch, now);
            }
        }
    }

    private void ping(WatchLinger watch, long now) {
        PendingOp<?> ping = watch.ping;
        if (ping == null) {
            Guard.run("pinging the watch of " + watch.object, () -> ping(watch, watch.pinging()));
        } else if (now - ping.submittedNanos >= PING_PATIENCE_NANOS) {
            orFail(watch, () -> register(watch));
        }
    }

    private <R> void ping(WatchLinger watch, Request<R> request) {
        PendingOp<R> sent = send(request, new Pinged<>(watch), watch);
        if (watch.ended || sent.session == null) {
            operations.finish(sent);
        } else {
            watch.ping = sent;
        }
    }

    /** The outcome of a ping. */
    private record Pinged<R>(WatchLinger watch) implements PendingOp.Outcome<R> {
        @Override
        public void succeeded(R result) {
            watch.ping = null;
        }

        @Override
        public void failed(RadosException why) {
            watch.ping = null;
            watch.fail(why);
        }

        @Override
        public void cancelled() {
            watch.ping = null;
        }
    }

    /** Ends all of them. */
    void failAll(Function<ObjectName, RadosException> why) {
        for (Linger linger : all()) {
            Guard.run("ending the watch of " + linger.object, () -> {
                forget(linger);
                linger.fail(why.apply(linger.object));
            });
        }
    }

    // ---- explanations

    /** Returns the reason why a watch is not registered, or a notification not over. */
    Reason reason(Linger linger) {
        PendingOp<?> registration = linger.registration;
        if (registration != null) {
            return operations.reason(registration);
        }
        return linger instanceof NotifyLinger
                ? new Reason(
                        Stage.WATCHERS, linger.stageNanos, "not all of them have answered, and their time is not over")
                : new Reason(Stage.ANSWER, linger.stageNanos, "it is not registered");
    }

    /** Watches that are registered wait for nothing. */
    void explain(Explanation.Builder all) {
        for (Linger linger : byCookie.values()) {
            if (linger.registration != null || linger instanceof NotifyLinger) {
                all.add(() -> reason(linger).waiting(linger.doing(), around));
            }
        }
    }
}
