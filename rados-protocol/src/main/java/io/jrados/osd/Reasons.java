package io.jrados.osd;

import io.jrados.error.Explanation;
import io.jrados.error.Stage;
import io.jrados.error.Waiting;
import java.util.Collection;
import java.util.List;

/**
 * Tells why operations are not answered: the stage that each is in, and since when. It is computed when somebody asks,
 * from the state that is there anyway, so that operations on their way pay nothing for it. Confined to the Objecter's
 * loop.
 */
final class Reasons {
    private final Surroundings around;
    private final Throttle throttle;
    private final Lending lending;

    Reasons(Surroundings around, Throttle throttle, Lending lending) {
        this.around = around;
        this.throttle = throttle;
        this.lending = lending;
    }

    /** Returns the reason of an operation that waits for its turn or is pending. */
    Reason of(PendingOp<?> op) {
        if (lending.isWaiting(op)) {
            return new Reason(Stage.MEMORY, op.submittedNanos, lending.before(op));
        }
        if (op.tid == 0) {
            return new Reason(Stage.LIMIT, op.submittedNanos, throttle.before(op));
        }
        long since = op.stageNanos;
        if (!op.refusedBy.isEmpty()) {
            return new Reason(
                    Stage.MAP,
                    since,
                    op.refusedBy
                            + " refuses it to a fenced client, and the monitors have not said whether this one is");
        }
        if (around.epoch() == 0) {
            return new Reason(Stage.MAP, since, "the monitors have not sent one");
        }
        if (op.target.isPaused()) {
            return new Reason(op.target.pauseStage(), since, op.target.pause());
        }
        Reason reason = placed(op, since);
        return new Reason(
                reason.stage(),
                reason.sinceNanos(),
                reason.cause() + " (" + op.target.groupText() + ", OSD map " + around.epoch() + ", sent " + op.attempts
                        + " times)");
    }

    private static Reason placed(PendingOp<?> op, long since) {
        Session session = op.session;
        if (session != null) {
            return session.reason(op);
        }
        if (op.change == Target.Change.POOL_GONE) {
            return new Reason(
                    Stage.MAP,
                    since,
                    "the OSD map lacks its pool, and the monitors have not said that it is the newest");
        }
        return op.bouncing
                ? new Reason(Stage.ANSWER, op.sentNanos, "the OSD asked to try again")
                : new Reason(Stage.PLACEMENT, since, "no OSD serves it");
    }

    // ---- explanations

    /** Adds the operations that had their turn, but for those of watches and doubts, and those that wait for it. */
    void explain(Explanation.Builder all, Collection<PendingOp<?>> pending) {
        long seen = 0;
        for (PendingOp<?> op : pending) {
            if (all.room() == 0) {
                break;
            }
            seen++;
            if (op.linger == null && op.doubt == null) {
                all.add(() -> waiting(op));
            }
        }
        all.addMore(pending.size() - seen);
        List<Throttle.Entry> some = throttle.someWaiting(all.room(), entry -> true);
        some.forEach(entry -> all.add(() -> waiting((PendingOp<?>) entry)));
        all.addMore(throttle.waiting() - some.size());
        List<PendingOp<?>> borrowers = lending.someWaiting(all.room(), op -> true);
        borrowers.forEach(op -> all.add(() -> waiting(op)));
        all.addMore(lending.waiting() - borrowers.size());
    }

    private Waiting waiting(PendingOp<?> op) {
        return of(op).waiting(op.request.doing(), around);
    }
}
