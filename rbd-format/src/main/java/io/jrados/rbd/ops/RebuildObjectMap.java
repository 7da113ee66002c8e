package io.jrados.rbd.ops;

import io.jrados.error.Errno;
import io.jrados.error.RadosException;
import io.jrados.osd.op.SnapContext;
import io.jrados.osd.op.WriteOperation;
import io.jrados.rbd.diff.ObjectSnapshots;
import io.jrados.rbd.format.BitVector;
import io.jrados.rbd.format.HeaderCalls;
import io.jrados.rbd.format.ObjectNames;
import io.jrados.rbd.format.ObjectState;
import io.jrados.rbd.header.SnapshotState;
import io.jrados.rbd.image.ImageContext;
import io.jrados.rbd.io.ObjectMap;
import io.jrados.rbd.lock.NotifyMessage;
import io.jrados.rbd.lock.NotifyOp;
import io.jrados.rbd.model.Features;
import io.jrados.rbd.model.Progress;
import io.jrados.rbd.wait.Window;
import io.jrados.wire.Encoder;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Makes the object maps of the snapshots and of the head anew, out of the objects (src/librbd/operation/
 * RebuildObjectMapRequest.cc): the snapshots' first. Each object is asked once for many maps. Writes are held back
 * meanwhile.
 */
public final class RebuildObjectMap {
    /** States of all maps that are made in one go over the objects: 64 MiB. */
    private static final long MAX_STATES = 1 << 28;

    private final ImageContext image;
    private final Progress progress;
    private final Maintenance maintenance;

    /** @param progress in objects */
    public RebuildObjectMap(ImageContext image, Progress progress) {
        this.image = image;
        this.progress = progress;
        this.maintenance = new Maintenance(image, "rebuilding the object map");
    }

    /** @throws RadosException EINVAL for an image without object map, EROFS for one that is read-only */
    public void run() throws RadosException {
        maintenance.run(
                request -> new NotifyMessage.Request(NotifyOp.REBUILD_OBJECT_MAP, request), progress, this::execute);
    }

    /** Executes the verb as the lock's owner. */
    public void execute() throws RadosException {
        maintenance.holding(this::rebuildAll);
    }

    private void rebuildAll(HeldImage held) throws RadosException {
        if (!image.state().has(Features.OBJECT_MAP)) {
            throw maintenance.refused(Errno.EINVAL, "it has none");
        }
        List<Long> group = new ArrayList<>();
        long states = 0;
        for (SnapshotState snapshot : image.state().snapshots()) {
            group.add(snapshot.id());
            states += objects(snapshot.id());
            if (states > MAX_STATES) {
                rebuild(held, group);
                group.clear();
                states = 0;
            }
        }
        group.add(SnapContext.HEAD);
        rebuild(held, group);
    }

    private long objects(long snapId) throws RadosException {
        return image.layout().objectCount(image.state().sizeAt(snapId));
    }

    private void rebuild(HeldImage held, List<Long> group) throws RadosException {
        Map<Long, BitVector> maps = new LinkedHashMap<>();
        long longest = 0;
        for (long snapId : group) {
            maps.put(snapId, new BitVector(objects(snapId), ObjectState.NONEXISTENT));
            longest = Math.max(longest, objects(snapId));
        }
        ObjectSnapshots snapshots = new ObjectSnapshots(image);
        ReentrantLock lock = new ReentrantLock();
        Window.of(progress).each(0, longest, object -> snapshots
                .listAsync(object)
                .thenAccept(states -> maps.forEach((snapId, map) -> {
                    if (object < map.size()) {
                        ObjectState state = snapshots.stateAt(states, snapId);
                        lock.lock();
                        try {
                            map.set(object, state);
                        } finally {
                            lock.unlock();
                        }
                    }
                })));
        for (Map.Entry<Long, BitVector> map : maps.entrySet()) {
            save(held, map.getKey(), map.getValue());
        }
    }

    private void save(HeldImage held, long snapId, BitVector map) throws RadosException {
        Optional<ObjectMap> head = held.objectMap();
        if (snapId == SnapContext.HEAD && head.isPresent()) {
            head.get().rebuilt(map);
        } else {
            String name = snapId == SnapContext.HEAD
                    ? ObjectNames.objectMap(image.id())
                    : ObjectNames.objectMap(image.id(), snapId);
            image.changePool()
                    .operate(name, new WriteOperation().writeFull(ByteBuffer.wrap(Encoder.bytesOf(map::encode))));
        }
        long flags = HeaderCalls.OBJECT_MAP_INVALID | HeaderCalls.FAST_DIFF_INVALID;
        held.write(HeaderCalls.setFlags(0, flags, snapId));
    }
}
