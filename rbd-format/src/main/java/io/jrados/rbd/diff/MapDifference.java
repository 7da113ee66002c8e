package io.jrados.rbd.diff;

import io.jrados.error.Errno;
import io.jrados.error.RadosException;
import io.jrados.osd.op.SnapContext;
import io.jrados.rbd.format.BitVector;
import io.jrados.rbd.format.HeaderCalls;
import io.jrados.rbd.format.Intervals;
import io.jrados.rbd.format.Layout;
import io.jrados.rbd.format.ObjectMapCalls;
import io.jrados.rbd.format.ObjectNames;
import io.jrados.rbd.format.ObjectState;
import io.jrados.rbd.header.ClassCalls;
import io.jrados.rbd.header.SnapshotState;
import io.jrados.rbd.image.ImageContext;
import io.jrados.rbd.io.ObjectExtents;
import io.jrados.rbd.model.DiffExtent;
import io.jrados.rbd.model.Features;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The objects of an image that changed between a snapshot and a later state, by object maps alone
 * (src/librbd/object_map/ DiffRequest.cc): two bits an object. An object that did not exist at first matters only as it
 * is at the end. Unlike there, an object that was cut off by a smaller size in between and does not exist at the end
 * counts as changed.
 */
public final class MapDifference {
    private static final Logger log = LoggerFactory.getLogger(MapDifference.class);
    private static final long INVALID = HeaderCalls.OBJECT_MAP_INVALID | HeaderCalls.FAST_DIFF_INVALID;
    private static final Set<Errno> UNUSABLE = Set.of(Errno.ENOENT, Errno.EINVAL, Errno.EBADMSG);

    private final Layout layout;
    private final long first;
    private final int objects;
    private final BitSet absent = new BitSet();
    private final BitSet changed = new BitSet();
    private final Intervals parent = new Intervals();

    private MapDifference(Layout layout, long first, int objects) {
        this.layout = layout;
        this.first = first;
        this.objects = objects;
        absent.set(0, objects);
    }

    /** Reads the maps up to what is open, see {@link #read(ImageContext, long, long, long, long)}. */
    public static Optional<MapDifference> read(ImageContext image, long from, long offset, long length)
            throws RadosException {
        return read(image, from, image.snapId(), offset, length);
    }

    /**
     * Reads the maps. Blocks.
     *
     * @param from the earlier snapshot; 0 for a time without any data
     * @param end the later one, over {@code from}; {@link SnapContext#HEAD} for the head
     * @param offset begin of the range that will be asked about
     * @return empty if some map is missing, too short or not to be believed
     */
    public static Optional<MapDifference> read(ImageContext image, long from, long end, long offset, long length)
            throws RadosException {
        if (!image.state().has(Features.FAST_DIFF) || !image.state().has(Features.OBJECT_MAP)) {
            return Optional.empty();
        }
        Layout layout = image.layout();
        long first = offset / layout.period() * layout.stripeCount();
        long behind = ((offset + length - 1) / layout.period() + 1) * layout.stripeCount();
        if (first > BitVector.MAX_OBJECTS) {
            return Optional.empty();
        }
        MapDifference difference =
                new MapDifference(layout, first, (int) (Math.min(behind, BitVector.MAX_OBJECTS) - first));
        for (long snapId : snapshots(image, from, end)) {
            Optional<BitVector> map = load(image, snapId);
            if (map.isEmpty()) {
                return Optional.empty();
            }
            difference.next(map.get(), layout.objectCount(image.state().sizeAt(snapId)), snapId == from, snapId == end);
        }
        return Optional.of(difference);
    }

    /** Returns the snapshots between; without an earlier state only the end counts. */
    private static List<Long> snapshots(ImageContext image, long from, long end) {
        List<Long> ids = new ArrayList<>();
        if (from != 0) {
            for (SnapshotState snapshot : image.state().snapshots()) {
                if (snapshot.id() >= from && Long.compareUnsigned(snapshot.id(), end) < 0) {
                    ids.add(snapshot.id());
                }
            }
        }
        ids.add(end);
        return ids;
    }

    private static Optional<BitVector> load(ImageContext image, long snapId) throws RadosException {
        long flags = snapId == SnapContext.HEAD
                ? image.state().flags()
                : image.state().snapshot(snapId).map(SnapshotState::flags).orElse(INVALID);
        if ((flags & INVALID) != 0) {
            return Optional.empty();
        }
        String name = snapId == SnapContext.HEAD
                ? ObjectNames.objectMap(image.id())
                : ObjectNames.objectMap(image.id(), snapId);
        try {
            BitVector map = ClassCalls.read(image.pool(), name, ObjectMapCalls.load());
            return Optional.of(map).filter(it -> it.size() >= objectsAt(image, snapId));
        } catch (RadosException failed) {
            if (!UNUSABLE.contains(failed.errno())) {
                throw failed;
            }
            log.debug("the object map {} tells nothing: {}", name, failed.getMessage());
            return Optional.empty();
        }
    }

    private static long objectsAt(ImageContext image, long snapId) {
        try {
            return image.layout().objectCount(image.state().sizeAt(snapId));
        } catch (RadosException gone) {
            return Long.MAX_VALUE;
        }
    }

    private void next(BitVector map, long mapped, boolean isFirst, boolean isEnd) {
        for (int i = 0; i < objects; i++) {
            ObjectState state = first + i < mapped ? map.get(first + i) : ObjectState.NONEXISTENT;
            boolean exists = state != ObjectState.NONEXISTENT;
            if (isFirst) {
                absent.set(i, !exists);
                changed.set(i, state == ObjectState.PENDING);
            } else if (absent.get(i) && !changed.get(i)) {
                absent.set(i, !(exists && isEnd));
                changed.set(i, exists && isEnd);
            } else if (absent.get(i) == exists || (exists && state != ObjectState.EXISTS_CLEAN)) {
                absent.set(i, !exists);
                changed.set(i);
            }
        }
    }

    /** Data of the parent, which counts where the image has no object. */
    public void parentHas(DiffExtent extent) {
        parent.add(extent.offset(), extent.offset() + extent.length());
    }

    /** Whether an object of the range may exist at the end. */
    public boolean exists(long object) {
        long i = object - first;
        return i < 0 || i >= objects || !absent.get((int) i);
    }

    /**
     * Returns the first place from {@code offset} on, up to {@code end}, where something may be told of: what lies
     * before it need not be looked at.
     */
    public long next(long offset, long end) {
        if (!parent.isEmpty()) {
            return offset;
        }
        long object = offset / layout.period() * layout.stripeCount();
        int next = changed.nextSetBit((int) Math.min(Math.max(0, object - first), objects));
        return next < 0
                ? end
                : Math.min(end, Math.max(offset, (first + next) / layout.stripeCount() * layout.period()));
    }

    /**
     * Returns the sum of the objects that have data, as far as they lie below a size; of differences that were read
     * from the image's first byte on.
     *
     * @param size bytes
     */
    public long dataBytes(long size) {
        BitSet data = (BitSet) changed.clone();
        data.andNot(absent);
        int whole = (int) Math.min(size / layout.period() * layout.stripeCount(), objects);
        long bytes = (long) data.get(0, whole).cardinality() << layout.order();
        for (int i = data.nextSetBit(whole); i >= 0; i = data.nextSetBit(i + 1)) {
            bytes += layout.lengthBelow(i, size);
        }
        return bytes;
    }

    /** Returns the differences of a range, ascending. */
    public List<DiffExtent> range(long offset, long length) {
        Differences found = new Differences();
        ObjectExtents groups = new ObjectExtents(layout, offset, length);
        while (groups.hasNext()) {
            ObjectExtents.Group group = groups.next();
            int i = (int) (group.object() - first);
            boolean isHole = i >= objects || absent.get(i);
            boolean isChanged = i < objects && changed.get(i);
            for (ObjectExtents.Part part : group.parts()) {
                long begin = offset + part.at();
                if (isHole && !isChanged) {
                    found.data().addAll(parent.within(begin, begin + part.length()));
                } else if (isChanged) {
                    (isHole ? found.zeroes() : found.data()).add(begin, begin + part.length());
                }
            }
        }
        return found.extents();
    }
}
