package io.jrados.osd;

import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.NavigableMap;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * Operations of one session that wait behind a write to their object. An OSD drops the writes that were on their way
 * when their pool became full, and gets them again when it has room (PrimaryLogPG::do_op, src/osd/PrimaryLogPG.cc):
 * what passes a full pool and was submitted later to the same object waits for them, and so does every write behind one
 * that waits.
 */
final class Behind {
    private final Set<PendingOp<?>> waiting = new LinkedHashSet<>();

    void add(PendingOp<?> op) {
        waiting.add(op);
    }

    /** Whether it waits; asked only while some do, or each operation would get an identity hash code. */
    boolean holds(PendingOp<?> op) {
        return !waiting.isEmpty() && waiting.contains(op);
    }

    /** Forgets an operation, and returns whether it waited. */
    boolean remove(PendingOp<?> op) {
        return !waiting.isEmpty() && waiting.remove(op);
    }

    /** Sends an object's operations that wait, by their tids: one before them is not sent again as it was. */
    void ended(PendingOp<?> over, Consumer<PendingOp<?>> send) {
        if (!waiting.isEmpty()) {
            release(op -> op.request.object().equals(over.request.object()), send);
        }
    }

    /** Sends all that wait: what they waited for may have left in another way than by its end. */
    void look(Consumer<PendingOp<?>> send) {
        if (!waiting.isEmpty()) {
            release(op -> true, send);
        }
    }

    private void release(Predicate<PendingOp<?>> which, Consumer<PendingOp<?>> send) {
        List<PendingOp<?>> perhaps = waiting.stream()
                .filter(which)
                .sorted(Comparator.comparingLong(op -> op.tid))
                .toList();
        for (PendingOp<?> op : perhaps) {
            if (waiting.remove(op)) {
                send.accept(op);
            }
        }
    }

    /** Whether an operation would overtake a write of its session. */
    boolean wouldOvertake(PendingOp<?> op, NavigableMap<Long, PendingOp<?>> ops) {
        if (op.linger != null || !op.target.isWrite()) {
            return false;
        }
        if (!waiting.isEmpty() && waiting.stream().anyMatch(before -> isEarlier(before, op))) {
            return true;
        }
        if (!op.target.passesFull()) {
            return false;
        }
        for (PendingOp<?> before : ops.headMap(op.key, false).values()) {
            if (before.target.waitsForSpace() && isEarlier(before, op)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isEarlier(PendingOp<?> before, PendingOp<?> op) {
        return before.tid < op.tid && before.request.object().equals(op.request.object());
    }
}
