package io.jrados.drivers.nova.flow;

import io.jrados.drivers.DriverException;
import io.jrados.drivers.DriverException.Kind;
import io.jrados.error.AlreadyExistsException;
import io.jrados.error.NotFoundException;
import io.jrados.error.RadosException;
import io.jrados.rbd.Image;
import io.jrados.rbd.model.Progress;
import io.jrados.rbd.model.SnapshotInfo;
import java.util.Optional;

/** Resizes a root disk in a way that can be reverted, until the user confirms it. */
public final class ResizeDisk {
    private final Backend backend;

    public ResizeDisk(Backend backend) {
        this.backend = backend;
    }

    /** Enlarges a disk to so many bytes. */
    public void grow(String disk, long size, Progress progress) throws RadosException {
        try (Image image = backend.disks().open(disk)) {
            image.resize(size, false, progress);
        }
    }

    /**
     * Makes the snapshot, unless a call before this one has, and enlarges the disk if it is smaller.
     *
     * @throws RadosException EEXIST for the snapshot of another resize, which was neither confirmed nor reverted: this
     *     one could only be reverted to what the disk was before that
     */
    public void finish(String disk, long size, Progress progress) throws RadosException {
        try (Image image = backend.disks().open(disk)) {
            Optional<SnapshotInfo> before = DiskSnapshot.find(image, DiskSnapshot.RESIZE);
            if (before.isEmpty()) {
                image.createSnapshot(DiskSnapshot.RESIZE);
            } else if (image.size() != size && image.size() != before.get().size()) {
                throw new AlreadyExistsException(
                        "resizing disk " + disk + ", whose resize to " + image.size()
                                + " bytes was neither confirmed nor reverted",
                        null);
            }
            if (size > image.size()) {
                image.resize(size, false, progress);
            }
        }
    }

    /** Removes the snapshot, if disk and snapshot are there. */
    public void confirm(String disk) throws RadosException {
        try (Image image = backend.disks().open(disk)) {
            DiskSnapshot.remove(image, DiskSnapshot.RESIZE);
        } catch (NotFoundException gone) {
            return;
        }
    }

    /** Rolls the disk back to the snapshot, its size too, and removes the snapshot. */
    public void revert(String disk, Progress progress) throws RadosException {
        try (Image image = backend.disks().open(disk)) {
            if (DiskSnapshot.find(image, DiskSnapshot.RESIZE).isEmpty()) {
                throw new DriverException(
                        Kind.SNAPSHOT_NOT_FOUND,
                        "reverting the resize of disk " + disk + ", which has no snapshot " + DiskSnapshot.RESIZE);
            }
            image.rollBack(DiskSnapshot.RESIZE, progress);
            DiskSnapshot.remove(image, DiskSnapshot.RESIZE);
        }
    }
}
