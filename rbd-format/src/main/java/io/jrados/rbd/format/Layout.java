package io.jrados.rbd.format;

import io.jrados.error.MalformedException;
import java.util.ArrayList;
import java.util.List;

/**
 * The layout of an image's bytes in its objects (src/osdc/Striper.cc). Stripe units go round the objects of a set; when
 * those are full, the next set begins. With 3 objects to a set and 4 units to an object:
 *
 * <pre>
 *               set 0                    set 1
 *   object   0    1    2              3    4    5
 *            0    1    2             12   13   14      unit of the image
 *            3    4    5             15   16   17
 *            6    7    8             18   19   20
 *            9   10   11             21   22   23
 * </pre>
 *
 * Without striping a unit is a whole object and a set is one object.
 *
 * @param order base-2 logarithm of the object size
 * @param stripeUnit bytes, a divisor of the object size
 * @param stripeCount objects of a set
 */
public record Layout(int order, long stripeUnit, long stripeCount) {
    /** 4 KiB, the smallest object. */
    public static final int MIN_ORDER = 12;

    /** 32 MiB, the largest object. */
    public static final int MAX_ORDER = 25;

    private static final long MAX_PERIOD = 1L << 60;

    /** @throws MalformedException for a layout that no image can have */
    public Layout {
        if (!isPossible(order, stripeUnit, stripeCount)) {
            throw new MalformedException(
                    "layout of order " + order + " with stripes of " + stripeCount + " times " + stripeUnit + " bytes");
        }
    }

    /** Whether these can be a layout. */
    public static boolean isPossible(int order, long stripeUnit, long stripeCount) {
        return order >= MIN_ORDER
                && order <= MAX_ORDER
                && stripeUnit > 0
                && (1L << order) % stripeUnit == 0
                && stripeCount > 0
                && stripeCount <= MAX_PERIOD >> order;
    }

    /** Without striping. */
    public static Layout plain(int order) {
        return new Layout(order, order < 0 || order > MAX_ORDER ? 1 : 1L << order, 1);
    }

    /** Bytes of one object. */
    public long objectSize() {
        return 1L << order;
    }

    /** Bytes of a set of objects. */
    public long period() {
        return stripeCount << order;
    }

    /** Whether neighbours in the image are neighbours in an object up to its end. */
    public boolean isPlain() {
        return stripeCount == 1;
    }

    /**
     * The piece of an object that holds the first bytes of a range.
     *
     * @param offset bytes into the image
     * @param length bytes, at least 1; the piece may be shorter
     */
    public Extent extentAt(long offset, long length) {
        if (isPlain()) {
            long within = offset & (objectSize() - 1);
            return new Extent(offset >>> order, within, Math.min(length, objectSize() - within));
        }
        long unit = offset / stripeUnit;
        long withinUnit = offset % stripeUnit;
        long stripe = unit / stripeCount;
        long position = unit % stripeCount;
        long unitsOfObject = objectSize() / stripeUnit;
        long set = stripe / unitsOfObject;
        long row = stripe % unitsOfObject;
        return new Extent(
                set * stripeCount + position, row * stripeUnit + withinUnit, Math.min(length, stripeUnit - withinUnit));
    }

    /** The pieces of objects that hold a range, in the order of the image. */
    public List<Extent> extents(long offset, long length) {
        List<Extent> extents = new ArrayList<>();
        for (long done = 0; done < length; ) {
            Extent extent = extentAt(offset + done, length - done);
            extents.add(extent);
            done += extent.length();
        }
        return extents;
    }

    /** The ranges of the image that a piece of an object holds, in the object's order; adjoining ones are joined. */
    public List<Range> ranges(long object, long offset, long length) {
        List<Range> ranges = new ArrayList<>();
        for (long done = 0; done < length; ) {
            long within = offset + done;
            long inUnit = within % stripeUnit;
            long run = isPlain() ? length - done : Math.min(length - done, stripeUnit - inUnit);
            ranges.add(new Range(imageOffset(object, within), run));
            done += run;
        }
        return ranges;
    }

    /** Returns the place in the image of a byte of an object. */
    public long imageOffset(long object, long offset) {
        long set = object / stripeCount;
        long position = object % stripeCount;
        long row = offset / stripeUnit;
        long stripe = set * (objectSize() / stripeUnit) + row;
        return (stripe * stripeCount + position) * stripeUnit + offset % stripeUnit;
    }

    /** Returns the number of bytes of an object below {@code size} of the image: they are the object's first. */
    public long lengthBelow(long object, long size) {
        long set = object / stripeCount;
        long inSet = Math.min(Math.max(0, size - set * period()), period());
        long fullRows = inSet / (stripeUnit * stripeCount);
        long rest = inSet % (stripeUnit * stripeCount) - object % stripeCount * stripeUnit;
        return fullRows * stripeUnit + Math.min(Math.max(0, rest), stripeUnit);
    }

    /** Returns the number of objects that an image of this size can have. */
    public long objectCount(long size) {
        long sets = size / period();
        long rest = size % period();
        long unitsOfRest = (rest + stripeUnit - 1) / stripeUnit;
        return sets * stripeCount + Math.min(stripeCount, unitsOfRest);
    }

    /**
     * A piece of an object.
     *
     * @param object its number
     * @param offset bytes into the object
     * @param length bytes
     */
    public record Extent(long object, long offset, long length) {}

    /**
     * A piece of an image.
     *
     * @param offset bytes into the image
     * @param length bytes
     */
    public record Range(long offset, long length) {
        public long end() {
            return offset + length;
        }
    }
}
