package io.jrados.osd;

import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Bounds what is in flight by count and bytes (objecter_inflight_ops, objecter_inflight_op_bytes) and what waits for its
 * turn by count. Confined to the Objecter's loop.
 *
 * <p>An operation of more bytes than the whole budget is let through when nothing else is in flight.
 */
final class Throttle {
    /** Something with a size that takes its turn. */
    interface Entry {
        /** Bytes that it sends or asks for. */
        long cost();
    }

    private final int maxOperations;
    private final long maxBytes;
    private final int maxWaiting;
    /** In order; each can be taken out at once. */
    private final Set<Entry> waiting = new LinkedHashSet<>();

    private int operations;
    private long bytes;

    Throttle(int maxOperations, long maxBytes, int maxWaiting) {
        this.maxOperations = maxOperations;
        this.maxBytes = maxBytes;
        this.maxWaiting = maxWaiting;
    }

    /** What became of an entry. */
    enum Turn {
        NOW,
        LATER,
        REFUSED
    }

    Turn enter(Entry entry) {
        if (waiting.isEmpty() && admit(entry)) {
            return Turn.NOW;
        }
        if (waiting.size() >= maxWaiting) {
            return Turn.REFUSED;
        }
        waiting.add(entry);
        return Turn.LATER;
    }

    private boolean admit(Entry entry) {
        boolean fits = operations < maxOperations && bytes + entry.cost() <= maxBytes;
        if (!fits && operations > 0) {
            return false;
        }
        operations++;
        bytes += entry.cost();
        return true;
    }

    /** An entry that had its turn is finished. */
    void leave(Entry entry) {
        operations--;
        bytes -= entry.cost();
    }

    /** The next whose turn has come, or null. */
    @Nullable
    Entry next() {
        if (waiting.isEmpty()) {
            return null;
        }
        Iterator<Entry> first = waiting.iterator();
        Entry head = first.next();
        if (!admit(head)) {
            return null;
        }
        first.remove();
        return head;
    }

    /** Those that wait for their turn, in order; what is asked of this meanwhile changes none of them. */
    Iterable<Entry> waitingEntries() {
        return waiting;
    }

    /** Takes one out of those that wait; whether it was there. */
    boolean removeWaiting(Entry entry) {
        return waiting.remove(entry);
    }

    int operations() {
        return operations;
    }

    long bytes() {
        return bytes;
    }

    int waiting() {
        return waiting.size();
    }
}
