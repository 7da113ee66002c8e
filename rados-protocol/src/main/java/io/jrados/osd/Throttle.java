package io.jrados.osd;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Bounds what is under way by count and bytes (objecter_inflight_ops, objecter_inflight_op_bytes) and what waits for
 * its turn by count and by the bytes that are kept of it. Confined to the Objecter's loop.
 *
 * <p>What is under way counts twice: for its lane, the OSD that it goes to, and for the client. What an OSD does not
 * answer soon is set aside: it counts for its lane only, as does all that goes to the same lane meanwhile, so that one
 * OSD, or one pool that is paused, never uses up the room of the others. An entry whose lane is full waits beside the
 * line, and those behind it pass; entries of one lane never overtake each other.
 *
 * <p>An entry of more bytes than the whole budget is let through when nothing else is under way.
 */
final class Throttle {
    /** Something with a size that takes its turn. */
    abstract static class Entry {
        private @Nullable Lane lane;
        private @Nullable Set<Entry> line;
        private long arrival;
        private boolean admitted;
        private boolean counted;

        /** Bytes that it sends or asks for. */
        abstract long cost();

        /** Bytes that are kept for it while it waits. */
        abstract long kept();

        /** Returns the lane where it goes; null for what takes no turn. */
        final @Nullable Lane lane() {
            return lane;
        }

        /** Whether it counts for the client, and not only for its lane. */
        final boolean isCounted() {
            return counted;
        }
    }

    /** The entries that go to one place. */
    static final class Lane {
        private final String place;
        private final boolean parked;
        private final Set<Entry> line = new LinkedHashSet<>();
        private int operations;
        private long bytes;
        private int aside;
        private boolean ready;

        /**
         * @param place as a clause: "for osd.3"
         * @param parked whether nothing goes on there for now, so that it never counts for the client
         */
        Lane(String place, boolean parked) {
            this.place = place;
            this.parked = parked;
        }

        boolean isEmpty() {
            return operations == 0 && line.isEmpty();
        }

        private boolean isSlow() {
            return parked || aside > 0;
        }

        @Override
        public String toString() {
            return operations + " operations of " + bytes + " bytes " + place;
        }
    }

    private final int maxOperations;
    private final long maxBytes;
    private final int maxWaiting;
    private final long maxWaitingBytes;
    /** The entries that wait for room of the client's, in order. */
    private final Set<Entry> line = new LinkedHashSet<>();
    /** Lanes that somebody waits for. */
    private final Set<Lane> lined = new LinkedHashSet<>();
    /** The lanes of those that may have room. */
    private final Queue<Lane> ready = new ArrayDeque<>();

    private long arrivals;
    private int waiting;
    private long waitingBytes;
    private int operations;
    private long bytes;

    Throttle(int maxOperations, long maxBytes, int maxWaiting) {
        this.maxOperations = maxOperations;
        this.maxBytes = maxBytes;
        this.maxWaiting = maxWaiting;
        this.maxWaitingBytes = Limits.waitingBytes(maxBytes);
    }

    /** The fate of an entry. */
    enum Turn {
        NOW,
        LATER,
        REFUSED
    }

    /** Takes an entry, or has it wait for its turn. */
    Turn enter(Entry entry, Lane lane) {
        entry.lane = lane;
        if (line.isEmpty() && lane.line.isEmpty() && fits(entry, lane)) {
            admit(entry, lane);
            return Turn.NOW;
        }
        if (waiting >= maxWaiting || waiting > 0 && waitingBytes + entry.kept() > maxWaitingBytes) {
            return Turn.REFUSED;
        }
        entry.arrival = ++arrivals;
        waiting++;
        waitingBytes += entry.kept();
        put(entry, line);
        return Turn.LATER;
    }

    private static void put(Entry entry, Set<Entry> where) {
        where.add(entry);
        entry.line = where;
    }

    private boolean fits(Entry entry, Lane lane) {
        return hasRoom(entry, lane)
                && (lane.isSlow() || operations == 0 || operations < maxOperations && bytes + entry.cost() <= maxBytes);
    }

    private boolean hasRoom(Entry entry, Lane lane) {
        return lane.operations == 0 || lane.operations < maxOperations && lane.bytes + entry.cost() <= maxBytes;
    }

    private void admit(Entry entry, Lane lane) {
        entry.admitted = true;
        join(entry, lane);
    }

    private void join(Entry entry, Lane lane) {
        entry.lane = lane;
        entry.counted = !lane.isSlow();
        lane.operations++;
        lane.bytes += entry.cost();
        if (entry.counted) {
            operations++;
            bytes += entry.cost();
        } else {
            lane.aside++;
        }
    }

    private void part(Entry entry, Lane lane) {
        lane.operations--;
        lane.bytes -= entry.cost();
        if (entry.counted) {
            operations--;
            bytes -= entry.cost();
        } else {
            lane.aside--;
        }
        mayHaveRoom(lane);
    }

    private void mayHaveRoom(Lane lane) {
        if (!lane.ready && !lane.line.isEmpty()) {
            lane.ready = true;
            ready.add(lane);
        }
    }

    /** An entry that had its turn is finished. */
    void leave(Entry entry) {
        Lane lane = entry.lane;
        if (entry.admitted && lane != null) {
            entry.admitted = false;
            part(entry, lane);
        }
    }

    /** An entry that had its turn has been under way for long: the client's room is for others. */
    void setAside(Entry entry) {
        Lane lane = entry.lane;
        if (entry.counted && entry.admitted && lane != null) {
            entry.counted = false;
            operations--;
            bytes -= entry.cost();
            lane.aside++;
        }
    }

    /** An entry that had its turn goes elsewhere, whether there is room or not. */
    void move(Entry entry, Lane to) {
        Lane from = entry.lane;
        if (entry.admitted && from != null && from != to) {
            part(entry, from);
            join(entry, to);
        }
    }

    /** The next whose turn has come, or null. */
    @Nullable
    Entry next() {
        // Those that wait for a lane came before all that are in the line.
        for (Lane lane = ready.peek(); lane != null; lane = ready.peek()) {
            Entry head = first(lane.line);
            if (head == null || !hasRoom(head, lane)) {
                ready.remove();
                lane.ready = false;
            } else if (fits(head, lane)) {
                ready.add(ready.remove());
                return turn(head, lane);
            } else {
                return null;
            }
        }
        for (Entry head = first(line); head != null; head = first(line)) {
            Lane lane = head.lane;
            if (lane == null) {
                throw new IllegalStateException(head + " waits for nothing");
            }
            if (!lane.line.isEmpty() || !hasRoom(head, lane)) {
                line.remove(head);
                wait(head, lane);
            } else if (fits(head, lane)) {
                return turn(head, lane);
            } else {
                return null;
            }
        }
        return null;
    }

    private static @Nullable Entry first(Set<Entry> entries) {
        return entries.isEmpty() ? null : entries.iterator().next();
    }

    private void wait(Entry entry, Lane lane) {
        put(entry, lane.line);
        lined.add(lane);
    }

    private Entry turn(Entry entry, Lane lane) {
        removeWaiting(entry);
        admit(entry, lane);
        return entry;
    }

    /** Takes one out of those that wait; whether it was there. */
    boolean removeWaiting(Entry entry) {
        Set<Entry> where = entry.line;
        if (where == null || !where.remove(entry)) {
            return false;
        }
        entry.line = null;
        waiting--;
        waitingBytes -= entry.kept();
        Lane lane = entry.lane;
        if (lane != null && where == lane.line) {
            if (where.isEmpty()) {
                lined.remove(lane);
            } else {
                // the one behind it may be smaller
                mayHaveRoom(lane);
            }
        }
        return true;
    }

    /** Returns some of those that wait and match, in no order, up to so many. */
    List<Entry> someWaiting(int most, Predicate<Entry> which) {
        List<Entry> found = new ArrayList<>();
        for (Lane lane : lined) {
            addSome(lane.line, most, which, found);
        }
        addSome(line, most, which, found);
        return found;
    }

    private static void addSome(Set<Entry> from, int most, Predicate<Entry> which, List<Entry> found) {
        for (Entry entry : from) {
            if (found.size() == most) {
                return;
            }
            if (which.test(entry)) {
                found.add(entry);
            }
        }
    }

    /**
     * Lines up anew, in the order of arrival, after what decides on lanes has changed.
     *
     * @param lanes tells where each of those that wait goes now
     */
    void lineUp(Function<Entry, Lane> lanes) {
        List<Entry> all = someWaiting(Integer.MAX_VALUE, entry -> true);
        all.sort(Comparator.comparingLong(entry -> entry.arrival));
        for (Lane lane : lined) {
            lane.line.clear();
        }
        lined.clear();
        line.clear();
        for (Entry entry : all) {
            entry.lane = lanes.apply(entry);
            put(entry, line);
        }
    }

    /** Returns a clause that says what is before an entry that waits. */
    String before(Entry entry) {
        Lane lane = entry.lane;
        return lane != null && (entry.line == lane.line || !hasRoom(entry, lane))
                ? lane + " are before it"
                : operations + " operations of " + bytes + " bytes are before it";
    }

    int operations() {
        return operations;
    }

    long bytes() {
        return bytes;
    }

    int waiting() {
        return waiting;
    }

    long waitingBytes() {
        return waitingBytes;
    }
}
