package io.jrados.rbd.weather;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.IntFunction;

/**
 * The versions that each block of an image may have. A change whose outcome is unknown adds a version; a change that is
 * acknowledged takes away all that were submitted before it; what is read once the image is at rest leaves exactly that
 * one, for ever. For one thread.
 */
final class BlockModel {
    /** A change that was submitted: of a run of blocks, in the order of submission. */
    record Change(long order, int first, int count, long version) {}

    private record Entry(long order, long version) {}

    private final List<Deque<Entry>> head = new ArrayList<>();
    private final IntFunction<Set<Long>> origin;
    private final NavigableMap<String, List<Set<Long>>> snapshots = new TreeMap<>();
    private long order;

    /** @param origin what the blocks may have to begin with: those of a clone's parent */
    BlockModel(int blocks, IntFunction<Set<Long>> origin) {
        this.origin = origin;
        for (int i = 0; i < blocks; i++) {
            Deque<Entry> entries = new ArrayDeque<>();
            origin.apply(i).forEach(version -> entries.add(new Entry(0, version)));
            head.add(entries);
        }
    }

    int blocks() {
        return head.size();
    }

    Change begin(int first, int count, long version) {
        order++;
        for (int i = first; i < first + count; i++) {
            head.get(i).add(new Entry(order, version));
        }
        return new Change(order, first, count, version);
    }

    /** The removal of blocks that, while it is under way, may let the parent's through: they end as zeroes. */
    Change beginShrink(int first, int end) {
        long middle = ++order;
        for (int i = first; i < end; i++) {
            Deque<Entry> entries = head.get(i);
            origin.apply(i).forEach(version -> entries.add(new Entry(middle, version)));
        }
        return begin(first, end - first, 0);
    }

    /** A change to whatever the snapshot may have, all of it. */
    Change beginRollBack(String snapshot) {
        List<Set<Long>> old = snapshots.get(snapshot);
        beginShrink(old.size(), head.size());
        order++;
        for (int i = 0; i < head.size(); i++) {
            Deque<Entry> entries = head.get(i);
            Set<Long> versions = i < old.size() ? old.get(i) : Set.of(0L);
            versions.forEach(version -> entries.add(new Entry(order, version)));
        }
        return new Change(order, 0, head.size(), -1);
    }

    void acknowledged(Change change) {
        for (int i = change.first(); i < change.first() + change.count(); i++) {
            head.get(i).removeIf(entry -> entry.order() < change.order());
        }
    }

    /** Takes back a change that was never sent: nothing of it is there. */
    void withdrawn(Change change) {
        for (int i = change.first(); i < change.first() + change.count(); i++) {
            head.get(i).removeIf(entry -> entry.order() == change.order());
        }
    }

    Set<Long> may(int block) {
        Set<Long> versions = new TreeSet<>();
        head.get(block).forEach(entry -> versions.add(entry.version()));
        return versions;
    }

    /** Versions that the first blocks may have now. */
    List<Set<Long>> now(int blocks) {
        List<Set<Long>> all = new ArrayList<>();
        for (int i = 0; i < blocks; i++) {
            all.add(may(i));
        }
        return all;
    }

    /**
     * A snapshot that was made, or may have been, while the blocks had one of these and then one of what they have now.
     */
    void snapshot(String name, List<Set<Long>> before) {
        List<Set<Long>> all = now(before.size());
        for (int i = 0; i < all.size(); i++) {
            all.get(i).addAll(before.get(i));
        }
        snapshots.put(name, all);
    }

    void forget(String snapshot) {
        snapshots.remove(snapshot);
    }

    Set<String> snapshots() {
        return snapshots.keySet();
    }

    List<Set<Long>> snapshot(String name) {
        return snapshots.get(name);
    }

    /** Checks a read of a moving image: what it found was there at its begin or at its end. */
    void read(int first, List<Set<Long>> before, byte[] bytes, String who) {
        for (int i = 0; i < before.size(); i++) {
            Set<Long> allowed = may(first + i);
            allowed.addAll(before.get(i));
            check(allowed, bytes, i * Block.SIZE, first + i, who);
        }
    }

    /** The whole image as it is at rest: from now on it is exactly this. */
    void settle(byte[] all, String who) {
        for (int i = 0; i < all.length / Block.SIZE; i++) {
            long found = check(may(i), all, i * Block.SIZE, i, who);
            head.get(i).clear();
            head.get(i).add(new Entry(order, found));
        }
    }

    /** A whole snapshot: from now on it is exactly this. */
    void settle(String snapshot, byte[] all, String who) {
        List<Set<Long>> versions = snapshots.get(snapshot);
        if (all.length != versions.size() * Block.SIZE) {
            throw new AssertionError(who + ": snapshot " + snapshot + " has " + all.length + " bytes instead of "
                    + versions.size() * Block.SIZE);
        }
        for (int i = 0; i < versions.size(); i++) {
            long found = check(versions.get(i), all, i * Block.SIZE, i, who + ", snapshot " + snapshot);
            versions.set(i, new TreeSet<>(Set.of(found)));
        }
    }

    private static long check(Set<Long> allowed, byte[] bytes, int at, int block, String who) {
        long found;
        try {
            found = Block.version(bytes, at, block);
        } catch (AssertionError torn) {
            throw new AssertionError(who + ": " + torn.getMessage() + "; it may be " + allowed, torn);
        }
        if (!allowed.contains(found)) {
            throw new AssertionError(
                    who + ": block " + block + " is version " + found + " and may only be one of " + allowed);
        }
        return found;
    }
}
