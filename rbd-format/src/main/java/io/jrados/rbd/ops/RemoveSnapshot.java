package io.jrados.rbd.ops;

import io.jrados.error.Errno;
import io.jrados.error.RadosException;
import io.jrados.rbd.format.SnapshotCalls.Protection;
import io.jrados.rbd.format.SnapshotNamespace;
import io.jrados.rbd.header.SnapshotState;
import io.jrados.rbd.image.ImageContext;
import io.jrados.rbd.lock.NotifyMessage;
import io.jrados.rbd.lock.NotifyOp;
import io.jrados.rbd.model.Progress;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Removes a snapshot (src/librbd/operation/SnapshotRemoveRequest.cc). While clones of format 2 need it, it lives on in
 * the trash namespace. Run again it finishes what an interrupted run began.
 */
public final class RemoveSnapshot {
    private final ImageContext image;
    private final String name;
    private final OptionalLong id;
    private final OtherImages others;
    private final Maintenance maintenance;

    /** A user's. */
    public RemoveSnapshot(ImageContext image, String name, OtherImages others) {
        this.image = image;
        this.others = others;
        this.name = name;
        this.id = OptionalLong.empty();
        this.maintenance = new Maintenance(image, "removing snapshot " + name);
    }

    /** One of any namespace. */
    public RemoveSnapshot(ImageContext image, long id, OtherImages others) {
        this.image = image;
        this.others = others;
        this.name = "";
        this.id = OptionalLong.of(id);
        this.maintenance = new Maintenance(image, "removing snapshot " + id);
    }

    /** @throws RadosException ENOENT for it, EBUSY for a protected one, EROFS for an image that is read-only */
    public void run() throws RadosException {
        if (id.isPresent()) {
            image.refresh();
            SnapshotState snapshot = byId(id.getAsLong());
            run(snapshot.name(), snapshot.record().namespace());
        } else {
            run(name, SnapshotNamespace.USER);
        }
    }

    private void run(String asked, SnapshotNamespace namespace) throws RadosException {
        maintenance.run(
                request -> new NotifyMessage.SnapRequest(NotifyOp.SNAP_REMOVE, asked, namespace, request),
                Progress.NONE,
                this::execute);
    }

    /** Executes the verb as the lock's owner. */
    public void execute() throws RadosException {
        maintenance.holding(held -> {
            SnapshotState snapshot = id.isPresent() ? byId(id.getAsLong()) : byName();
            if (snapshot.protection() != Protection.UNPROTECTED) {
                throw maintenance.refused(Errno.EBUSY, "it is protected");
            }
            new SnapshotRemoval(maintenance.header(), held.objectMap(), others).run(snapshot);
        });
    }

    private SnapshotState byName() throws RadosException {
        Optional<SnapshotState> begun = image.state().snapshot(name).or(this::interrupted);
        return begun.isPresent() ? begun.get() : maintenance.snapshot(name);
    }

    private SnapshotState byId(long wanted) throws RadosException {
        return image.state().snapshot(wanted).orElseThrow(() -> maintenance.refused(Errno.ENOENT, "there is none"));
    }

    /** One that was moved to the trash namespace under another name, and that nothing keeps there. */
    private Optional<SnapshotState> interrupted() {
        return image.state().snapshots().stream()
                .filter(snapshot -> snapshot.record().namespace() instanceof SnapshotNamespace.Trash trash
                        && trash.originalName().equals(name)
                        && snapshot.record().childCount() == 0)
                .findFirst();
    }
}
