package io.jrados.osd;

import io.jrados.error.RadosException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Holds operations of one session whose message or reply found no memory in this JVM. To send them again at once would
 * bring the same message again, break the connection again and so keep all others of the OSD from going on. Those
 * behind them for the same objects wait with them, so that their order stays. Confined to the Objecter's loop.
 */
final class Starving {
    /** The pause before the first time that one is sent again; it grows by as much each time. */
    private static final Duration PAUSE = Duration.ofSeconds(1);

    /** A read is sent so often. */
    private static final int MOST = 4;

    /** A pause is no longer than so many. */
    private static final int LONGEST = 3;

    /** A message of fewer bytes is not what memory was missing for. */
    private static final long LARGE = 64 << 10;

    /**
     * The parts of a reply around its data: more than they ever are, so that the frame's length tells which read it
     * answers.
     */
    private static final long AROUND = 4 << 10;

    /** The experience of an operation that once found no memory. */
    static final class Hunger {
        private int times;
    }

    private final Session session;
    private final Surroundings around;
    private final Session.Owner owner;
    private final List<PendingOp<?>> paused = new ArrayList<>();
    private String reason = "";

    Starving(Session session, Surroundings around, Session.Owner owner) {
        this.session = session;
        this.around = around;
        this.owner = owner;
    }

    /**
     * The connection was lost for want of memory.
     *
     * @param frame bytes of what came, 0 if it was to be sent
     * @param tid of the operation that it answers, 0 if that is not known
     * @param readyNanos since when there was that connection
     */
    void lost(long frame, long tid, long readyNanos, RadosException why) {
        reason = why.getMessage();
        for (PendingOp<?> op : session.operations()) {
            if (op.carrier == session && op.sentNanos - readyNanos >= 0 && !holds(op) && isMeant(op, frame, tid)) {
                starve(op, why);
            }
        }
    }

    private static boolean isMeant(PendingOp<?> op, long frame, long tid) {
        return tid == 0 ? mayBe(op, frame) : op.tid == tid && op.linger == null;
    }

    private static boolean mayBe(PendingOp<?> op, long frame) {
        if (op.cost() < LARGE || op.linger != null) {
            return false;
        }
        return frame == 0 || !op.request.operation().isWrite() && op.cost() + AROUND >= frame;
    }

    private void starve(PendingOp<?> op, RadosException why) {
        Hunger hunger = op.hunger == null ? new Hunger() : op.hunger;
        op.hunger = hunger;
        hunger.times++;
        if (hunger.times >= MOST && !op.request.operation().isWrite()) {
            owner.starved(op, why);
        } else {
            paused.add(op);
            owner.heldBack();
            around.loop().schedule(PAUSE.multipliedBy(Math.min(hunger.times, LONGEST)), () -> goOn(op));
        }
    }

    /** The reason that some wait for, as a clause. */
    String reason() {
        return reason;
    }

    /** Also when the operation is over or elsewhere: others may wait behind it. */
    private void goOn(PendingOp<?> over) {
        paused.remove(over);
        owner.heldBack();
        for (PendingOp<?> op : session.operations()) {
            if (op.tid >= over.tid && sameObject(op, over)) {
                session.send(op);
            }
        }
    }

    private static boolean sameObject(PendingOp<?> one, PendingOp<?> other) {
        return one.request.object().equals(other.request.object());
    }

    boolean isEmpty() {
        return paused.isEmpty();
    }

    /** Whether an operation waits for memory, or behind one that does. */
    boolean holds(PendingOp<?> op) {
        for (int i = 0; i < paused.size(); i++) {
            PendingOp<?> before = paused.get(i);
            if (before == op || before.tid <= op.tid && sameObject(before, op)) {
                return true;
            }
        }
        return false;
    }
}
