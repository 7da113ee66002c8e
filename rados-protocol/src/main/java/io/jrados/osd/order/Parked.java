package io.jrados.osd.order;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * The objects with writes that are paused, before their turn or after, and the operations that must wait behind these.
 * Both belong into one lane of the throttle: there they keep their order, and take no room from others. It is empty
 * while nothing is paused.
 */
public final class Parked<O extends Ordered<O>> {
    /** The operations of one object. */
    private static final class Spot<O> {
        private final Set<O> writes = new HashSet<>();
        private final Set<O> behind = new HashSet<>();
    }

    private final Map<Object, Spot<O>> spots = new HashMap<>();

    /** Whether an operation that comes now has to wait behind one of these. */
    public boolean keeps(O op) {
        return !spots.isEmpty()
                && op.isInOrder()
                && op.isWriteOrdered()
                && !op.waitsForSpace()
                && spots.containsKey(op.object());
    }

    /**
     * Notes an operation that waits for its turn, or has it; call it in the order of submission. A write that may be
     * given up keeps nothing.
     */
    public void add(O op) {
        if (op.isPaused() && op.isInOrder() && op.waitsForSpace() && !op.mayBeGivenUp()) {
            spots.computeIfAbsent(op.object(), object -> new Spot<>()).writes.add(op);
        } else if (keeps(op)) {
            spots.get(op.object()).behind.add(op);
        }
    }

    /** Forgets an operation, and returns whether others need not wait behind it any more. */
    public boolean remove(O op) {
        if (spots.isEmpty()) {
            return false;
        }
        Spot<O> spot = spots.get(op.object());
        if (spot == null || !spot.writes.remove(op) && !spot.behind.remove(op) || !spot.writes.isEmpty()) {
            return false;
        }
        if (spot.behind.isEmpty()) {
            spots.remove(op.object());
            return false;
        }
        return true;
    }

    /** Forgets all of them. */
    public void clear() {
        spots.clear();
    }
}
