package io.jrados.rbd.diff;

import io.jrados.osd.op.SnapContext;
import io.jrados.osd.op.SnapSet;
import io.jrados.osd.op.SparseData;
import io.jrados.rbd.format.Intervals;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The bytes of one object that may differ between two snapshots, by the states that its OSD keeps
 * (src/librados/snap_set_diff.cc; how the ends are clipped: ObjectListSnapsRequest, src/librbd/io/ObjectRequest.cc).
 *
 * <p>Each state is there for a run of snapshots. Neighbours in time are compared by what they are said to share; what
 * any step on the way from the earlier to the later snapshot has changed counts as changed.
 */
final class ObjectDifference {
    private final List<Span> spans = new ArrayList<>();
    private final long objectSize;
    private final boolean wholeObjects;
    private boolean known = true;

    /** A state, and the first and last snapshot that see it. */
    private record Span(long first, long last, SnapSet.Clone state) {
        boolean isAfter(long snapshot) {
            return Long.compareUnsigned(first, snapshot) > 0;
        }

        boolean isBefore(long snapshot) {
            return Long.compareUnsigned(last, snapshot) < 0;
        }
    }

    /** The changes on the way to a state, and how large that state is; there is none if it does not exist. */
    private record Way(Intervals changed, Optional<Long> size) {}

    ObjectDifference(SnapSet states, long objectSize, boolean wholeObjects) {
        this.objectSize = objectSize;
        this.wholeObjects = wholeObjects;
        for (SnapSet.Clone state : states.clones()) {
            if (state.id() == SnapContext.HEAD) {
                spans.add(new Span(states.sequence() + 1, SnapContext.HEAD, state));
            } else if (state.snaps().isEmpty()) {
                known = false; // nobody says any more when it was
            } else {
                List<Long> snaps =
                        state.snaps().stream().sorted(Long::compareUnsigned).toList();
                spans.add(new Span(snaps.get(0), snaps.get(snaps.size() - 1), state));
            }
        }
    }

    /**
     * @param from the earlier snapshot, 0 for the time when there was nothing
     * @param end the later one, over {@code from}; {@link SnapContext#HEAD} for the head
     * @param asked of which bytes of the object
     */
    Differences between(long from, long end, Intervals asked) {
        if (!known) {
            return new Differences(asked.within(0, objectSize), new Intervals());
        }
        Way way = way(from, end);
        Intervals changed = way.changed;
        if (wholeObjects && !changed.isEmpty()) {
            changed = Intervals.of(0, objectSize);
        }
        changed = changed.common(asked);
        long size = way.size.orElse(0L);
        long before = from == 0 ? 0 : sizeAt(from);
        Intervals zeroes = wholeObjects ? new Intervals() : asked.within(size, Math.max(size, before));
        if (way.size.isEmpty()) {
            zeroes.addAll(changed);
            return new Differences(new Intervals(), zeroes);
        }
        changed.removeAll(zeroes);
        return new Differences(changed, zeroes);
    }

    private long sizeAt(long snapshot) {
        for (Span span : spans) {
            if (!span.isBefore(snapshot)) {
                return span.isAfter(snapshot) ? 0 : span.state.size();
            }
        }
        return 0;
    }

    private Way way(long from, long end) {
        int at = 0;
        while (at < spans.size() && spans.get(at).isBefore(from)) {
            at++;
        }
        long began = sizeAt(from);
        Intervals changed = new Intervals();
        if (at < spans.size() && spans.get(at).isAfter(from)) {
            changed.add(0, spans.get(at).state.size()); // it came into being on the way
        }
        for (; at < spans.size() && !spans.get(at).isAfter(end); at++) {
            SnapSet.Clone state = spans.get(at).state;
            if (!spans.get(at).isBefore(end)) {
                return new Way(changed, Optional.of(state.size()));
            }
            if (at + 1 < spans.size()) {
                step(changed, state, spans.get(at + 1).state.size(), began);
            }
        }
        return new Way(Intervals.of(0, began), Optional.empty());
    }

    /** From one state to the next newer one. */
    private static void step(Intervals changed, SnapSet.Clone state, long nextSize, long began) {
        long boundary = nextSize;
        if (nextSize < state.size()) {
            // What is cut off matters only as far as the earlier snapshot had it.
            boundary = state.size() <= began ? state.size() : Math.max(nextSize, began);
            changed.remove(boundary, state.size());
        }
        Intervals changedHere = Intervals.of(0, boundary);
        for (SparseData.Extent shared : state.overlaps()) {
            changedHere.remove(shared.offset(), shared.offset() + shared.length());
        }
        changed.addAll(changedHere);
    }
}
