package io.jrados.rbd.format;

import io.jrados.rbd.format.Layout.Range;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A set of bytes, kept as ranges that do not touch. Mutable, for one thread at a time. */
public final class Intervals {
    private final TreeMap<Long, Long> endOfStart = new TreeMap<>();

    /** Returns one interval, empty unless it begins before it ends. */
    public static Intervals of(long start, long end) {
        Intervals one = new Intervals();
        one.add(start, end);
        return one;
    }

    /** Whether nothing is in it. */
    public boolean isEmpty() {
        return endOfStart.isEmpty();
    }

    /** @param end the first byte after it; nothing happens unless it is over {@code start} */
    public void add(long start, long end) {
        if (start >= end) {
            return;
        }
        long first = start;
        long last = end;
        Map.Entry<Long, Long> touching = endOfStart.floorEntry(last);
        while (touching != null && touching.getValue() >= first) {
            first = Math.min(first, touching.getKey());
            last = Math.max(last, touching.getValue());
            endOfStart.remove(touching.getKey());
            touching = endOfStart.floorEntry(last);
        }
        endOfStart.put(first, last);
    }

    /** Adds all of the others. */
    public void addAll(Intervals others) {
        others.endOfStart.forEach(this::add);
    }

    /** Takes a range out. */
    public void remove(long start, long end) {
        if (start >= end) {
            return;
        }
        Map.Entry<Long, Long> overlapping = endOfStart.lowerEntry(end);
        while (overlapping != null && overlapping.getValue() > start) {
            endOfStart.remove(overlapping.getKey());
            if (overlapping.getKey() < start) {
                endOfStart.put(overlapping.getKey(), start);
            }
            if (overlapping.getValue() > end) {
                endOfStart.put(end, overlapping.getValue());
            }
            overlapping = endOfStart.lowerEntry(start);
            if (overlapping != null && overlapping.getValue() <= start) {
                return;
            }
        }
    }

    /** Takes all of the others out. */
    public void removeAll(Intervals others) {
        others.endOfStart.forEach(this::remove);
    }

    /** Returns the intersection of both. */
    public Intervals common(Intervals other) {
        Intervals common = new Intervals();
        other.endOfStart.forEach((start, end) -> common.addAll(within(start, end)));
        return common;
    }

    /** Returns the part that lies in a range. */
    public Intervals within(long start, long end) {
        Intervals inside = new Intervals();
        Map.Entry<Long, Long> next = endOfStart.floorEntry(start);
        if (next == null || next.getValue() <= start) {
            next = endOfStart.higherEntry(start);
        }
        while (next != null && next.getKey() < end) {
            inside.add(Math.max(start, next.getKey()), Math.min(end, next.getValue()));
            next = endOfStart.higherEntry(next.getKey());
        }
        return inside;
    }

    /** In ascending order. */
    public List<Range> ranges() {
        List<Range> ranges = new ArrayList<>(endOfStart.size());
        endOfStart.forEach((start, end) -> ranges.add(new Range(start, end - start)));
        return ranges;
    }
}
