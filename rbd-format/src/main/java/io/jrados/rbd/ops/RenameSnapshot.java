package io.jrados.rbd.ops;

import io.jrados.error.Errno;
import io.jrados.error.RadosException;
import io.jrados.rbd.format.SnapshotCalls;
import io.jrados.rbd.format.SnapshotNamespace;
import io.jrados.rbd.header.SnapshotState;
import io.jrados.rbd.image.ImageContext;
import io.jrados.rbd.lock.NotifyMessage;
import io.jrados.rbd.model.Names;
import io.jrados.rbd.model.Progress;

/** Gives a user's snapshot another name (src/librbd/operation/SnapshotRenameRequest.cc). */
public final class RenameSnapshot {
    private final ImageContext image;
    private final String name;
    private final String newName;
    private final Maintenance maintenance;

    public RenameSnapshot(ImageContext image, String name, String newName) {
        this.image = image;
        this.name = name;
        this.newName = newName;
        this.maintenance = new Maintenance(image, "renaming snapshot " + name + " to " + newName);
    }

    /** @throws RadosException ENOENT for the name, EEXIST for the new one, EROFS for an image that is read-only */
    public void run() throws RadosException {
        Names.checkSnapshot(newName);
        image.refresh();
        long snapId = maintenance.snapshot(name).id();
        maintenance.run(
                request -> new NotifyMessage.SnapRename(snapId, newName, SnapshotNamespace.USER, request),
                Progress.NONE,
                () -> execute(snapId));
    }

    /** Executes the verb as the lock's owner. */
    public void execute(long snapId) throws RadosException {
        maintenance.holding(held -> {
            SnapshotState snapshot = image.state()
                    .snapshot(snapId)
                    .filter(SnapshotState::isUsers)
                    .orElseThrow(() -> maintenance.refused(Errno.ENOENT, "there is none"));
            if (image.state().snapshot(newName).isPresent()) {
                throw maintenance.refused(Errno.EEXIST, "there is one");
            }
            held.write(SnapshotCalls.rename(snapshot.id(), newName));
        });
    }
}
