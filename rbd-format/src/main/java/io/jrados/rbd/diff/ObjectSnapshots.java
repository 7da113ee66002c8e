package io.jrados.rbd.diff;

import io.jrados.osd.op.ReadOperation;
import io.jrados.osd.op.SnapContext;
import io.jrados.osd.op.SnapSet;
import io.jrados.rbd.format.ObjectState;
import io.jrados.rbd.image.ImageContext;
import io.jrados.rbd.model.Features;
import io.jrados.rbd.wait.Async;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;

/**
 * The real states of the data objects, as an object map should say it (src/librbd/operation/ObjectMapIterate.cc): from
 * the states of each object that the OSDs keep for the snapshots.
 */
public final class ObjectSnapshots {
    /** CEPH_SNAPDIR: the object with all its states. */
    private static final long ALL = -1;

    private final ImageContext image;
    private final TreeSet<Long> snapshots = new TreeSet<>();
    private final boolean fastDiff;

    /** The image's snapshots are those that it has now. */
    public ObjectSnapshots(ImageContext image) {
        this.image = image;
        this.fastDiff = image.state().has(Features.FAST_DIFF);
        image.state().snapshots().forEach(snapshot -> snapshots.add(snapshot.id()));
    }

    /** The states of one object; empty if it does not exist and never did. */
    public CompletableFuture<Optional<SnapSet>> listAsync(long object) {
        return image.dataPool()
                .operateAsync(image.dataObject(object), new ReadOperation().listSnaps(), ALL)
                .thenApply(result -> Optional.of(result.snaps(0)))
                .exceptionallyCompose(failed -> Async.isAbsent(Async.cause(failed))
                        ? CompletableFuture.completedFuture(Optional.empty())
                        : CompletableFuture.failedFuture(failed));
    }

    /**
     * Returns the state that the map of the head or of a snapshot should have.
     *
     * @param states of the object
     * @param snapId {@link SnapContext#HEAD}, or a snapshot's
     */
    public ObjectState stateAt(Optional<SnapSet> states, long snapId) {
        if (states.isEmpty()) {
            return ObjectState.NONEXISTENT;
        }
        for (SnapSet.Clone clone : states.get().clones()) {
            boolean isHead = clone.id() == SnapContext.HEAD;
            long newest = isHead ? SnapContext.HEAD : edge(clone.snaps(), true);
            if (Long.compareUnsigned(newest, snapId) < 0) {
                continue;
            }
            long oldest = firstFrom(isHead ? states.get().sequence() + 1 : edge(clone.snaps(), false));
            if (Long.compareUnsigned(snapId, oldest) < 0) {
                break;
            }
            return fastDiff && oldest != snapId ? ObjectState.EXISTS_CLEAN : ObjectState.EXISTS;
        }
        return ObjectState.NONEXISTENT;
    }

    private static long edge(List<Long> snaps, boolean newest) {
        long edge = snaps.get(0);
        for (long snap : snaps) {
            edge = newest ? Math.max(edge, snap) : Math.min(edge, snap);
        }
        return edge;
    }

    private long firstFrom(long snapId) {
        Long known = snapshots.ceiling(snapId);
        return known == null ? SnapContext.HEAD : known;
    }
}
