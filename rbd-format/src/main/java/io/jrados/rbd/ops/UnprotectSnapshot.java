package io.jrados.rbd.ops;

import io.jrados.error.Errno;
import io.jrados.error.RadosException;
import io.jrados.rados.Wait;
import io.jrados.rbd.format.SnapshotCalls;
import io.jrados.rbd.format.SnapshotCalls.Protection;
import io.jrados.rbd.format.SnapshotNamespace;
import io.jrados.rbd.header.SnapshotState;
import io.jrados.rbd.image.ImageContext;
import io.jrados.rbd.lock.NotifyMessage;
import io.jrados.rbd.lock.NotifyOp;
import io.jrados.rbd.model.Features;
import io.jrados.rbd.model.Progress;
import java.util.List;

/**
 * Ends a snapshot's protection (src/librbd/operation/SnapshotUnprotectRequest.cc): announces it in the header, looks
 * for clones of format 1 in all pools, and goes back if there are any. Who clones meanwhile looks at the header again.
 */
public final class UnprotectSnapshot {
    private final ImageContext image;
    private final String name;
    private final Maintenance maintenance;

    public UnprotectSnapshot(ImageContext image, String name) {
        this.image = image;
        this.name = name;
        this.maintenance = new Maintenance(image, "unprotecting snapshot " + name);
    }

    /** @throws RadosException ENOENT for the name, EINVAL if it is not protected, EBUSY with clones of format 1 */
    public void run() throws RadosException {
        maintenance.run(
                request ->
                        new NotifyMessage.SnapRequest(NotifyOp.SNAP_UNPROTECT, name, SnapshotNamespace.USER, request),
                Progress.NONE,
                this::execute);
    }

    /** Executes the verb as the lock's owner. */
    public void execute() throws RadosException {
        maintenance.holding(held -> {
            maintenance.require(Features.LAYERING);
            SnapshotState snapshot = maintenance.snapshot(name);
            if (snapshot.protection() == Protection.UNPROTECTED) {
                throw maintenance.refused(Errno.EINVAL, "it is not protected");
            }
            unprotect(held, snapshot.id());
        });
    }

    private void unprotect(HeldImage held, long snapId) throws RadosException {
        setStatus(held, snapId, Protection.UNPROTECTING);
        try {
            scanPoolChildren(snapId);
            setStatus(held, snapId, Protection.UNPROTECTED);
        } catch (Throwable failed) {
            Rollback.takeBack(failed, () -> setStatus(held, snapId, Protection.PROTECTED));
            throw failed;
        }
    }

    /** In the newest map: a pool that was made a moment ago may hold a clone. */
    private void scanPoolChildren(long snapId) throws RadosException {
        Wait.on(image.pool().rados().waitForLatestOsdMapAsync());
        List<String> pools = Children.poolsWithFormatOne(image.pool(), image.id(), snapId);
        if (!pools.isEmpty()) {
            throw maintenance.refused(Errno.EBUSY, "it has clones in the pools " + String.join(", ", pools));
        }
    }

    private void setStatus(HeldImage held, long snapId, Protection status) throws RadosException {
        held.write(SnapshotCalls.setProtectionStatus(snapId, status));
    }
}
