package io.jrados.rbd.ops;

import io.jrados.error.Errno;
import io.jrados.error.RadosException;
import io.jrados.rbd.format.SnapshotCalls;
import io.jrados.rbd.format.SnapshotCalls.Protection;
import io.jrados.rbd.format.SnapshotNamespace;
import io.jrados.rbd.header.SnapshotState;
import io.jrados.rbd.image.ImageContext;
import io.jrados.rbd.lock.NotifyMessage;
import io.jrados.rbd.lock.NotifyOp;
import io.jrados.rbd.model.Features;
import io.jrados.rbd.model.Progress;

/**
 * Protects a snapshot from removal, so that it can have clones of format 1
 * (src/librbd/operation/SnapshotProtectRequest.cc).
 */
public final class ProtectSnapshot {
    private final String name;
    private final Maintenance maintenance;

    public ProtectSnapshot(ImageContext image, String name) {
        this.name = name;
        this.maintenance = new Maintenance(image, "protecting snapshot " + name);
    }

    /** @throws RadosException ENOENT for the name, EBUSY if it is protected, ENOSYS for an image without layering */
    public void run() throws RadosException {
        maintenance.run(
                request -> new NotifyMessage.SnapRequest(NotifyOp.SNAP_PROTECT, name, SnapshotNamespace.USER, request),
                Progress.NONE,
                this::execute);
    }

    /** Executes the verb as the lock's owner. */
    public void execute() throws RadosException {
        maintenance.holding(held -> {
            maintenance.require(Features.LAYERING);
            SnapshotState snapshot = maintenance.snapshot(name);
            if (snapshot.protection() == Protection.PROTECTED) {
                throw maintenance.refused(Errno.EBUSY, "it is protected");
            }
            held.write(SnapshotCalls.setProtectionStatus(snapshot.id(), Protection.PROTECTED));
        });
    }
}
