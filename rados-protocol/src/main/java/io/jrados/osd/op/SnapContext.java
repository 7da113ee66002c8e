package io.jrados.osd.op;

import java.util.Arrays;
import java.util.Objects;
import java.util.function.LongPredicate;

/**
 * The snapshots that a write must preserve: the newest sequence number, and the ids that exist, newest first
 * (src/common/snap_types.h).
 */
public final class SnapContext {
    /** No snapshots: what is overwritten is gone. */
    public static final SnapContext EMPTY = new SnapContext(0, new long[0]);

    /** The snapshot id of the head, the writable state. */
    public static final long HEAD = -2;

    /** The pseudo snapshot id under which an object's clones are listed. */
    public static final long SNAPDIR = -1;

    private final long sequence;
    private final long[] snaps;

    /**
     * @param sequence at least the first id
     * @param snaps strictly descending
     * @throws IllegalArgumentException otherwise
     */
    public SnapContext(long sequence, long... snaps) {
        for (int i = 0; i < snaps.length; i++) {
            long previous = i == 0 ? sequence : snaps[i - 1];
            int order = Long.compareUnsigned(snaps[i], previous);
            if (i == 0 ? order > 0 : order >= 0) {
                throw new IllegalArgumentException(
                        "snapshot context " + sequence + Arrays.toString(snaps) + " is not strictly descending");
            }
        }
        this.sequence = sequence;
        this.snaps = snaps.clone();
    }

    public long sequence() {
        return sequence;
    }

    /** A copy of the ids, newest first. */
    public long[] snaps() {
        return snaps.clone();
    }

    /** Returns one that does not preserve certain snapshots; its sequence stays. */
    public SnapContext without(LongPredicate removed) {
        Objects.requireNonNull(removed, "removed");
        long[] kept = Arrays.stream(snaps).filter(removed.negate()).toArray();
        return kept.length == snaps.length ? this : new SnapContext(sequence, kept);
    }

    public boolean isEmpty() {
        return snaps.length == 0;
    }

    public int size() {
        return snaps.length;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof SnapContext that && sequence == that.sequence && Arrays.equals(snaps, that.snaps);
    }

    @Override
    public int hashCode() {
        return 31 * Long.hashCode(sequence) + Arrays.hashCode(snaps);
    }

    @Override
    public String toString() {
        return sequence + Arrays.toString(snaps);
    }
}
