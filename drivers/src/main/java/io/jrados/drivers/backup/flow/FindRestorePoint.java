package io.jrados.drivers.backup.flow;

import io.jrados.drivers.DriverException;
import io.jrados.drivers.DriverException.Kind;
import io.jrados.drivers.backup.model.Backup;
import io.jrados.error.Errno;
import io.jrados.error.NotFoundException;
import io.jrados.error.RadosException;
import io.jrados.rbd.Image;
import io.jrados.rbd.Rbd;
import io.jrados.rbd.model.SnapshotInfo;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Finds what a backup has kept, under the names of all releases: the base image that its service metadata names, one of
 * its own, or the one that old releases share. A snapshot of the backup decides; an image that has none of any backup
 * was copied as a whole.
 */
final class FindRestorePoint {
    private final Rbd images;
    private final Backup backup;

    FindRestorePoint(Rbd images, Backup backup) {
        this.images = images;
        this.backup = backup;
    }

    /**
     * Finds it.
     *
     * @throws DriverException {@link Kind#BACKUP_OPERATION}, ENOENT without any, EIO for more than one
     */
    RestorePoint run() throws RadosException {
        Set<String> names = new LinkedHashSet<>();
        ServiceMetadata.base(backup).ifPresent(names::add);
        names.add(BackupNames.ownBase(backup));
        names.add(BackupNames.sharedBase(backup));
        List<String> copies = new ArrayList<>();
        for (String name : names) {
            Optional<List<SnapshotInfo>> snapshots = snapshots(name);
            if (snapshots.isPresent()) {
                List<String> own = BackupNames.of(backup, snapshots.get());
                if (own.size() > 1) {
                    throw new DriverException(
                            Kind.BACKUP_OPERATION,
                            "finding backup " + backup.id() + " in " + name + ", which has " + own + " of it");
                }
                if (own.size() == 1) {
                    return new RestorePoint(name, Optional.of(own.get(0)));
                }
                if (BackupNames.ofAll(snapshots.get()).isEmpty()) {
                    copies.add(name);
                }
            }
        }
        if (copies.isEmpty()) {
            throw new DriverException(
                    Kind.BACKUP_OPERATION,
                    "finding backup " + backup.id() + " in the images " + names,
                    RadosException.of(Errno.ENOENT, "finding a snapshot of it, or a copy"));
        }
        return new RestorePoint(copies.get(0), Optional.empty());
    }

    private Optional<List<SnapshotInfo>> snapshots(String name) throws RadosException {
        try (Image image = images.openReadOnly(name)) {
            if (BaseImage.unfinished(image).isPresent()) {
                throw new DriverException(
                        Kind.BACKUP_OPERATION,
                        "finding backup " + backup.id() + " in " + name + ", whose first backup never ended");
            }
            return Optional.of(image.snapshots());
        } catch (NotFoundException none) {
            return Optional.empty();
        }
    }
}
