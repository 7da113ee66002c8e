package io.jrados.osd;

import io.jrados.error.DeadlineException;
import io.jrados.error.Errno;
import io.jrados.error.Explanation;
import io.jrados.error.OutcomeUnknownException;
import io.jrados.error.RadosException;
import io.jrados.error.Stage;
import io.jrados.error.Waiting;
import io.jrados.message.Op;
import io.jrados.message.OpCode;
import io.jrados.message.Operation;
import io.jrados.message.OsdFlags;
import io.jrados.osd.op.SnapContext;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The writes that were sent and that nobody waits for any more: their callers' deadlines have passed, or they were
 * cancelled. A deadline ends the caller's wait, not the operation's life, so each is looked after until its outcome is
 * settled. Confined to the Objecter's loop.
 *
 * <pre>
 *   deadline passed, data within the limit ─► an heir goes on, in its place, with a copy ── answered ──► settled
 *                                                      │ abandoned, or in the way in a full pool
 *   cancelled, or too much data ───────────────────────┴─► ordered stat of the object ──── answered ──► settled
 * </pre>
 *
 * <p>An heir keeps tid and place, and so is sent before what was submitted later to the same object. A write without an
 * heir is not sent again; what an OSD may still have of it is done before a stat that is ordered with writes and comes
 * behind it: on the same connection by its place there, on a later one because an OSD drops the connection that the new
 * one of the same client replaces, and what came from it (AsyncMessenger and ProtocolV2::handle_existing_connection;
 * PG::can_discard_op), and under another primary because that one takes nothing of an earlier interval.
 */
final class InDoubt implements Doubt.Keeper {
    private static final Logger LOG = LoggerFactory.getLogger(InDoubt.class);

    /** Writes that may be in doubt; with more, no new ones are taken. */
    static final int MAX = 1 << 16;

    /** Bytes that an heir takes beside its data. */
    private static final int OVERHEAD = 1024;

    private static final Duration FOREVER = Duration.ofDays(365);
    private static final Duration AGAIN = Duration.ofSeconds(1);
    private static final int STAT_FLAGS = OsdFlags.READ | OsdFlags.RWORDERED | OsdFlags.FULL_TRY;

    /** The operations, to which doubts belong. */
    interface Owner {
        /** Sends an operation past the throttle. */
        void start(PendingOp<?> op);

        /** Puts an heir in the place of an operation that is not answered. */
        void replace(PendingOp<?> op, PendingOp<?> heir);

        /** Forgets an operation that is not answered, without telling anybody. */
        void forget(PendingOp<?> op);

        /** Makes those who flush wait for a doubt, too. */
        void watch(PendingOp<?> op, Doubt<?> doubt);

        void ended(Doubt<?> doubt);
    }

    private final Surroundings around;
    private final Owner owner;
    private final Set<Doubt<?>> open = new LinkedHashSet<>();
    private final Map<Place, Settling> settling = new HashMap<>();
    private long bytes;

    InDoubt(Surroundings around, Owner owner) {
        this.around = around;
        this.owner = owner;
    }

    boolean isFull() {
        return open.size() >= MAX;
    }

    /** Whether there is room for the data of a write in doubt. */
    boolean keeps(PendingOp<?> op) {
        return bytes + op.cost() + OVERHEAD <= around.limits().doubtBytes();
    }

    /** Returns the writes in doubt of a pool's objects. */
    List<Doubt<?>> ofPool(long pool) {
        return open.stream()
                .filter(doubt -> doubt.origin.request.object().pool() == pool)
                .toList();
    }

    /**
     * Takes over a write that its caller waits for no more and that may have been sent.
     *
     * @param why the end of the caller's wait
     * @return what the caller is told
     */
    <R> RadosException take(PendingOp<R> op, RadosException why) {
        Doubt<R> doubt = new Doubt<>(op, this, around.wallClock());
        open.add(doubt);
        owner.watch(op, doubt);
        boolean late = why instanceof DeadlineException;
        long size = op.cost() + OVERHEAD;
        PendingOp<R> heir = late && keeps(op) ? heir(op, doubt) : null;
        if (heir != null) {
            bytes += size;
            doubt.bytes = size;
            doubt.heir = heir;
            owner.replace(op, heir);
        } else {
            owner.forget(op);
            String clause = late ? ", which has more data than is kept of writes in doubt" : ", which was given up";
            doubt.unanswered(new RadosException(Errno.ECANCELED, doubt.doing() + clause));
            settle(doubt);
        }
        LOG.debug("in doubt: {}", doubt);
        tell(doubt);
        if (!late) {
            return why;
        }
        String doing =
                heir != null ? why.doing() : why.doing() + "; its data is not kept, so that it can only be abandoned";
        return new OutcomeUnknownException(doing, doubt, why.getCause());
    }

    /** Null without the memory for a copy. */
    private static <R> @Nullable PendingOp<R> heir(PendingOp<R> op, Doubt<R> doubt) {
        try {
            return op.heir(FOREVER, doubt);
        } catch (OutOfMemoryError none) {
            Guard.log("keeping the data of a write in doubt", none);
            return null;
        }
    }

    private static void tell(Doubt<?> doubt) {
        Guard.run(
                "telling of a write in doubt",
                () -> doubt.origin.request.doubts().accept(doubt));
    }

    // ---- settling

    /** The place where an ordered stat goes. */
    private record Place(ObjectName object, int flags) {
        static Place of(PendingOp<?> op) {
            int kept = OsdFlags.IGNORE_OVERLAY | OsdFlags.IGNORE_CACHE | OsdFlags.IGNORE_REDIRECT;
            return new Place(op.request.object(), (op.request.operation().flags() | op.request.flags()) & kept);
        }
    }

    /** The stats of one object, one at a time: each settles what was in doubt when it was submitted. */
    private final class Settling implements PendingOp.Outcome<Void> {
        private final Place place;
        private List<Doubt<?>> asked = new ArrayList<>();
        private List<Doubt<?>> next = new ArrayList<>();
        private boolean warned;

        Settling(Place place) {
            this.place = place;
        }

        private void ask() {
            asked.addAll(next);
            next = new ArrayList<>();
            Operation<Void> stat =
                    new Operation<>(List.of(Op.plain(OpCode.STAT)), STAT_FLAGS, (outputs, version) -> null);
            owner.start(new PendingOp<>(
                    new Request<>(place.object, stat, SnapContext.HEAD, SnapContext.EMPTY, place.flags, FOREVER),
                    this,
                    null,
                    around));
        }

        @Override
        public void succeeded(Void nothing) {
            List<Doubt<?>> done = asked;
            asked = new ArrayList<>();
            if (next.isEmpty()) {
                settling.remove(place);
            } else {
                ask();
            }
            done.forEach(doubt -> doubt.conclude(null));
        }

        @Override
        public void failed(RadosException why) {
            if (why.errno() == Errno.ENOENT) {
                succeeded(null);
                return;
            }
            if (open.isEmpty()) {
                return;
            }
            if (!warned) {
                warned = true;
                LOG.warn("writes in doubt cannot be settled yet: {}", why.getMessage());
            }
            around.loop().schedule(AGAIN, () -> {
                if (settling.get(place) == this) {
                    ask();
                }
            });
        }

        /** Asks only about writes that are not sent again: whatever others wait for, it need not. */
        @Override
        public boolean isInOrder() {
            return false;
        }

        @Override
        public void cancelled() {
            throw new IllegalStateException("nobody can cancel a stat of " + place.object);
        }
    }

    private void settle(Doubt<?> doubt) {
        Place place = Place.of(doubt.origin);
        Settling known = settling.get(place);
        Settling mine = known == null ? new Settling(place) : known;
        mine.next.add(doubt);
        if (known == null) {
            settling.put(place, mine);
            mine.ask();
        }
    }

    @Override
    public void abandon(Doubt<?> doubt) {
        around.inbox().add(() -> giveUp(doubt));
    }

    private void giveUp(Doubt<?> doubt) {
        if (!doubt.isOver() && doubt.heir != null) {
            unanswered(doubt, new RadosException(Errno.ECANCELED, doubt.doing() + ", which was given up"));
        }
    }

    /** The heir is not to be sent any more; its answer will not come. */
    void unanswered(Doubt<?> doubt, RadosException why) {
        PendingOp<?> heir = doubt.heir;
        if (heir != null) {
            owner.forget(heir);
        }
        release(doubt);
        doubt.unanswered(why);
        settle(doubt);
    }

    /**
     * Gives up writes that a full pool keeps waiting and that keep others waiting, such as the deletion that would make
     * room. They are not sent again, and what an OSD has of them is done before what comes behind them: they were done
     * before that, or never are. All are taken out before the first is settled, so that what they kept goes first.
     */
    void makeWay(List<PendingOp<?>> heirs) {
        List<Doubt<?>> over = new ArrayList<>();
        for (PendingOp<?> heir : heirs) {
            Doubt<?> doubt = heir.doubt;
            if (doubt != null && doubt.heir == heir) {
                over.add(doubt);
                owner.forget(heir);
            }
        }
        for (Doubt<?> doubt : over) {
            LOG.debug("given up for what waits behind it: {}", doubt);
            doubt.heir = null;
            unanswered(
                    doubt,
                    new RadosException(
                            Errno.ECANCELED,
                            doubt.doing() + ", which waited for room in a full pool and was given up for a later"
                                    + " request to the object that needs none"));
        }
    }

    private void release(Doubt<?> doubt) {
        bytes -= doubt.bytes;
        doubt.bytes = 0;
        doubt.heir = null;
    }

    @Override
    public void ended(Doubt<?> doubt) {
        release(doubt);
        open.remove(doubt);
        owner.ended(doubt);
    }

    @Override
    public void complete(Runnable completion) {
        around.complete(completion);
    }

    // ---- the end

    /** This client sends nothing any more. */
    void endAll(Function<PendingOp<?>, RadosException> why) {
        if (open.isEmpty()) {
            return;
        }
        LOG.warn(
                "{} writes are in doubt at this client's end, the first: {}",
                open.size(),
                open.iterator().next());
        settling.clear();
        for (Doubt<?> doubt : List.copyOf(open)) {
            if (doubt.heir != null) {
                owner.forget(doubt.heir);
            }
            doubt.conclude(why.apply(doubt.origin));
        }
    }

    // ---- explanations

    void explain(Explanation.Builder all, Reasons reasons) {
        for (Doubt<?> doubt : open) {
            all.add(() -> new Waiting(doubt.doing(), Stage.IN_DOUBT, doubt.since(), cause(doubt, reasons)));
        }
    }

    private static String cause(Doubt<?> doubt, Reasons reasons) {
        PendingOp<?> heir = doubt.heir;
        return heir == null
                ? "its caller waits no more, and an ordered request to the object has to show that it is over"
                : "its caller waits no more, and " + reasons.of(heir).cause();
    }
}
