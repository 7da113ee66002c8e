package io.jrados.osdmap;

import io.jrados.error.MalformedException;
import io.jrados.wire.Decoder;
import java.util.Map;
import java.util.NavigableMap;
import java.util.StringJoiner;
import java.util.TreeMap;

/** A set of snapshot ids as ranges: snap_interval_set_t (src/osd/osd_types.h). Immutable. */
public final class SnapIntervals {
    public static final SnapIntervals EMPTY = new SnapIntervals(new TreeMap<>());

    /** First id of a range to the first id behind it; ranges neither overlap nor touch. */
    private final NavigableMap<Long, Long> ranges;

    private SnapIntervals(NavigableMap<Long, Long> ranges) {
        this.ranges = ranges;
    }

    static SnapIntervals decode(Decoder in) {
        int count = in.count(16);
        NavigableMap<Long, Long> ranges = new TreeMap<>();
        for (int i = 0; i < count; i++) {
            long start = in.u64();
            long length = in.u64();
            if (start < 0 || length < 0 || start + length < 0) {
                throw new MalformedException("snapshots from " + start + ", " + length + " of them");
            }
            insert(ranges, start, start + length);
        }
        return new SnapIntervals(ranges);
    }

    public boolean contains(long snap) {
        Map.Entry<Long, Long> range = ranges.floorEntry(snap);
        return range != null && snap < range.getValue();
    }

    public boolean isEmpty() {
        return ranges.isEmpty();
    }

    SnapIntervals plus(SnapIntervals others) {
        NavigableMap<Long, Long> sum = new TreeMap<>(ranges);
        others.ranges.forEach((start, end) -> insert(sum, start, end));
        return new SnapIntervals(sum);
    }

    SnapIntervals minus(SnapIntervals others) {
        NavigableMap<Long, Long> rest = new TreeMap<>(ranges);
        others.ranges.forEach((start, end) -> remove(rest, start, end));
        return new SnapIntervals(rest);
    }

    private static void insert(NavigableMap<Long, Long> ranges, long start, long end) {
        if (start == end) {
            return;
        }
        long first = start;
        long last = end;
        Map.Entry<Long, Long> touching = ranges.floorEntry(last);
        while (touching != null && touching.getValue() >= first) {
            first = Math.min(first, touching.getKey());
            last = Math.max(last, touching.getValue());
            ranges.remove(touching.getKey());
            touching = ranges.floorEntry(last);
        }
        ranges.put(first, last);
    }

    private static void remove(NavigableMap<Long, Long> ranges, long start, long end) {
        Map.Entry<Long, Long> touching = ranges.lowerEntry(end);
        while (touching != null && touching.getValue() > start) {
            ranges.remove(touching.getKey());
            if (touching.getKey() < start) {
                ranges.put(touching.getKey(), start);
            }
            if (touching.getValue() > end) {
                ranges.put(end, touching.getValue());
            }
            touching = ranges.lowerEntry(end);
        }
    }

    /** As Ceph prints an interval set: {@code [1~3,7~1]}. */
    public String asFirstsAndCounts() {
        StringJoiner text = new StringJoiner(",", "[", "]");
        ranges.forEach((start, end) -> text.add(Long.toHexString(start) + "~" + Long.toHexString(end - start)));
        return text.toString();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof SnapIntervals that && ranges.equals(that.ranges);
    }

    @Override
    public int hashCode() {
        return ranges.hashCode();
    }

    /** {@code [1..3,7]}. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("[");
        ranges.forEach((start, end) -> {
            text.append(text.length() == 1 ? "" : ",").append(start);
            if (end - start > 1) {
                text.append("..").append(end - 1);
            }
        });
        return text.append(']').toString();
    }
}
