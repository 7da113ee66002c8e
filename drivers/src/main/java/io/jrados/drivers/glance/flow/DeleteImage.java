package io.jrados.drivers.glance.flow;

import io.jrados.drivers.AuditTrail;
import io.jrados.drivers.DriverException;
import io.jrados.drivers.DriverException.Kind;
import io.jrados.drivers.RbdLocation;
import io.jrados.error.BusyException;
import io.jrados.error.Errno;
import io.jrados.error.NotFoundException;
import io.jrados.error.RadosException;
import io.jrados.osd.op.WatcherInfo;
import io.jrados.rbd.Image;
import io.jrados.rbd.Rbd;
import io.jrados.rbd.model.Progress;
import io.jrados.rbd.model.SnapshotInfo;
import java.time.Duration;
import java.util.List;

/**
 * Deletes an image and its snapshot. Whether somebody uses it is asked before the snapshot is touched: an image that
 * cannot be deleted keeps it.
 */
public final class DeleteImage {
    private final Backend backend;
    private final AuditTrail trail;

    public DeleteImage(Backend backend, AuditTrail trail) {
        this.backend = backend;
        this.trail = trail;
    }

    public void run(String uri) throws RadosException {
        RbdLocation location = backend.locate(uri);
        String doing = "deleting the image at " + location;
        Rbd rbd = backend.rbd(backend.poolOf(location));
        try {
            if (location.snapshot().isEmpty() || hasHeader(rbd, location, doing)) {
                remove(rbd, location.image());
            }
        } catch (NotFoundException missing) {
            throw new DriverException(Kind.NOT_FOUND, doing, missing);
        } catch (BusyException busy) {
            throw new DriverException(Kind.IN_USE_BY_STORE, doing, busy);
        }
    }

    /** Removes the snapshot. What is left of an image whose creation died has none, and goes at once: false then. */
    private boolean hasHeader(Rbd rbd, RbdLocation location, String doing) throws RadosException {
        try {
            checkUnused(rbd, location, doing);
            removeSnapshot(rbd, location.image(), location.snapshot());
            trail.did("snapshot removed", rbd, location.image() + "@" + location.snapshot());
            return true;
        } catch (NotFoundException missing) {
            remove(rbd, location.image());
            return false;
        }
    }

    private static void checkUnused(Rbd rbd, RbdLocation location, String doing) throws RadosException {
        try (Image image = rbd.open(location.image())) {
            List<WatcherInfo> watchers = image.watchers();
            if (!watchers.isEmpty()) {
                throw new DriverException(
                        Kind.IN_USE_BY_STORE,
                        doing + ", which client." + watchers.get(0).clientId() + " has open at "
                                + watchers.get(0).address());
            }
        }
    }

    /** Half-finished deletes are resumed: a snapshot that is not protected, or not there, is no error. */
    static void removeSnapshot(Rbd rbd, String imageName, String snapshotName) throws RadosException {
        try (Image image = rbd.open(imageName)) {
            removeSnapshot(image, snapshotName);
        }
    }

    static void removeSnapshot(Image image, String snapshotName) throws RadosException {
        for (SnapshotInfo snapshot : image.snapshots()) {
            if (snapshot.namespace() == SnapshotInfo.Namespace.USER
                    && snapshot.name().equals(snapshotName)) {
                if (snapshot.isProtected()) {
                    image.unprotectSnapshot(snapshotName);
                }
                image.removeSnapshot(snapshotName);
                return;
            }
        }
    }

    private void remove(Rbd rbd, String image) throws RadosException {
        try {
            rbd.remove(image, Progress.NONE);
            trail.did("removed", rbd, image);
        } catch (RadosException failed) {
            if (failed.errno() != Errno.ENOTEMPTY) {
                throw failed;
            }
            rbd.moveToTrash(image, Duration.ZERO);
            trail.did("moved to the trash", rbd, image);
        }
    }
}
