package io.jrados.rbd.io;

import io.jrados.rbd.format.Layout;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;

/**
 * The extents of a range of an image, grouped by object. Goes from one set of objects to the next, so that a range of
 * terabytes costs no memory.
 */
public final class ObjectExtents implements Iterator<ObjectExtents.Group> {
    private final Layout layout;
    private final long start;
    private final long end;
    private long next;
    private Iterator<Group> ofSet = List.<Group>of().iterator();

    /** @param length bytes, from {@code offset} in the image */
    public ObjectExtents(Layout layout, long offset, long length) {
        this.layout = layout;
        this.start = offset;
        this.next = offset;
        this.end = offset + length;
    }

    /**
     * The part of the range that one object has.
     *
     * @param parts in the order of the image, which is also the object's
     */
    public record Group(long object, List<Part> parts) {}

    /**
     * @param offset bytes into the object
     * @param at where it begins, bytes from the beginning of the range
     */
    public record Part(long offset, long length, long at) {
        /** The byte behind it in the object. */
        public long end() {
            return offset + length;
        }
    }

    @Override
    public boolean hasNext() {
        return ofSet.hasNext() || next < end;
    }

    @Override
    public Group next() {
        if (!ofSet.hasNext()) {
            if (next >= end) {
                throw new NoSuchElementException();
            }
            ofSet = nextSet();
        }
        return ofSet.next();
    }

    private Iterator<Group> nextSet() {
        long period = layout.period();
        long setEnd = Math.min(end, next - next % period + period);
        Map<Long, Group> groups = new LinkedHashMap<>();
        while (next < setEnd) {
            Layout.Extent extent = layout.extentAt(next, setEnd - next);
            groups.computeIfAbsent(extent.object(), object -> new Group(object, new ArrayList<>(1)))
                    .parts()
                    .add(new Part(extent.offset(), extent.length(), next - start));
            next += extent.length();
        }
        return groups.values().iterator();
    }
}
