package io.jrados.drivers.backup.flow;

import io.jrados.drivers.Cleanup;
import io.jrados.drivers.DriverException;
import io.jrados.drivers.DriverException.Kind;
import io.jrados.drivers.backup.model.Backup;
import io.jrados.error.AlreadyExistsException;
import io.jrados.error.NotFoundException;
import io.jrados.error.RadosException;
import io.jrados.rbd.Image;
import io.jrados.rbd.Rbd;
import io.jrados.rbd.model.Progress;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The image in the backups' pool that one backup is being written to. Until its first backup is whole a new one carries
 * a mark in its metadata, by which the next call for the same backup knows what a call that died has left.
 */
final class BaseImage {
    /** The key of the mark; its value is the backup's id. */
    static final String UNFINISHED = "jrados.unfinished-backup";

    private static final Logger LOG = LoggerFactory.getLogger(BaseImage.class);

    private final BackupPool pool;
    private final Rbd images;
    private final String name;
    private final Backup backup;

    BaseImage(BackupPool pool, Rbd images, String name, Backup backup) {
        this.pool = pool;
        this.images = images;
        this.name = name;
        this.backup = backup;
    }

    /** @throws DriverException {@link Kind#BACKUP_OPERATION}, EEXIST, for one that is there and not ours to replace */
    void create(long bytes, Cleanup undo) throws RadosException {
        if (isLeftOver()) {
            LOG.warn("removing {}, which a call that died has left of backup {}", name, backup.id());
            new MetadataObject(images.pool(), backup).remove();
            remove();
        }
        try {
            images.create(name, bytes, pool.newBase());
        } catch (AlreadyExistsException exists) {
            throw new DriverException(Kind.BACKUP_OPERATION, "creating " + name + " for backup " + backup.id(), exists);
        }
        undo.add(this::remove);
        try (Image image = images.open(name)) {
            image.setMetadata(UNFINISHED, backup.id().getBytes(StandardCharsets.UTF_8));
        }
    }

    /** Whether it is one that was begun for this very backup, and never finished. */
    private boolean isLeftOver() throws RadosException {
        try (Image image = images.openReadOnly(name)) {
            Map<String, byte[]> metadata = image.metadata();
            byte[] mark = metadata.get(UNFINISHED);
            return mark != null && new String(mark, StandardCharsets.UTF_8).equals(backup.id());
        } catch (NotFoundException none) {
            return false;
        }
    }

    /** Takes the mark off. */
    void finish(boolean isNew) throws RadosException {
        if (isNew) {
            try (Image image = images.open(name)) {
                image.removeMetadata(UNFINISHED);
            }
        }
    }

    /**
     * Leaves the image without a snapshot that may or may not have been made.
     *
     * @param before the snapshot whose content it had; empty for a new image, whose content goes with it
     */
    void takeBack(String snapshot, Optional<String> before) throws RadosException {
        Snapshots.removeIfThere(images, name, snapshot);
        if (before.isPresent()) {
            try (Image image = images.open(name)) {
                image.rollBack(before.get(), Progress.NONE);
            }
        }
    }

    private void remove() throws RadosException {
        try (Image image = images.open(name)) {
            for (String snapshot : BackupNames.of(backup, image.snapshots())) {
                image.removeSnapshot(snapshot);
            }
        } catch (NotFoundException none) {
            LOG.debug("{} is half removed, or gone", name);
        }
        try {
            images.remove(name, Progress.NONE);
        } catch (NotFoundException none) {
            LOG.debug("{} is gone", name);
        }
    }
}
