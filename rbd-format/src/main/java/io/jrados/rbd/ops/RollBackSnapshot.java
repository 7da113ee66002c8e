package io.jrados.rbd.ops;

import io.jrados.error.RadosException;
import io.jrados.osd.op.SnapContext;
import io.jrados.osd.op.WriteOperation;
import io.jrados.rbd.format.BitVector;
import io.jrados.rbd.header.SnapshotState;
import io.jrados.rbd.image.ImageContext;
import io.jrados.rbd.io.ObjectMap;
import io.jrados.rbd.model.Progress;
import io.jrados.rbd.wait.Window;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * Makes the head what a snapshot is (src/librbd/operation/SnapshotRollbackRequest.cc): takes on the snapshot's size,
 * then has each object rolled back by its OSD, with writes held back. Not one step: interrupted it leaves a mixture,
 * and run again it finishes.
 */
public final class RollBackSnapshot {
    private final ImageContext image;
    private final String name;
    private final Progress progress;
    private final Maintenance maintenance;

    /** @param progress in objects */
    public RollBackSnapshot(ImageContext image, String name, Progress progress) {
        this.image = image;
        this.name = name;
        this.progress = progress;
        this.maintenance = new Maintenance(image, "rolling back to snapshot " + name);
    }

    /**
     * @throws RadosException ENOENT for the name, EROFS for an image that is read-only, or whose lock is another
     *     client's
     */
    public void run() throws RadosException {
        maintenance.runUnlessOwned(this::execute);
    }

    private void execute() throws RadosException {
        maintenance.holding(held -> {
            SnapshotState snapshot = maintenance.snapshot(name);
            if (image.state().size() != snapshot.size()) {
                new ResizeImage(image, snapshot.size(), true, Progress.NONE).resize(held);
                held.refresh();
            }
            rollBack(held, snapshot);
        });
    }

    private void rollBack(HeldImage held, SnapshotState snapshot) throws RadosException {
        long objects = image.layout().objectCount(snapshot.size());
        Optional<ObjectMap> map = held.objectMap();
        Optional<BitVector> then = map.isPresent() ? map.get().rollingBack(snapshot) : Optional.empty();
        Window.of(progress)
                .each(
                        0,
                        objects,
                        object -> map.isPresent() && map.get().isAbsent(object)
                                ? CompletableFuture.completedFuture(null)
                                : rollBack(object, snapshot.id()));
        if (then.isPresent()) {
            map.get().save(then.get());
        }
    }

    /** An object that neither the head nor the snapshot has answers ENOENT. */
    private CompletableFuture<?> rollBack(long object, long snapId) {
        SnapContext snapContext = image.state().snapContext();
        return Tolerate.absentAsync(image.dataPool()
                .operateAsync(image.dataObject(object), new WriteOperation().rollback(snapId), snapContext));
    }
}
