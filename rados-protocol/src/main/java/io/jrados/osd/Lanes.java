package io.jrados.osd;

import io.jrados.message.Spg;
import io.jrados.osd.order.Parked;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The lanes of the throttle: one for each OSD, one for each pool of which something is paused or has no OSD, and one
 * for each placement group that its OSD asked to hold back. What must wait behind a paused write to its object is in
 * that write's lane, so that it takes its turn after it, and no room of its OSD's. Confined to the Objecter's loop.
 */
final class Lanes {
    /** Lanes of groups that are remembered while nothing is in them. */
    private static final int MOST_EMPTY = 256;

    private final Sessions sessions;
    private final List<Throttle.@Nullable Lane> byOsd = new ArrayList<>();
    private final Map<Long, Throttle.Lane> byPool = new HashMap<>();
    private final Map<Spg, Throttle.Lane> byGroup = new HashMap<>();
    private final Parked<PendingOp<?>> parked = new Parked<>();
    private boolean anyHeld;

    Lanes(Sessions sessions) {
        this.sessions = sessions;
    }

    /** The lane of an operation that the map in force has placed. */
    Throttle.Lane of(PendingOp<?> op) {
        Target target = op.target;
        int osd = target.osd();
        if (osd < 0 || target.isPaused() || parked.keeps(op)) {
            ObjectName object = op.request.object();
            return byPool.computeIfAbsent(
                    object.pool(),
                    pool -> new Throttle.Lane(
                            "for what is paused, or behind that, or has no OSD in pool " + object.poolName(), true));
        }
        if (anyHeld) {
            Session session = sessions.known(osd);
            if (session != null && session.isHeld(op)) {
                return held(target.group(), osd);
            }
        }
        return of(osd);
    }

    /** Begins anew, after what decides on lanes may have changed: all operations are noted again, in their order. */
    void changed() {
        anyHeld = sessions.anyHoldsBack();
        parked.clear();
    }

    /** Notes an operation that waits for its turn, or has it. */
    void note(PendingOp<?> op) {
        parked.add(op);
    }

    /** Forgets an operation, and returns whether others belong into other lanes now. */
    boolean left(PendingOp<?> op) {
        return parked.remove(op);
    }

    private Throttle.Lane of(int osd) {
        while (byOsd.size() <= osd) {
            byOsd.add(null);
        }
        Throttle.Lane known = byOsd.get(osd);
        if (known == null) {
            known = new Throttle.Lane("for osd." + osd, false);
            byOsd.set(osd, known);
        }
        return known;
    }

    private Throttle.Lane held(Spg group, int osd) {
        Throttle.Lane known = byGroup.get(group);
        if (known != null) {
            return known;
        }
        if (byGroup.size() >= MOST_EMPTY) {
            byGroup.values().removeIf(Throttle.Lane::isEmpty);
        }
        Throttle.Lane made = new Throttle.Lane(
                "for group " + group + ", which osd." + osd + " holds back or memory was missing for", true);
        byGroup.put(group, made);
        return made;
    }
}
