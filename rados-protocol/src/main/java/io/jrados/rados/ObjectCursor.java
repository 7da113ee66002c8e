package io.jrados.rados;

import io.jrados.message.HObject;

/** A place between two objects of a pool, in the order in which its objects are listed. */
public final class ObjectCursor implements Comparable<ObjectCursor> {
    /** Before the first. */
    public static final ObjectCursor BEGIN = new ObjectCursor(HObject.MIN);

    /** After the last. */
    public static final ObjectCursor END = new ObjectCursor(HObject.MAX);

    private static final long HASHES = 1L << 32;

    private final HObject place;

    ObjectCursor(HObject place) {
        this.place = place;
    }

    HObject place() {
        return place;
    }

    public boolean isEnd() {
        return place.max();
    }

    /** The boundary after {@code part} of {@code parts} between this and a later one, by the order of the hashes. */
    ObjectCursor split(ObjectCursor end, long pool, int part, int parts) {
        long from = reversed(place);
        long to = end.isEnd() ? HASHES : reversed(end.place);
        long at = from + (to - from) / parts * part + (to - from) % parts * part / parts;
        return at >= HASHES
                ? END
                : new ObjectCursor(new HObject("", "", 0, Integer.reverse((int) at), false, "", pool));
    }

    /** The hash as it counts in the order: its bits turned around. */
    private static long reversed(HObject place) {
        return Integer.reverse(place.hash()) & (HASHES - 1);
    }

    @Override
    public int compareTo(ObjectCursor other) {
        return place.compareTo(other.place);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ObjectCursor that && place.equals(that.place);
    }

    @Override
    public int hashCode() {
        return place.hashCode();
    }

    /** As Ceph prints it, roughly: pool, hash and name. */
    @Override
    public String toString() {
        if (this.equals(BEGIN)) {
            return "MIN";
        }
        return isEnd() ? "MAX" : place.pool() + ":" + String.format("%08x", (int) reversed(place)) + ":" + place.name();
    }
}
