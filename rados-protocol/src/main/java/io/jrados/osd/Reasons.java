package io.jrados.osd;

import io.jrados.error.Explanation;
import io.jrados.error.RadosException;
import io.jrados.error.Stage;
import io.jrados.error.Waiting;
import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

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

    /**
     * Logs the operations that do not end: a warning for each that is held for 5 s, and a line when it ends. A cluster
     * that stands still holds thousands, so at most {@link #MOST} are told in a minute, and how many others there are.
     * Looks with the Objecter's tick, so that operations on their way pay nothing for it.
     */
    static final class Held {
        /** Operations that are told in a minute. */
        static final int MOST = 20;

        private static final Logger LOG = LoggerFactory.getLogger(Objecter.class);
        private static final Duration LONG = Duration.ofSeconds(5);
        private static final long WINDOW_NANOS = Duration.ofMinutes(1).toNanos();
        private static final long PAUSE_NANOS = Duration.ofSeconds(1).toNanos();

        private final Surroundings around;
        private final Reasons reasons;
        private final PendingOp.Ends ends;
        private final Set<PendingOp<?>> told = new HashSet<>();
        private long windowNanos;
        private long lookedNanos;
        private int lines;
        private boolean othersTold;

        /** @param ends told of the end of each operation that was told of, and tells {@link #ended} */
        Held(Surroundings around, Reasons reasons, PendingOp.Ends ends) {
            this.around = around;
            this.reasons = reasons;
            this.ends = ends;
            this.windowNanos = around.now();
            this.lookedNanos = windowNanos;
        }

        /** Whether it is held for long and has not been told. What is in doubt, and watches, are told elsewhere. */
        boolean isNew(PendingOp<?> op) {
            return around.now() - op.submittedNanos >= LONG.toNanos()
                    && op.linger == null
                    && op.doubt == null
                    && !told.contains(op);
        }

        /** @param byAge the oldest first */
        void look(Collection<PendingOp<?>> byAge) {
            long now = around.now();
            if (now - windowNanos >= WINDOW_NANOS) {
                windowNanos = now;
                lines = 0;
                othersTold = false;
            }
            int others = 0;
            for (PendingOp<?> op : byAge) {
                if (now - op.submittedNanos < LONG.toNanos()) {
                    break;
                }
                if (isNew(op) && !tell(op)) {
                    others++;
                }
            }
            if (others > 0 && !othersTold) {
                othersTold = true;
                LOG.warn("{} other operations are held for {} s or more", others, LONG.toSeconds());
            }
        }

        /** Whether to look at those that wait for their turn: once a second, while any of them can be told. */
        boolean looksAtWaiting() {
            long now = around.now();
            if (lines >= MOST || now - lookedNanos < PAUSE_NANOS) {
                return false;
            }
            lookedNanos = now;
            return true;
        }

        /** Tells of an operation; false when there were too many of late. */
        boolean tell(PendingOp<?> op) {
            if (lines >= MOST) {
                return false;
            }
            lines++;
            told.add(op);
            op.watchedBy(ends);
            around.events().held(op.request.object().poolName(), true);
            LOG.warn(
                    "held for {} s: {}",
                    Duration.ofNanos(around.now() - op.submittedNanos).toSeconds(),
                    reasons.of(op).waiting(op.request.doing(), around));
            return true;
        }

        /** Tells of the end of an operation that was told of before. */
        void ended(PendingOp<?> op, @Nullable RadosException why) {
            if (told.remove(op)) {
                around.events().held(op.request.object().poolName(), false);
                LOG.info(
                        "no longer held: {} ended after {} ms, {}",
                        op.request.doing(),
                        Duration.ofNanos(around.now() - op.submittedNanos).toMillis(),
                        op.cancelled ? "given up by its caller" : why == null ? "done" : "failed: " + why.getMessage());
            }
        }
    }
}
