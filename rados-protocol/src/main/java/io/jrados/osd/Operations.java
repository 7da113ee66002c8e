package io.jrados.osd;

import io.jrados.error.DeadlineException;
import io.jrados.error.Errno;
import io.jrados.error.Explanation;
import io.jrados.error.RadosException;
import io.jrados.message.OsdOpReply;
import io.jrados.osdmap.OsdMap;
import io.jrados.osdmap.SnapIntervals;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The operations that are not answered, in the order of their tids. Assigning the tid, placing and handing to a session
 * are one step. Confined to the Objecter's loop.
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
final class Operations {
    private static final Logger LOG = LoggerFactory.getLogger(Operations.class);

    /** The pause before sending again what an OSD refused, times the refusals, up to ten times. */
    private static final Duration BOUNCE_PAUSE = Duration.ofMillis(25);

    /** After so many that end at once the loop's sockets get their turn. */
    private static final int SLICE = 1024;

    /** An operation that has been under way for so long leaves the client's room to others. */
    private static final long STUCK_NANOS = Duration.ofSeconds(1).toNanos();

    private final Surroundings around;
    private final MapWaiters maps;
    private final Sessions sessions;
    private final Limits limits;
    private final Throttle throttle;
    private final Lanes lanes;
    private final Reasons reasons;
    private final Lending lending;
    private final Departing departing = new Departing();
    private final Flushes flushes = new Flushes();
    private final Reasons.Held held;
    private final InDoubt inDoubt;
    private final NavigableMap<Long, PendingOp<?>> pending = new TreeMap<>();
    private long lastTid;
    private boolean admitting;
    private boolean lanesChanged;
    /** Whether more are late than one slice ends. */
    private boolean expiring;

    private @Nullable Function<PendingOp<?>, RadosException> ending;
    /** Until it is known whether this client is fenced. */
    private @Nullable CompletableFuture<Void> confirming;

    Operations(Surroundings around, MapWaiters maps, Sessions sessions) {
        this.around = around;
        this.maps = maps;
        this.sessions = sessions;
        this.limits = around.limits();
        this.throttle = new Throttle(limits.operations(), limits.bytes(), limits.waiting());
        this.inDoubt = new InDoubt(around, new Doubtful());
        this.lanes = new Lanes(sessions);
        this.lending = new Lending(around, limits.lentBytes(), this::lend);
        this.reasons = new Reasons(around, throttle, lending);
        this.held = new Reasons.Held(around, reasons, this::ended);
    }

    private void ended(PendingOp<?> op, @Nullable RadosException why) {
        flushes.ended(op);
        held.ended(op, why);
    }

    boolean isEmpty() {
        return pending.isEmpty() && throttle.waiting() == 0 && lending.waiting() == 0 && departing.isEmpty();
    }

    /** Returns the time at which the oldest pending one was submitted, now if there is none. */
    long oldestNanos() {
        return pending.isEmpty() ? around.now() : pending.firstEntry().getValue().submittedNanos;
    }

    // ---- in

    /** Takes an operation when it is its turn. */
    void submit(PendingOp<?> op) {
        if (inDoubt.isFull() && op.request.operation().isWrite()) {
            op.fail(new RadosException(
                    Errno.EAGAIN,
                    op.request.doing() + ", with " + InDoubt.MAX + " writes whose outcome is not known (never sent)"));
            return;
        }
        around.wakeTick();
        if (lending.waiting() >= limits.waiting() && op.loan() != null) {
            refuse(op);
        } else if (lending.take(op)) {
            enter(op);
        }
    }

    private void enter(PendingOp<?> op) {
        lineUpAgain();
        locate(op);
        Throttle.Turn turn = throttle.enter(op, lanes.of(op));
        if (turn != Throttle.Turn.REFUSED) {
            lanes.note(op);
        }
        switch (turn) {
            case NOW -> begin(op);
            case LATER -> {
                LOG.trace("{} waits for its turn", op);
                lending.setAside(op);
                // those before it may only wait for lanes of their own
                admit();
            }
            case REFUSED -> refuse(op);
        }
    }

    private void refuse(PendingOp<?> op) {
        lending.setAside(op);
        op.fail(new RadosException(
                Errno.EAGAIN,
                op.request.doing() + ", with " + throttle.waitingBytes() + " bytes of " + throttle.waiting()
                        + " operations waiting for their turn (never sent)"));
    }

    /** Begins a read for which there is room to lend now. */
    private void lend(PendingOp<?> op) {
        try {
            if (ending == null) {
                enter(op);
            } else {
                end(op, ending.apply(op));
            }
        } catch (RuntimeException | Error broken) {
            misplaced(op, broken);
        }
    }

    /** Memory was missing for its reply, each time that it was sent. */
    void starved(PendingOp<?> op, RadosException why) {
        giveUp(op, new RadosException(Errno.ENOMEM, op.request.doing() + ", whose reply this JVM cannot take", why));
    }

    /** Its reply is one that no connection takes. */
    void refused(PendingOp<?> op, RadosException why) {
        op.answered = true;
        giveUp(op, new RadosException(why.errno(), op.request.doing() + ", whose reply is not taken", why));
    }

    /** Takes an operation past the throttle. */
    void start(PendingOp<?> op) {
        begin(op);
    }

    private void begin(PendingOp<?> op) {
        op.number(++lastTid);
        pending.put(op.key, op);
        place(op);
    }

    /** Looks in the map in force where an operation goes, once for each map. */
    private void locate(PendingOp<?> op) {
        OsdMap map = around.map();
        if (map != null && op.placedUnder != map) {
            op.change = op.target.update(map, false);
            op.placedUnder = map;
        }
    }

    private void place(PendingOp<?> op) {
        try {
            locate(op);
            if (op.placedUnder == null) {
                around.requestMap();
            } else {
                settle(op);
            }
        } catch (RuntimeException | Error broken) {
            misplaced(op, broken);
        }
    }

    private void misplaced(PendingOp<?> op, Throwable broken) {
        giveUp(op, Guard.failure(op.request.doing() + ", which could not be placed", broken));
    }

    /**
     * One that is late was to be sent again: its caller's wait ends here. A write that an OSD may have goes on in its
     * place at once, before those behind it are sent.
     */
    @Nullable
    PendingOp<?> late(PendingOp<?> op) {
        if (ending == null && op.doubt == null && op.mayBeApplied() && inDoubt.keeps(op)) {
            end(op, late(op, around.now()));
            return pending.get(op.key);
        }
        return null;
    }

    /** Gives writes in doubt up that keep others waiting, for which a full pool has room. */
    void obstructing(List<PendingOp<?>> writes) {
        inDoubt.makeWay(writes);
    }

    /** Ends an operation that could not be made a message. */
    void unsendable(PendingOp<?> op, Throwable broken) {
        giveUp(op, Guard.failure(op.request.doing() + ", which could not be encoded", broken));
    }

    /** Its reply came, and this JVM failed to take it: asking again would only bring it once more. */
    void unreadable(PendingOp<?> op, Throwable broken) {
        op.answered = true;
        giveUp(op, unread(op, broken));
    }

    /** Puts an operation that has no session where its target says. */
    private void settle(PendingOp<?> op) {
        moveLane(op);
        switch (op.change) {
            case UNCHANGED, MOVED -> assign(op);
            case POOL_GONE -> poolGone(op);
            case POOL_FAILED ->
                giveUp(op, new RadosException(Errno.EIO, op.request.doing() + ", a pool that was told to fail"));
        }
    }

    private void assign(PendingOp<?> op) {
        Session session = sessions.to(op.target.osd());
        if (session == null) {
            around.requestMap();
            return;
        }
        session.add(op);
        if (op.target.isPaused()) {
            around.requestMap();
        } else {
            session.send(op);
        }
    }

    /** A pool that was never seen may be newer than our map; one that was seen is deleted. */
    private void poolGone(PendingOp<?> op) {
        if (op.target.poolSeen() || op.poolGoneAt > 0 && around.epoch() >= op.poolGoneAt) {
            op.settled(); // nothing is applied to what does not exist
            giveUp(
                    op,
                    RadosException.of(
                            Errno.ENOENT, op.request.doing() + ", a pool that OSD map " + around.epoch() + " lacks"));
        } else if (op.poolGoneAt > 0) {
            around.requestMap();
        } else if (!op.confirming) {
            op.confirming = true;
            maps.newestEpoch().whenComplete((newest, failure) -> {
                op.confirming = false;
                op.poolGoneAt = failure == null ? newest : 0;
                if (pending.get(op.key) == op && op.session == null) {
                    place(op);
                }
            });
        }
    }

    // ---- answers

    void replied(Session session, OsdOpReply reply) {
        PendingOp<?> op = session.operation(reply.tid());
        int attempt = reply.outcome().retryAttempt();
        if (op == null || attempt >= 0 && attempt != op.attempts - 1) {
            reply.release();
        } else if (reply.redirect().isPresent()) {
            reply.release();
            op.target.redirected(reply.redirect().get());
            op.refused();
            again(op);
        } else if (Errno.of(reply.result()) == Errno.EAGAIN) {
            reply.release();
            op.target.toPrimary();
            bounce(op);
        } else if (Errno.of(reply.result()) == Errno.EBLOCKLISTED && reply.isRefused()) {
            reply.release();
            refused(op, session);
        } else {
            answer(op, reply);
        }
    }

    /** An OSD takes this client for fenced. The map decides: the one that fences this client ends everything. */
    private void refused(PendingOp<?> op, Session session) {
        release(op);
        op.bouncing = true;
        op.refused();
        op.refusedBy = "osd." + session.osd();
        CompletableFuture<Void> map = confirming;
        if (map == null || map.isDone()) {
            map = maps.reachNewest();
            confirming = map;
        }
        map.whenComplete((followed, failure) -> {
            if (pending.get(op.key) == op) {
                giveUp(op, new RadosException(Errno.EBLOCKLISTED, notFenced(op), failure));
            }
        });
    }

    private String notFenced(PendingOp<?> op) {
        return op.request.doing() + ", which " + op.refusedBy + " refuses to a fenced client; OSD map " + around.epoch()
                + " does not fence this one";
    }

    /** Tells the caller before anybody gets the room: whatever then throws, the caller knows. */
    private void answer(PendingOp<?> op, OsdOpReply reply) {
        if (op.isHeldElsewhere()) {
            departing.add(op, () -> complete(op, reply), around.now());
            finish(op);
            around.wakeTick();
            return;
        }
        try {
            op.complete(reply);
        } catch (RuntimeException | Error broken) {
            unreadable(op, broken);
            return;
        }
        finish(op);
    }

    /** Tells the caller of one that has left. */
    private static void complete(PendingOp<?> op, OsdOpReply reply) {
        try {
            op.complete(reply);
        } catch (RuntimeException | Error broken) {
            op.fail(unread(op, broken));
        }
    }

    private static RadosException unread(PendingOp<?> op, Throwable broken) {
        return Guard.failure(op.request.doing() + ", whose reply came and could not be read", broken);
    }

    /** With its old tid the OSD would give the old answer. */
    private void again(PendingOp<?> op) {
        release(op);
        pending.remove(op.key);
        op.number(++lastTid);
        op.beginAgain();
        op.target.forget();
        op.placedUnder = null;
        pending.put(op.key, op);
        place(op);
    }

    private void bounce(PendingOp<?> op) {
        release(op);
        op.refused();
        if (op.bounced++ == 0) {
            again(op);
        } else {
            againLater(op);
        }
    }

    private void againLater(PendingOp<?> op) {
        op.bouncing = true;
        around.loop().schedule(BOUNCE_PAUSE.multipliedBy(Math.min(op.bounced, 10)), () -> {
            op.bouncing = false;
            if (pending.get(op.key) == op) {
                again(op);
            }
        });
    }

    // ---- out

    private static void detach(PendingOp<?> op) {
        if (op.session != null) {
            op.session.remove(op);
        }
    }

    /** Takes one from its session that is not sent again with this tid, so that those behind it can go on. */
    private static void release(PendingOp<?> op) {
        Session was = op.session;
        detach(op);
        if (was != null) {
            was.ended(op);
        }
    }

    /** Forgets an operation without telling anybody, and lets the next one have its turn. */
    void finish(PendingOp<?> op) {
        remove(op);
        admit();
    }

    private void remove(PendingOp<?> op) {
        leave(op);
        leaveThrottle(op);
        lending.ended(op);
    }

    private void leaveThrottle(PendingOp<?> op) {
        throttle.leave(op);
        lanesChanged |= lanes.left(op);
    }

    /** Takes out one that is not sent again. */
    private void leave(PendingOp<?> op) {
        pending.remove(op.key, op);
        release(op);
    }

    /** Lets those go on whose turn has come; none while others are late, for it may be late itself. */
    private void admit() {
        if (admitting || expiring) {
            return;
        }
        admitting = true;
        try {
            lineUpAgain();
            for (Throttle.Entry next = throttle.next(); next != null; next = throttle.next()) {
                PendingOp<?> op = (PendingOp<?>) next;
                long now = around.now();
                if (op.isLate(now)) {
                    giveUp(op, late(op, now));
                } else if (!lending.take(op)) {
                    leaveThrottle(op);
                } else {
                    op.turnNanos = now;
                    op.stageNanos = now;
                    begin(op);
                }
            }
        } finally {
            admitting = false;
        }
    }

    // ---- lanes

    private void moveLane(PendingOp<?> op) {
        Throttle.Lane lane = op.lane();
        if (lane != null) {
            Throttle.Lane now = lanes.of(op);
            if (now != lane) {
                op.turnNanos = around.now();
                throttle.move(op, now);
            }
        }
    }

    /** An OSD asked to hold operations back, or does no longer: they are in other lanes now. */
    void heldBack() {
        lanesChanged = true;
    }

    private void lineUpAgain() {
        if (!lanesChanged) {
            return;
        }
        lanesChanged = false;
        lanes.changed();
        for (PendingOp<?> op : pending.values()) {
            if (op.lane() != null) {
                moveLane(op);
                lanes.note(op);
            }
        }
        if (throttle.waiting() == 0) {
            return;
        }
        List<PendingOp<?>> lost = new ArrayList<>();
        throttle.lineUp(entry -> {
            PendingOp<?> op = (PendingOp<?>) entry;
            try {
                locate(op);
            } catch (RuntimeException | Error broken) {
                op.misplaced = broken;
                lost.add(op);
            }
            Throttle.Lane lane = lanes.of(op);
            lanes.note(op);
            return lane;
        });
        for (PendingOp<?> op : lost) {
            Throwable broken = op.misplaced;
            if (broken != null && throttle.removeWaiting(op)) {
                misplaced(op, broken);
            }
        }
    }

    /** Completes {@code done} when the writes to a pool that are here now have ended. */
    void flush(long pool, CompletableFuture<Void> done) {
        List<PendingOp<?>> writes = new ArrayList<>();
        Consumer<PendingOp<?>> note = op -> {
            if (op.linger == null
                    && op.request.operation().isWrite()
                    && op.request.object().pool() == pool) {
                writes.add(op);
            }
        };
        pending.values().forEach(note);
        departing.forEach(note);
        throttle.someWaiting(Integer.MAX_VALUE, entry -> true).forEach(entry -> note.accept((PendingOp<?>) entry));
        writes.forEach(op -> op.watchedBy(this::ended));
        List<Object> all = new ArrayList<>(writes);
        all.addAll(inDoubt.ofPool(pool));
        flushes.add(all, done);
    }

    /** Ends the wait of one who flushes. */
    void flushLate(CompletableFuture<Void> done, RadosException why) {
        flushes.forget(done);
        done.completeExceptionally(why);
    }

    void cancel(PendingOp<?> op) {
        if (takeOut(op)) {
            op.cancelled = true;
            giveUp(op, new RadosException(Errno.ECANCELED, op.request.doing()));
        }
    }

    private void giveUp(PendingOp<?> op, RadosException why) {
        end(op, why);
        admit();
    }

    /**
     * Ends the wait for one that is pending, or was taken out of those that wait. One that cannot be told stays, and
     * its deadline ends it. A write that an OSD may have is looked after from now on.
     */
    private void end(PendingOp<?> op, RadosException why) {
        boolean inDoubtStill = ending == null && op.mayBeApplied();
        if (inDoubtStill && op.doubt != null) {
            inDoubt.unanswered(op.doubt, why);
            return;
        }
        RadosException told = inDoubtStill ? inDoubt.take(op, why) : why;
        departing.add(op, () -> op.fail(told), around.now());
        remove(op);
        around.wakeTick();
    }

    /** The access of writes in doubt to those that are not. */
    private final class Doubtful implements InDoubt.Owner {
        @Override
        public void start(PendingOp<?> op) {
            begin(op);
            around.wakeTick();
        }

        @Override
        public void replace(PendingOp<?> op, PendingOp<?> heir) {
            pending.put(heir.key, heir);
            if (op.session != null) {
                op.session.replace(op, heir);
            } else if (op.bouncing) {
                againLater(heir);
            }
        }

        @Override
        public void forget(PendingOp<?> op) {
            op.withdraw();
            leave(op);
        }

        @Override
        public void watch(PendingOp<?> op, Doubt<?> doubt) {
            flushes.also(op, doubt);
        }

        @Override
        public void ended(Doubt<?> doubt) {
            flushes.ended(doubt);
        }
    }

    /** Takes operations again, all that were there having ended. */
    void goOn() {
        ending = null;
        expiring = false;
    }

    /** Ends all but those that register watches and notifications, a slice in each turn of the loop. */
    void giveUpAll(Function<PendingOp<?>, RadosException> why) {
        ending = why;
        expiring = true;
        inDoubt.endAll(why);
        endSome();
    }

    private void endSome() {
        Function<PendingOp<?>, RadosException> why = ending;
        if (why == null) {
            return;
        }
        List<PendingOp<?>> some = first(op -> true, op -> true);
        for (PendingOp<?> op : some) {
            if (takeOut(op)) {
                Guard.run("ending an operation", () -> end(op, why.apply(op)));
            }
        }
        if (some.size() == SLICE) {
            around.loop().execute(this::endSome);
        }
    }

    /** Whether it is not over yet; one that waits for its turn, or for room to lend, does so no more. */
    private boolean takeOut(PendingOp<?> op) {
        return op.tid != 0 ? pending.get(op.key) == op : throttle.removeWaiting(op) || lending.removeWaiting(op);
    }

    /** A slice of them: of those that wait before those that had their turn. */
    private List<PendingOp<?>> first(Predicate<PendingOp<?>> which, Predicate<PendingOp<?>> whichBorrow) {
        List<PendingOp<?>> found = lending.someWaiting(SLICE, whichBorrow);
        throttle.someWaiting(SLICE - found.size(), entry -> which.test((PendingOp<?>) entry))
                .forEach(entry -> found.add((PendingOp<?>) entry));
        for (PendingOp<?> op : pending.values()) {
            if (found.size() == SLICE) {
                return found;
            }
            if (op.linger == null && which.test(op)) {
                found.add(op);
            }
        }
        return found;
    }

    // ---- maps

    /** Notes what one more epoch means for each operation; nothing is sent between epochs. */
    void follow(OsdMap map, List<Session> gone, boolean skipped) {
        for (Session session : gone) {
            for (PendingOp<?> op : session.operations()) {
                session.remove(op);
                op.moved = true;
                op.stageNanos = around.now();
            }
        }
        long now = around.now();
        for (PendingOp<?> op : pending.values()) {
            try {
                follow(op, map, skipped, now);
            } catch (RuntimeException | Error broken) {
                op.misplaced = broken;
            }
        }
    }

    private static void follow(PendingOp<?> op, OsdMap map, boolean skipped, long now) {
        long pool = op.request.object().pool();
        SnapIntervals removed = skipped ? map.removedSnaps(pool) : map.newlyRemovedSnaps(pool);
        op.prune(removed);
        boolean wasPaused = op.target.isPaused();
        op.change = op.target.update(map, false);
        op.placedUnder = map;
        if (op.change == Target.Change.MOVED || wasPaused != op.target.isPaused()) {
            op.stageNanos = now;
        }
        op.moved |= skipped || op.change == Target.Change.MOVED;
    }

    /** Sends those again, in the order of their tids, that the maps have moved. */
    void settleMoved() {
        lanesChanged = true;
        // nothing gets its turn before all that was there is where it belongs: it might overtake one for its object
        admitting = true;
        try {
            for (PendingOp<?> op : new ArrayList<>(pending.values())) {
                settleOne(op);
            }
        } finally {
            admitting = false;
            admit();
        }
    }

    private void settleOne(PendingOp<?> op) {
        if (pending.get(op.key) != op) {
            return; // the end of one before it was its end, too
        }
        Throwable broken = op.misplaced;
        if (broken != null) {
            misplaced(op, broken);
            return;
        }
        try {
            settleMoved(op);
        } catch (RuntimeException | Error thrown) {
            misplaced(op, thrown);
        }
    }

    private void settleMoved(PendingOp<?> op) {
        boolean leaves = op.moved || op.change == Target.Change.POOL_GONE || op.change == Target.Change.POOL_FAILED;
        op.moved = false;
        if (leaves && op.linger == null && !op.bouncing) {
            detach(op);
            settle(op);
        }
    }

    // ---- time

    void tick() {
        departing.tick(around.now());
        setStuckAside();
        held.look(pending.values());
        if (held.looksAtWaiting() && throttle.waiting() + lending.waiting() > 0) {
            throttle.someWaiting(Reasons.Held.MOST, entry -> held.isNew((PendingOp<?>) entry))
                    .forEach(entry -> held.tell((PendingOp<?>) entry));
            lending.someWaiting(Reasons.Held.MOST, held::isNew).forEach(held::tell);
        }
        expire();
    }

    private void setStuckAside() {
        long now = around.now();
        for (PendingOp<?> op : pending.values()) {
            if ((op.isCounted() || op.lending) && now - op.turnNanos >= STUCK_NANOS) {
                throttle.setAside(op);
                lending.setAside(op);
            }
        }
    }

    /** Ends those that are late, a slice in each turn of the loop; before the last of them nothing gets its turn. */
    private void expire() {
        if (ending != null) {
            return;
        }
        long now = around.now();
        List<PendingOp<?>> late = first(op -> op.isLate(now), op -> lending.isLate(op, now));
        expiring = true;
        try {
            for (PendingOp<?> op : late) {
                DeadlineException why = late(op, now);
                if (takeOut(op)) {
                    Guard.run("ending an operation", () -> end(op, why));
                }
            }
        } finally {
            expiring = late.size() == SLICE;
            if (expiring) {
                around.loop().execute(this::expire);
            } else {
                admit();
            }
        }
    }

    private DeadlineException late(PendingOp<?> op, long now) {
        return new DeadlineException(explanation(op, now), op.sent(), null);
    }

    private String explanation(PendingOp<?> op, long now) {
        long millis = Duration.ofNanos(now - op.submittedNanos).toMillis();
        return op.request.doing() + ", after " + millis + " ms: "
                + reasons.of(op).text(now);
    }

    // ---- explanations

    /** Returns the reason why an operation is not answered. */
    Reason reason(PendingOp<?> op) {
        return reasons.of(op);
    }

    /** The writes in doubt, those that had their turn, and those that wait for it. */
    void explain(Explanation.Builder all) {
        inDoubt.explain(all, reasons);
        reasons.explain(all, pending.values());
    }
}
