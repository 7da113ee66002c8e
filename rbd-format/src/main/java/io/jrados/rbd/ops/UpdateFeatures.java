package io.jrados.rbd.ops;

import io.jrados.error.Errno;
import io.jrados.error.RadosException;
import io.jrados.osd.op.SnapContext;
import io.jrados.rbd.format.BitVector;
import io.jrados.rbd.format.HeaderCalls;
import io.jrados.rbd.format.ObjectMapCalls;
import io.jrados.rbd.format.ObjectNames;
import io.jrados.rbd.format.ObjectState;
import io.jrados.rbd.header.ClassCalls;
import io.jrados.rbd.header.SnapshotState;
import io.jrados.rbd.image.ImageContext;
import io.jrados.rbd.lock.NotifyMessage;
import io.jrados.rbd.model.Features;
import io.jrados.rbd.model.Progress;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Switches features on or off (src/librbd/operation/EnableFeaturesRequest.cc,
 * src/librbd/operation/DisableFeaturesRequest.cc). Object maps come into being marked as invalid, for the head and each
 * snapshot, until they are rebuilt. Run again it finishes what an interrupted run began.
 */
public final class UpdateFeatures {
    /** Object map and fast diff invalid: what a map is that was never built. */
    private static final long INVALID = 3;

    private static final long TOGETHER = Features.OBJECT_MAP | Features.FAST_DIFF;

    private static final long NOT_FOR_PEOPLE = Features.NON_PRIMARY | Features.DIRTY_CACHE;

    private final ImageContext image;
    private final long asked;
    private final boolean enabled;
    private final Maintenance maintenance;

    /** @param features bits of {@link Features}; object-map and fast-diff go on and off together */
    public UpdateFeatures(ImageContext image, long features, boolean enabled) {
        this.image = image;
        this.asked = features;
        this.enabled = enabled;
        this.maintenance = new Maintenance(
                image, "switching " + Features.toString(features) + (enabled ? " on" : " off") + " in the header");
    }

    /**
     * @throws RadosException EINVAL for features that never change, are so already, or need another one; ENOSYS for
     *     journaling; EROFS for an image that is read-only
     */
    public void run() throws RadosException {
        checkMutable();
        image.refresh();
        checkNotSo(image.state().features());
        maintenance.run(
                request -> new NotifyMessage.UpdateFeatures(asked, enabled, request), Progress.NONE, this::execute);
    }

    /** Executes the verb as the lock's owner. */
    public void execute() throws RadosException {
        checkMutable();
        maintenance.holding(held -> {
            long before = image.state().features();
            long features = interlocked(before);
            if (enabled) {
                enable(held, before, features);
            } else {
                disable(held, before, features);
            }
        });
    }

    private void checkMutable() throws RadosException {
        long mutable = (Features.MUTABLE & ~NOT_FOR_PEOPLE) | (enabled ? 0 : Features.DISABLE_ONLY);
        if (asked == 0 || (asked & ~mutable) != 0) {
            throw maintenance.refused(
                    Errno.EINVAL,
                    asked == 0
                            ? "no feature is named"
                            : Features.toString(asked & ~mutable) + " cannot be switched" + (enabled ? " on" : " off"));
        }
        if ((asked & Features.JOURNALING) != 0) {
            throw maintenance.refused(Errno.ENOSYS, "this client writes no journal");
        }
    }

    /** EINVAL for what is so already, object-map and fast-diff counted together as librbd counts them. */
    private void checkNotSo(long before) throws RadosException {
        boolean map = (asked & Features.OBJECT_MAP) != 0;
        boolean diff = (asked & Features.FAST_DIFF) != 0;
        boolean hasMap = (before & Features.OBJECT_MAP) != 0;
        boolean hasDiff = (before & Features.FAST_DIFF) != 0;
        boolean both = enabled ? map && !hasDiff || diff && !hasMap : map && hasDiff;
        long features = both ? asked | TOGETHER : asked;
        long idle = enabled ? features & before : features & ~before;
        if (idle != 0) {
            throw maintenance.refused(
                    Errno.EINVAL, Features.toString(idle) + " is " + (enabled ? "on" : "off") + " already");
        }
    }

    /**
     * Returns the features that are still to be switched. Object-map and fast-diff go together: without fast-diff the
     * clean states of a map would be wrong. An owner that is asked for what an earlier one has done finds nothing to
     * do.
     */
    private long interlocked(long before) {
        long features = enabled ? asked & ~before : asked & before;
        return (features & TOGETHER) == 0 ? features : features | TOGETHER;
    }

    private void enable(HeldImage held, long before, long features) throws RadosException {
        long mask = features;
        if ((features & TOGETHER) != 0) {
            if (((before | features) & Features.EXCLUSIVE_LOCK) == 0) {
                throw maintenance.refused(Errno.EINVAL, "object-map needs exclusive-lock");
            }
            mask |= Features.EXCLUSIVE_LOCK;
            checkSizes();
            invalidate(held);
        }
        held.write(HeaderCalls.setFeatures(before | features, mask));
        if ((features & TOGETHER) != 0 && (before & Features.OBJECT_MAP) == 0) {
            createMaps();
        }
    }

    private void disable(HeldImage held, long before, long features) throws RadosException {
        long after = before & ~features;
        long mask = features;
        if ((features & Features.EXCLUSIVE_LOCK) != 0) {
            if ((after & (Features.OBJECT_MAP | Features.JOURNALING)) != 0) {
                throw maintenance.refused(
                        Errno.EINVAL,
                        Features.toString(after & (Features.OBJECT_MAP | Features.JOURNALING))
                                + " needs exclusive-lock");
            }
            mask |= TOGETHER | Features.JOURNALING;
        }
        if ((features & TOGETHER) != 0) {
            held.changing();
            for (String map : maps().keySet()) {
                Tolerate.remove(image.changePool(), map);
            }
        }
        held.write(HeaderCalls.setFeatures(after, mask));
        if ((features & TOGETHER) != 0) {
            setFlags(held, 0, INVALID);
        }
    }

    private void checkSizes() throws RadosException {
        for (long objects : maps().values()) {
            if (objects > BitVector.MAX_OBJECTS) {
                throw maintenance.refused(Errno.EINVAL, "an object map of " + objects + " objects");
            }
        }
    }

    private void invalidate(HeldImage held) throws RadosException {
        setFlags(held, INVALID, INVALID);
    }

    private void setFlags(HeldImage held, long flags, long mask) throws RadosException {
        held.write(HeaderCalls.setFlags(flags, mask, SnapContext.HEAD));
        for (SnapshotState snapshot : image.state().snapshots()) {
            held.write(HeaderCalls.setFlags(flags, mask, snapshot.id()));
        }
    }

    private void createMaps() throws RadosException {
        for (Map.Entry<String, Long> map : maps().entrySet()) {
            ClassCalls.write(
                    image.changePool(), map.getKey(), ObjectMapCalls.resize(map.getValue(), ObjectState.NONEXISTENT));
        }
    }

    /** Names of the maps' objects, and how many objects each tells of. */
    private Map<String, Long> maps() {
        Map<String, Long> maps = new LinkedHashMap<>();
        maps.put(
                ObjectNames.objectMap(image.id()),
                image.layout().objectCount(image.state().size()));
        for (SnapshotState snapshot : image.state().snapshots()) {
            maps.put(
                    ObjectNames.objectMap(image.id(), snapshot.id()),
                    image.layout().objectCount(snapshot.size()));
        }
        return maps;
    }
}
