package io.jrados.drivers.backup.flow;

import io.jrados.drivers.Cleanup;
import io.jrados.drivers.DriverException;
import io.jrados.drivers.DriverException.Kind;
import io.jrados.drivers.backup.model.Backup;
import io.jrados.error.AlreadyExistsException;
import io.jrados.error.Errno;
import io.jrados.error.NotFoundException;
import io.jrados.error.RadosException;
import io.jrados.rbd.Image;
import io.jrados.rbd.Rbd;
import io.jrados.rbd.model.DiffOptions;
import io.jrados.rbd.model.Progress;
import io.jrados.rbd.model.SnapshotInfo;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The image in the backups' pool that one backup is being written to. Until its first backup is whole a new one carries
 * a mark in its metadata, by which the next call for the same backup knows what a call that died has left.
 */
final class BaseImage {
    /** The key of the mark; its value is the backup's id. */
    static final String UNFINISHED = "jrados.unfinished-backup";

    /** The same of a backup that is the difference to one on the image; its value is the backup's id. */
    static final String UNFINISHED_DIFF = "jrados.unfinished-diff";

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
            images.create(name, bytes, pool.newBase().withMetadata(UNFINISHED, backup.id()));
        } catch (AlreadyExistsException exists) {
            throw new DriverException(Kind.BACKUP_OPERATION, "creating " + name + " for backup " + backup.id(), exists);
        }
        undo.add(this::remove);
    }

    /** Marks an image that has other backups, and takes back what a call that died did to it for this backup. */
    void begin(Start start, Cleanup undo) throws RadosException {
        try (Image image = images.open(name)) {
            if (start.isLeft()) {
                LOG.warn("taking back what a call that died did to {} for backup {}", name, backup.id());
                new MetadataObject(images.pool(), backup).remove();
                for (String own : BackupNames.of(backup, image.snapshots())) {
                    image.removeSnapshot(own);
                }
            }
        }
        rewind(start.from().orElseThrow());
        undo.add(this::unmark);
        try (Image image = images.open(name)) {
            image.setMetadata(UNFINISHED_DIFF, backup.id().getBytes(StandardCharsets.UTF_8));
        }
    }

    /** Whether an image has the mark of a difference that was begun for this backup, and nobody has it open. */
    static boolean isLeft(Image image, Backup backup) throws RadosException {
        byte[] mark = image.metadata().get(UNFINISHED_DIFF);
        return mark != null
                && new String(mark, StandardCharsets.UTF_8).equals(backup.id())
                && image.watchers().isEmpty();
    }

    /** Whether it is one that was begun for this very backup, and never finished. */
    private boolean isLeftOver() throws RadosException {
        try (Image image = images.openReadOnly(name)) {
            return unfinished(image).filter(backup.id()::equals).isPresent();
        } catch (NotFoundException none) {
            return false;
        }
    }

    /**
     * Makes the head equal to the snapshot that the next diff begins at. It may differ: after the newest backup was
     * deleted, or when a call died while it moved a diff. Such bytes are in no diff, and would be in every backup from
     * now on.
     *
     * @throws DriverException {@link Kind#BACKUP_OPERATION}, EBUSY, for a head that differs while somebody else has the
     *     image open: another backup may be on its way into it
     */
    void rewind(String from) throws RadosException {
        if (!differs(from)) {
            return;
        }
        LOG.warn("{} has more than its snapshot {}: it is rolled back before backup {}", name, from, backup.id());
        try (Image image = images.open(name)) {
            image.rollBack(from, Progress.NONE);
        }
    }

    private boolean differs(String from) throws RadosException {
        try (Image image = images.openReadOnly(name)) {
            Optional<SnapshotInfo> start = image.snapshots().stream()
                    .filter(each -> each.name().equals(from))
                    .findFirst();
            if (start.isEmpty()) {
                throw RadosException.of(Errno.ENOENT, "looking for snapshot " + from + " of " + name);
            }
            AtomicBoolean changed = new AtomicBoolean(start.get().size() != image.size());
            image.diff(DiffOptions.ALL.since(from).byObject(), Progress.NONE, extent -> changed.set(true));
            boolean differs = changed.get();
            if (differs && !image.watchers().isEmpty()) {
                throw new DriverException(
                        Kind.BACKUP_OPERATION,
                        "making backup " + backup.id(),
                        RadosException.of(Errno.EBUSY, "rolling " + name + " back to " + from));
            }
            return differs;
        }
    }

    /** Returns the id of the backup whose first part is all that an image has. */
    static Optional<String> unfinished(Image image) throws RadosException {
        return Optional.ofNullable(image.metadata().get(UNFINISHED))
                .map(mark -> new String(mark, StandardCharsets.UTF_8));
    }

    /** Takes the mark of a difference off, unless a snapshot of it is left, which the next call is to find. */
    private void unmark() throws RadosException {
        try (Image image = images.open(name)) {
            if (BackupNames.of(backup, image.snapshots()).isEmpty()) {
                image.removeMetadata(UNFINISHED_DIFF);
            }
        } catch (NotFoundException gone) {
            LOG.debug("the mark of {} is off already", name);
        }
    }

    /** Takes the mark off. */
    void finish(boolean isNew) throws RadosException {
        try (Image image = images.open(name)) {
            image.removeMetadata(isNew ? UNFINISHED : UNFINISHED_DIFF);
        } catch (NotFoundException gone) {
            LOG.debug("the mark of {} is off already", name);
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
