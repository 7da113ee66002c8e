package io.jrados.drivers.backup.flow;

import io.jrados.drivers.AuditTrail;
import io.jrados.drivers.DriverException;
import io.jrados.drivers.backup.model.Backup;
import io.jrados.error.NotFoundException;
import io.jrados.error.Printable;
import io.jrados.error.RadosException;
import io.jrados.rados.Pool;
import io.jrados.rbd.Image;
import io.jrados.rbd.Rbd;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Deletes a backup: its snapshot, the base image with the last of them, and the metadata. */
public final class DeleteBackup {
    private static final Logger LOG = LoggerFactory.getLogger(DeleteBackup.class);

    private final BackupPool pool;
    private final AuditTrail trail;

    public DeleteBackup(BackupPool pool, AuditTrail trail) {
        this.pool = pool;
        this.trail = trail;
    }

    public void run(Backup backup) throws RadosException {
        Pool where;
        try {
            where = pool.pool(backup);
        } catch (DriverException missing) {
            if (!(missing.getCause() instanceof NotFoundException)) {
                throw missing;
            }
            LOG.warn("backup {} has nothing to delete: {}", backup.id(), missing.getMessage());
            return;
        }
        Rbd images = Rbd.on(where);
        Optional<String> base = base(images, backup);
        if (base.isPresent()) {
            deleteFrom(images, base.get(), backup);
        } else {
            LOG.warn("backup {} has no base image: only its metadata is deleted", backup.id());
        }
        new MetadataObject(where, backup).remove();
    }

    /** The image that holds the backup: never one that holds those of others only. */
    private static Optional<String> base(Rbd images, Backup backup) throws RadosException {
        Optional<String> named = ServiceMetadata.base(backup);
        String first = named.orElseGet(() -> BackupNames.ownBase(backup));
        if (images.exists(first)) {
            return Optional.of(first);
        }
        String shared = BackupNames.sharedBase(backup);
        if (!images.exists(shared)) {
            return Optional.empty();
        }
        try (Image image = images.openReadOnly(shared)) {
            boolean own = !BackupNames.of(backup, image.snapshots()).isEmpty();
            boolean none = BackupNames.ofAll(image.snapshots()).isEmpty();
            return own || named.isEmpty() && none ? Optional.of(shared) : Optional.empty();
        } catch (NotFoundException halfRemoved) {
            return Optional.of(shared);
        }
    }

    private void deleteFrom(Rbd images, String base, Backup backup) throws RadosException {
        try (Image image = images.open(base)) {
            for (String snapshot : BackupNames.of(backup, image.snapshots())) {
                image.removeSnapshot(snapshot);
                trail.did("snapshot removed", images, base + "@" + snapshot);
            }
            List<String> others = BackupNames.ofAll(image.snapshots());
            if (!others.isEmpty()) {
                LOG.info("{} stays for {}", Printable.of(base), Printable.of(String.valueOf(others)));
                return;
            }
        } catch (NotFoundException halfRemoved) {
            LOG.info("{} is half removed", Printable.of(base));
        }
        new RemoveBase(pool.options().busyBudget()).run(images, base);
        trail.did("removed", images, base);
    }
}
