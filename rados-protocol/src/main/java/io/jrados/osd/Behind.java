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
final class Behind<O extends Behind.Ordered> {
    /** An operation, as far as its order matters. */
    interface Ordered {
        /** Its place in the order of submission. */
        long number();

        /** The object whose operations are kept in order. */
        Object object();

        /** Whether its order matters: it changes the object, and is no watch. */
        boolean isOrdered();

        /** Whether it is a write that a full pool keeps waiting. */
        boolean waitsForSpace();
    }

    private final Set<O> waiting = new LinkedHashSet<>();

    void add(O op) {
        waiting.add(op);
    }

    /** Whether it waits; asked only while some do, or each operation would get an identity hash code. */
    boolean holds(O op) {
        return !waiting.isEmpty() && waiting.contains(op);
    }

    /** Forgets an operation, and returns whether it waited. */
    boolean remove(O op) {
        return !waiting.isEmpty() && waiting.remove(op);
    }

    /** Sends an object's operations that wait, by their tids: one before them is not sent again as it was. */
    void ended(O over, Consumer<O> send) {
        if (!waiting.isEmpty()) {
            release(op -> op.object().equals(over.object()), send);
        }
    }

    /** Sends all that wait: what they waited for may have left in another way than by its end. */
    void look(Consumer<O> send) {
        if (!waiting.isEmpty()) {
            release(op -> true, send);
        }
    }

    private void release(Predicate<O> which, Consumer<O> send) {
        List<O> perhaps = waiting.stream()
                .filter(which)
                .sorted(Comparator.comparingLong(Ordered::number))
                .toList();
        for (O op : perhaps) {
            if (waiting.remove(op)) {
                send.accept(op);
            }
        }
    }

    /** Whether an operation would overtake a write of its session. */
    boolean wouldOvertake(O op, NavigableMap<Long, O> ops) {
        if (!op.isOrdered()) {
            return false;
        }
        if (!waiting.isEmpty() && waiting.stream().anyMatch(before -> isEarlier(before, op))) {
            return true;
        }
        if (op.waitsForSpace()) {
            return false;
        }
        for (O before : ops.headMap(op.number(), false).values()) {
            if (before.waitsForSpace() && isEarlier(before, op)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isEarlier(Ordered before, Ordered op) {
        return before.number() < op.number() && before.object().equals(op.object());
    }
}
