package io.jrados.rbd.ops;

import io.jrados.error.Errno;
import io.jrados.error.RadosException;
import io.jrados.osd.op.SnapContext;
import io.jrados.rados.Wait;
import io.jrados.rbd.diff.ObjectSnapshots;
import io.jrados.rbd.format.BitVector;
import io.jrados.rbd.format.HeaderCalls;
import io.jrados.rbd.format.ObjectMapCalls;
import io.jrados.rbd.format.ObjectNames;
import io.jrados.rbd.format.ObjectState;
import io.jrados.rbd.header.ClassCalls;
import io.jrados.rbd.image.ImageContext;
import io.jrados.rbd.io.ObjectMap;
import io.jrados.rbd.model.Features;
import io.jrados.rbd.model.Progress;
import io.jrados.rbd.wait.Window;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Compares an object map with the objects (src/librbd/operation/ObjectMapIterate.cc). One that is wrong is marked as
 * invalid. Writes are held back meanwhile.
 */
public final class CheckObjectMap {
    private static final Set<Errno> DAMAGED = Set.of(Errno.ENOENT, Errno.EINVAL, Errno.EBADMSG);

    private final ImageContext image;
    private final long snapId;
    private final Progress progress;
    private final Maintenance maintenance;

    /**
     * @param snapId whose map: {@link SnapContext#HEAD}, or a snapshot's
     * @param progress in objects
     */
    public CheckObjectMap(ImageContext image, long snapId, Progress progress) {
        this.image = image;
        this.snapId = snapId;
        this.progress = progress;
        this.maintenance = new Maintenance(image, "checking the object map");
    }

    /**
     * An object that the map says may exist may be absent: that is only less quick. So is a map that is too long, which
     * an interrupted resize leaves. One that is gone or cannot be read is all wrong.
     *
     * @return how many objects have another state
     * @throws RadosException EINVAL for an image without object map, EROFS if it is read-only or its lock is another's
     */
    public long run() throws RadosException {
        if (image.needsLock()) {
            Wait.on(image.access().acquireAsync());
        }
        return maintenance.check(held -> {
            if (!image.state().has(Features.OBJECT_MAP)) {
                throw maintenance.refused(Errno.EINVAL, "it has none");
            }
            String name = snapId == SnapContext.HEAD
                    ? ObjectNames.objectMap(image.id())
                    : ObjectNames.objectMap(image.id(), snapId);
            Optional<BitVector> map = load(name);
            long wrong = map.isPresent() ? compare(map.get()) : Math.max(1, objects());
            if (wrong > 0) {
                invalidate(held);
            }
            return wrong;
        });
    }

    /** Empty for a map that is not there or cannot be read. */
    private Optional<BitVector> load(String name) throws RadosException {
        try {
            return Optional.of(ClassCalls.read(image.pool(), name, ObjectMapCalls.load()));
        } catch (RadosException failed) {
            if (!DAMAGED.contains(failed.errno())) {
                throw failed;
            }
            return Optional.empty();
        }
    }

    private long objects() throws RadosException {
        return image.layout().objectCount(image.state().sizeAt(snapId));
    }

    private long compare(BitVector map) throws RadosException {
        long objects = objects();
        AtomicLong wrong = new AtomicLong(Math.max(0, objects - map.size()));
        ObjectSnapshots snapshots = new ObjectSnapshots(image);
        Window.of(progress).each(0, Math.min(objects, map.size()), object -> snapshots
                .listAsync(object)
                .thenAccept(states -> {
                    ObjectState said = map.get(object);
                    ObjectState really = snapshots.stateAt(states, snapId);
                    boolean harmless = really == ObjectState.NONEXISTENT && said != ObjectState.PENDING;
                    if (said != really && !harmless) {
                        wrong.incrementAndGet();
                    }
                }));
        return wrong.get();
    }

    private void invalidate(HeldImage held) throws RadosException {
        Optional<ObjectMap> head = held.objectMap();
        if (snapId == SnapContext.HEAD && head.isPresent()) {
            head.get().invalidate();
            return;
        }
        long flags = image.state().has(Features.FAST_DIFF)
                ? HeaderCalls.OBJECT_MAP_INVALID | HeaderCalls.FAST_DIFF_INVALID
                : HeaderCalls.OBJECT_MAP_INVALID;
        held.write(HeaderCalls.setFlags(flags, flags, snapId));
    }
}
