package io.jrados.drivers.nova.flow;

import io.jrados.error.NotFoundException;
import io.jrados.error.Printable;
import io.jrados.error.RadosException;
import io.jrados.rbd.Image;
import io.jrados.rbd.Rbd;
import io.jrados.rbd.model.SnapshotInfo;
import io.jrados.rbd.model.SnapshotInfo.Namespace;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The snapshots that Nova makes of a disk for a while, and their removal. */
public final class DiskSnapshot {
    /** The snapshot that a resize can be reverted to. */
    public static final String RESIZE = "nova-resize";

    private static final Logger LOG = LoggerFactory.getLogger(DiskSnapshot.class);

    /** A snapshot that an image is being made from: a UUID without its dashes. */
    private static final Pattern TEMPORARY = Pattern.compile("[0-9a-f]{32}");

    private final Backend backend;

    public DiskSnapshot(Backend backend) {
        this.backend = backend;
    }

    static String temporary() {
        return UUID.randomUUID().toString().replace("-", "");
    }

    static boolean isTemporary(String snapshot) {
        return TEMPORARY.matcher(snapshot).matches();
    }

    /** Removes a snapshot of a disk. One that is not there, or protected and not to be forced, stays. */
    public void remove(String disk, String snapshot, boolean force) throws RadosException {
        try (Image image = backend.disks().open(disk)) {
            Optional<SnapshotInfo> found = find(image, snapshot);
            if (found.isEmpty()) {
                LOG.warn("disk {} has no snapshot {} to be removed", Printable.of(disk), Printable.of(snapshot));
            } else if (found.get().isProtected() && !force) {
                LOG.warn("snapshot {} of disk {} is protected and stays", Printable.of(snapshot), Printable.of(disk));
            } else {
                remove(image, snapshot);
            }
        }
    }

    static Optional<SnapshotInfo> find(Image image, String snapshot) throws RadosException {
        return image.snapshots().stream()
                .filter(each ->
                        each.namespace() == Namespace.USER && each.name().equals(snapshot))
                .findAny();
    }

    /** Removes a snapshot, protected or not, if it is there: whatever part of that an earlier call has done. */
    static void remove(Image image, String snapshot) throws RadosException {
        Optional<SnapshotInfo> found = find(image, snapshot);
        if (found.isPresent()) {
            if (found.get().isProtected()) {
                image.unprotectSnapshot(snapshot);
            }
            image.removeSnapshot(snapshot);
        }
    }

    /** Ends the removal of a snapshot that got as far as the trash of snapshots. */
    static void removeTrashed(Image image, long id) throws RadosException {
        boolean isTrashed =
                image.snapshots().stream().anyMatch(each -> each.id() == id && each.namespace() == Namespace.TRASH);
        if (isTrashed) {
            image.removeSnapshot(id);
        }
    }

    /** Removes what Nova's calls have left on a disk; false if there is nothing of the kind. */
    static boolean removeOwn(Rbd rbd, String disk) throws RadosException {
        boolean removed = false;
        try (Image image = rbd.open(disk)) {
            for (SnapshotInfo each : image.snapshots()) {
                boolean isOwn = each.name().equals(RESIZE) || isTemporary(each.name());
                if (each.namespace() == Namespace.USER && isOwn) {
                    remove(image, each.name());
                    removed = true;
                }
            }
        } catch (NotFoundException gone) {
            return true;
        }
        return removed;
    }
}
