package io.jrados.drivers.backup.flow;

import io.jrados.drivers.DriverException;
import io.jrados.drivers.DriverException.Kind;
import io.jrados.drivers.backup.model.Backup;
import io.jrados.drivers.backup.model.RbdVolume;
import io.jrados.error.Errno;
import io.jrados.error.NotFoundException;
import io.jrados.error.RadosException;
import io.jrados.rbd.Image;
import io.jrados.rbd.Rbd;
import io.jrados.rbd.model.SnapshotInfo;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds where a backup starts, before anything is changed: at its parent's snapshot, or at nothing. */
final class FindStart {
    private static final Logger LOG = LoggerFactory.getLogger(FindStart.class);

    private final int maxSnapshots;

    FindStart(int maxSnapshots) {
        this.maxSnapshots = maxSnapshots;
    }

    /** @throws DriverException {@link Kind#BACKUP_RBD_OPERATION_FAILED} without the parent's snapshot */
    Start run(Rbd bases, Backup backup, RbdVolume volume) throws RadosException {
        if (backup.parent().isEmpty()) {
            return full(backup);
        }
        Backup parent = backup.parent().get();
        Optional<String> own = ServiceMetadata.base(backup);
        String base = own.isPresent()
                ? own.get()
                : ServiceMetadata.base(parent).orElseGet(() -> BackupNames.sharedBase(backup));
        Found found = parentSnapshot(bases, base, backup, parent);
        String from = found.snapshot();
        if (names(volume.images(), volume.name()).contains(from)) {
            return new Start(backup, base, Optional.of(from), found.isLeft());
        }
        if (maxSnapshots > 0) {
            LOG.info(
                    "backup {} becomes a full one: volume {} has no {} any more, of backup {}",
                    backup.id(),
                    volume.name(),
                    from,
                    parent.id());
            return full(backup.asFull().withServiceMetadata(""));
        }
        throw failed(backup, "volume " + volume.name() + " has no snapshot " + from, null);
    }

    private static Start full(Backup backup) throws DriverException {
        String base = ServiceMetadata.base(backup).orElseGet(() -> BackupNames.ownBase(backup));
        return new Start(backup, base, Optional.empty(), false);
    }

    /** The parent's snapshot on the base image, and whether a call that died began this backup there. */
    private record Found(String snapshot, boolean isLeft) {}

    private static Found parentSnapshot(Rbd bases, String base, Backup backup, Backup parent) throws RadosException {
        List<String> found;
        List<String> own;
        boolean left;
        try (Image image = bases.openReadOnly(base)) {
            found = BackupNames.of(parent, image.snapshots());
            own = BackupNames.of(backup, image.snapshots());
            left = BaseImage.isLeft(image, backup);
        } catch (NotFoundException missing) {
            throw failed(backup, "there is no base image " + base, missing);
        }
        if (!own.isEmpty() && !left) {
            throw new DriverException(
                    Kind.BACKUP_OPERATION,
                    "making backup " + backup.id(),
                    RadosException.of(Errno.EEXIST, "finding room for it in " + base + ", which has " + own));
        }
        if (found.size() != 1) {
            throw failed(backup, base + " has " + found.size() + " snapshots of backup " + parent.id(), null);
        }
        return new Found(found.get(0), left);
    }

    private static List<String> names(Rbd images, String name) throws RadosException {
        try (Image image = images.openReadOnly(name)) {
            return image.snapshots().stream().map(SnapshotInfo::name).toList();
        }
    }

    private static DriverException failed(Backup backup, String why, @Nullable Exception cause) {
        return new DriverException(
                Kind.BACKUP_RBD_OPERATION_FAILED, "starting the incremental backup " + backup.id() + ": " + why, cause);
    }
}
