package io.jrados.drivers.backup.flow;

import io.jrados.drivers.AuditTrail;
import io.jrados.drivers.Cleanup;
import io.jrados.drivers.DriverException;
import io.jrados.drivers.DriverException.Kind;
import io.jrados.drivers.backup.model.Backup;
import io.jrados.drivers.backup.model.BackupReport;
import io.jrados.drivers.backup.model.VolumeMetadata;
import io.jrados.error.RadosException;
import io.jrados.rbd.Image;
import io.jrados.rbd.Rbd;
import io.jrados.rbd.model.Progress;
import java.io.IOException;
import java.nio.channels.ReadableByteChannel;
import java.util.Optional;

/**
 * Backs up bytes of any origin, such as a snapshot of a volume, as a whole, into a base image of the backup's own: two
 * snapshots of one volume never meet. Whatever fails, no image is left.
 */
public final class BackupStream {
    private final BackupPool pool;
    private final AuditTrail trail;

    public BackupStream(BackupPool pool, AuditTrail trail) {
        this.pool = pool;
        this.trail = trail;
    }

    public BackupReport run(
            Backup backup, ReadableByteChannel source, Optional<VolumeMetadata> metadata, Progress progress)
            throws IOException {
        Checks.size(backup, backup.size());
        if (backup.parent().isPresent()) {
            throw new DriverException(
                    Kind.BACKUP_RBD_OPERATION_FAILED,
                    "starting the incremental backup " + backup.id() + " of what is no RBD volume");
        }
        Rbd images = pool.images(backup);
        Optional<String> named = ServiceMetadata.base(backup);
        String name = named.orElseGet(() -> BackupNames.ownBase(backup));
        BaseImage base = new BaseImage(pool, images, name, backup);
        long size = (long) backup.size() << 30;
        Cleanup undo = new Cleanup();
        try {
            base.create(size, undo);
            trail.did("created", images, name);
            long bytes;
            try (Image image = images.open(name)) {
                bytes = image.upload(
                        new FirstBytes(source, size), pool.options().depth(), progress);
            }
            if (metadata.isPresent()) {
                new MetadataObject(pool.pool(backup), backup)
                        .write(metadata.get(), pool.options().metadataVersion(), undo);
            }
            base.finish(true);
            trail.did("copied", images, name);
            return new BackupReport(ServiceMetadata.of(name), false, bytes);
        } catch (RadosException failed) {
            undo.run(failed);
            throw failed instanceof DriverException
                    ? failed
                    : new DriverException(
                            Kind.BACKUP_OPERATION, "copying backup " + backup.id() + " to " + name, failed);
        } catch (IOException | RuntimeException | Error failed) {
            undo.run(failed);
            throw failed;
        }
    }
}
