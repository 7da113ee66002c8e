package io.jrados.rbd.ops;

import io.jrados.error.Errno;
import io.jrados.error.RadosException;
import io.jrados.rbd.diff.MapDifference;
import io.jrados.rbd.format.ParentCalls;
import io.jrados.rbd.image.ImageContext;
import io.jrados.rbd.io.ImageState;
import io.jrados.rbd.io.ParentState;
import io.jrados.rbd.lock.NotifyMessage;
import io.jrados.rbd.lock.NotifyOp;
import io.jrados.rbd.model.Features;
import io.jrados.rbd.model.Progress;
import io.jrados.rbd.wait.Window;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * Copies what a clone still shares with its parent, and detaches it (src/librbd/operation/FlattenRequest.cc). Snapshots
 * keep their link to the parent unless the image has the feature deep-flatten. Run again it finishes what an
 * interrupted run began.
 */
public final class FlattenImage {
    private final ImageContext image;
    private final Progress progress;
    private final OtherImages others;
    private final Maintenance maintenance;

    /** @param progress in objects */
    public FlattenImage(ImageContext image, Progress progress, OtherImages others) {
        this.image = image;
        this.progress = progress;
        this.others = others;
        this.maintenance = new Maintenance(image, "flattening the head");
    }

    /** @throws RadosException EINVAL without a parent, EROFS for an image that is read-only */
    public void run() throws RadosException {
        maintenance.run(request -> new NotifyMessage.Request(NotifyOp.FLATTEN, request), progress, this::execute);
    }

    /** Executes the verb as the lock's owner. */
    public void execute() throws RadosException {
        long overlap = headOverlap();
        Optional<MapDifference> map = parentMap(overlap);
        Window.of(progress)
                .each(
                        0,
                        image.layout().objectCount(overlap),
                        object -> map.isPresent() && !map.get().exists(object)
                                ? CompletableFuture.completedFuture(null)
                                : image.inside(() -> image.objects().copyUp(object)));
        Optional<DetachChild> detached = maintenance.holdingFor(this::detach);
        if (detached.isPresent()) {
            detached.get().prune();
        }
    }

    /** Reads the parent's object map for a usual clone's objects: those that it does not have need not be asked for. */
    private Optional<MapDifference> parentMap(long overlap) throws RadosException {
        Optional<ImageContext> parent = image.parent()
                .filter(it -> it.layout().equals(image.layout()) && it.parent().isEmpty());
        if (parent.isEmpty() || overlap == 0) {
            return Optional.empty();
        }
        parent.get().refresh(); // nobody has told whether its map was found wrong since it was opened
        return MapDifference.read(parent.get(), 0, 0, overlap);
    }

    private long headOverlap() throws RadosException {
        return maintenance.holdingFor(held -> image.state()
                .parent()
                .flatMap(ParentState::headOverlap)
                .orElseThrow(() -> maintenance.refused(Errno.EINVAL, "it has no parent")));
    }

    private static boolean isAttached(ImageState state) {
        return state.parent().flatMap(ParentState::headOverlap).isPresent();
    }

    /** The parent must know of the clone as long as a snapshot needs it. */
    private Optional<DetachChild> detach(HeldImage held) throws RadosException {
        if (!isAttached(image.state())) {
            return Optional.empty();
        }
        Optional<DetachChild> detached = Optional.empty();
        if (image.state().has(Features.DEEP_FLATTEN)
                || image.state().snapshots().isEmpty()) {
            detached = Optional.of(new DetachChild(maintenance.header(), others));
        }
        held.changing();
        if (detached.isPresent()) {
            detached.get().detach();
        }
        Tolerate.errors(() -> held.write(ParentCalls.parentDetach()), Errno.ENOENT);
        return detached;
    }
}
