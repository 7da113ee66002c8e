package io.jrados.osd;

import io.jrados.error.DeadlineException.Sent;
import io.jrados.error.RadosException;
import io.jrados.error.Stage;
import io.jrados.message.Loan;
import io.jrados.message.MessageType;
import io.jrados.message.OsdOpReply;
import io.jrados.msgr.Connection;
import io.jrados.osd.op.SnapContext;
import io.jrados.osd.order.Ordered;
import io.jrados.osdmap.OsdMap;
import io.jrados.osdmap.SnapIntervals;
import io.jrados.wire.Utime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One operation from its submission to its end. Confined to the Objecter's loop. */
final class PendingOp<R> extends Throttle.Entry implements Ordered<PendingOp<?>> {
    /** The receiver of the outcome, told once at the end. */
    interface Outcome<R> {
        void succeeded(R result);

        void failed(RadosException why);

        /** Given up by its caller. */
        void cancelled();

        /** Whether the operation keeps to the order of those to its object. */
        default boolean isInOrder() {
            return true;
        }
    }

    /** Somebody who is told when an operation ends. */
    interface Ends {
        /** @param why it failed; null if it did not */
        void ended(PendingOp<?> op, @Nullable RadosException why);
    }

    /** One connection that it was handed to. */
    private record Carriage(Session session, Connection connection) {
        boolean goesOn() {
            return session.isOn(connection);
        }
    }

    final Request<R> request;
    final Target target;
    final long submittedNanos;
    private long deadlineNanos;
    /** The time that the operation gives, or the wall clock at its submission: the same in every attempt. */
    final Utime modified;
    /** The watch or notification that this registers, which registers anew instead of being sent again. */
    final @Nullable Linger linger;

    /** The doubt that this is the heir of. */
    final @Nullable Doubt<R> doubt;

    private @Nullable PendingOp<?> next;
    private @Nullable PendingOp<?> previous;
    private final Outcome<R> outcome;
    private final long cost;
    /** The flushes, and the log of what is held, that are told of its end; null for most. */
    private @Nullable Ends ends;

    SnapContext snaps;
    /** 0 while it waits for its turn. */
    long tid;

    /** The same, as the tables of operations know it. */
    Long key = 0L;

    /** The number of times it was handed to a connection. */
    int attempts;

    long sentNanos;
    /** The time at which it came where it is: it was submitted, had its turn, or a map moved, paused or freed it. */
    long stageNanos;
    /** The session where it is now. */
    @Nullable
    Session session;
    /** The session where it was sent last, and the connection there. */
    @Nullable
    Session carrier;

    @Nullable
    Connection via;
    /** The connections before, which may hold its buffers yet; empty for most. */
    private List<Carriage> earlier = List.of();

    boolean cancelled;
    /** Whether it has room for what it will lend. */
    boolean lending;
    /** The lack of memory that its message or its reply met in this JVM; null for most. */
    Starving.@Nullable Hunger hunger;
    /** Whether an OSD has answered what was sent last: it does nothing more of it. */
    boolean answered;
    /** Whether another attempt than the last was not answered: an OSD may do it yet. */
    private boolean unsettled;
    /** The map that its target is of. */
    @Nullable
    OsdMap placedUnder;
    /** The time at which it had its turn, or was placed elsewhere since. */
    long turnNanos;
    /** The meaning of the newest map for it. */
    Target.Change change = Target.Change.UNCHANGED;
    /** Whether one of the maps since it was settled last moved it. */
    boolean moved;
    /** The number of times an OSD said EAGAIN, and whether it waits because of that. */
    int bounced;

    boolean bouncing;
    /** The OSD that takes this client for fenced; empty for none. */
    String refusedBy = "";

    /** The epoch from which on a missing pool does not exist, and whether that epoch is being asked for. */
    long poolGoneAt;

    boolean confirming;
    /** Thrown when the newest map was to say where it goes. */
    @Nullable
    Throwable misplaced;

    PendingOp(Request<R> request, Outcome<R> outcome, @Nullable Linger linger, Surroundings around) {
        long nowNanos = around.now();
        this.request = request;
        this.outcome = outcome;
        this.linger = linger;
        this.doubt = null;
        this.snaps = request.snaps();
        this.target = new Target(request.object(), request.operation().flags() | request.flags(), around.placing());
        this.submittedNanos = nowNanos;
        this.turnNanos = nowNanos;
        this.stageNanos = nowNanos;
        this.cost = request.operation().budget();
        this.deadlineNanos = nowNanos + request.deadline().toNanos();
        Optional<Utime> given = request.operation().modified();
        this.modified = given.isPresent() ? given.get() : around.wallTime();
    }

    /** Creates the operation that goes on in another's place when that one's caller waits no more. */
    private PendingOp(PendingOp<R> before, Request<R> request, Doubt<R> doubt) {
        this.request = request;
        this.outcome = doubt;
        this.doubt = doubt;
        this.linger = null;
        this.snaps = before.snaps;
        this.target = before.target;
        this.submittedNanos = before.submittedNanos;
        this.deadlineNanos = before.submittedNanos + request.deadline().toNanos();
        this.modified = before.modified;
        this.tid = before.tid;
        this.key = before.key;
        this.attempts = before.attempts;
        this.unsettled = before.unsettled;
        this.sentNanos = before.sentNanos;
        this.stageNanos = before.stageNanos;
        this.carrier = before.carrier;
        this.change = before.change;
        this.moved = before.moved;
        this.bounced = before.bounced;
        this.poolGoneAt = before.poolGoneAt;
        this.cost = before.cost;
        this.placedUnder = before.placedUnder;
        this.turnNanos = before.turnNanos;
    }

    /** The same operation, with its tid and its place and a copy of its data. */
    PendingOp<R> heir(Duration deadline, Doubt<R> heard) {
        return new PendingOp<>(this, request.copied(deadline), heard);
    }

    /** Whether an OSD may do it although nobody waits: it was sent, not answered, and changes something. */
    boolean mayBeApplied() {
        return (unsettled || attempts > 0 && !answered)
                && linger == null
                && request.operation().isWrite();
    }

    /** The OSD that got the last attempt does nothing of it, which says nothing of those before. */
    void refused() {
        unsettled |= attempts > 1;
        answered = true;
    }

    /** No OSD does anything of it any more. */
    void settled() {
        unsettled = false;
        answered = true;
    }

    /** Forgets its attempts: it is about to be sent with another tid. */
    void beginAgain() {
        attempts = 0;
        answered = false;
    }

    void number(long number) {
        tid = number;
        key = number;
    }

    @Override
    public long number() {
        return tid;
    }

    @Override
    public ObjectName object() {
        return request.object();
    }

    @Override
    public int objectHash() {
        return request.object().name().hashCode();
    }

    @Override
    public boolean isInOrder() {
        return linger == null && outcome.isInOrder();
    }

    @Override
    public boolean isWrite() {
        return target.isWrite();
    }

    @Override
    public boolean isWriteOrdered() {
        return target.isWriteOrdered();
    }

    @Override
    public boolean passesFull() {
        return target.passesFull();
    }

    @Override
    public boolean isPaused() {
        return target.isPaused();
    }

    @Override
    public boolean mayBeGivenUp() {
        return doubt != null && target.isPaused() && target.pauseStage() == Stage.FULL;
    }

    @Override
    public @Nullable PendingOp<?> next() {
        return next;
    }

    @Override
    public void next(@Nullable PendingOp<?> linked) {
        next = linked;
    }

    @Override
    public @Nullable PendingOp<?> previous() {
        return previous;
    }

    @Override
    public void previous(@Nullable PendingOp<?> linked) {
        previous = linked;
    }

    @Override
    long cost() {
        return cost;
    }

    /** Counts writes alone: a read has no memory yet. */
    @Override
    long kept() {
        return request.operation().isWrite() ? cost : 0;
    }

    /** The memory that it lends; null for most. */
    @Nullable
    Loan loan() {
        return request.operation().loan();
    }

    /** Gives it all of its time once more, after it waited for what others had lent. */
    void beginAnew(long nowNanos) {
        deadlineNanos = nowNanos + request.deadline().toNanos();
    }

    /** Whether its deadline has passed: from then on it is not sent any more. */
    boolean isLate(long nowNanos) {
        return nowNanos - deadlineNanos >= 0;
    }

    /** Whether some connection may still read the caller's buffers. */
    boolean buffersInUse() {
        return request.operation().inputsHeld();
    }

    /** Notes the connection that it is handed to. */
    void carriedBy(Session session, Connection connection) {
        Connection before = via;
        if (before != null && before != connection && carrier != null) {
            List<Carriage> all = new ArrayList<>(earlier);
            all.add(new Carriage(carrier, before));
            earlier = all;
        }
        carrier = session;
        via = connection;
    }

    /** Whether another connection than the one that brings its answer may hold its buffers. */
    boolean isHeldElsewhere() {
        return !earlier.isEmpty() && buffersInUse();
    }

    /** Takes it back if it waits for the socket yet, so that its buffers are free. */
    void withdraw() {
        if (via != null && buffersInUse()) {
            via.exchange(MessageType.OSD_OP.number(), tid, null);
        }
    }

    /** The session whose connection holds its buffers, as far as can be told: of those before first. */
    @Nullable
    Session holder() {
        for (Carriage carriage : earlier) {
            if (carriage.goesOn()) {
                return carriage.session;
            }
        }
        return carrier != null && via != null && carrier.isOn(via) ? carrier : null;
    }

    /** Removed snapshots need not be preserved any more. */
    void prune(SnapIntervals removed) {
        if (removed.isEmpty() || snaps.isEmpty()) {
            return;
        }
        snaps = snaps.without(removed::contains);
    }

    Sent sent() {
        return attempts == 0 && !unsettled ? Sent.NEVER_SENT : Sent.OUTCOME_UNKNOWN;
    }

    /** Somebody waits for its end. */
    void watchedBy(Ends who) {
        ends = who;
    }

    private void ended(@Nullable RadosException why) {
        if (ends != null) {
            ends.ended(this, why);
        }
    }

    /** Ends it with a reply, which is released. */
    void complete(OsdOpReply reply) {
        RadosException why = null;
        try {
            outcome.succeeded(request.operation().result(reply, request::doing));
        } catch (RadosException failed) {
            why = failed;
            outcome.failed(failed);
        } finally {
            ended(why);
        }
    }

    void fail(RadosException why) {
        try {
            if (cancelled) {
                outcome.cancelled();
            } else {
                outcome.failed(why);
            }
        } finally {
            ended(why);
        }
    }

    @Override
    public String toString() {
        return "tid " + tid + " " + request.doing();
    }
}
