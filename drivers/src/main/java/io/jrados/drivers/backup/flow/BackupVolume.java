package io.jrados.drivers.backup.flow;

import io.jrados.drivers.AuditTrail;
import io.jrados.drivers.Cleanup;
import io.jrados.drivers.DriverException;
import io.jrados.drivers.DriverException.Kind;
import io.jrados.drivers.backup.model.Backup;
import io.jrados.drivers.backup.model.BackupReport;
import io.jrados.drivers.backup.model.RbdVolume;
import io.jrados.drivers.backup.model.VolumeMetadata;
import io.jrados.error.Printable;
import io.jrados.error.RadosException;
import io.jrados.rbd.Image;
import io.jrados.rbd.Rbd;
import io.jrados.rbd.model.Progress;
import io.jrados.rbd.stream.DiffExportOptions;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Backs up a volume that is an RBD image: snapshots it, and moves what differs from the parent's snapshot, or all of
 * it, into the base image. Whatever fails, volume and base are as before, and what cannot be undone is suppressed in
 * the failure.
 */
public final class BackupVolume {
    private static final Logger LOG = LoggerFactory.getLogger(BackupVolume.class);

    private final BackupPool pool;
    private final AuditTrail trail;

    public BackupVolume(BackupPool pool, AuditTrail trail) {
        this.pool = pool;
        this.trail = trail;
    }

    public BackupReport run(Backup asked, RbdVolume volume, Optional<VolumeMetadata> metadata, Progress progress)
            throws RadosException {
        Checks.size(asked, volume.size());
        Rbd bases = pool.images(asked);
        Start start = new FindStart(pool.options().maxSnapshots().orElse(0)).run(bases, asked, volume);
        Backup backup = start.backup();
        BaseImage base = new BaseImage(pool, bases, start.base(), backup);
        String snapshot = BackupNames.snapshot(backup, pool.now());
        Cleanup undo = new Cleanup();
        long bytes;
        try {
            if (start.from().isPresent()) {
                base.begin(start, undo);
            } else {
                base.create(volume.bytes(), undo);
                trail.did("created", bases, start.base());
            }
            undo.add(() -> Snapshots.removeIfThere(volume.images(), volume.name(), snapshot));
            createSnapshot(backup, volume, snapshot);
            trail.did("snapshotted", volume.images(), volume.name());
            undo.add(() -> base.takeBack(snapshot, start.from()));
            bytes = transfer(volume, bases, start, snapshot, progress);
            trail.did("transferred", bases, start.base());
            if (metadata.isPresent()) {
                new MetadataObject(pool.pool(backup), backup)
                        .write(metadata.get(), pool.options().metadataVersion(), undo);
            }
            base.finish(start.from().isEmpty());
        } catch (RadosException | RuntimeException | Error failed) {
            undo.run(failed);
            throw failed;
        }
        new PruneSnapshots(pool.options().maxSnapshots().orElse(0)).run(volume);
        return new BackupReport(ServiceMetadata.of(start.base()), start.from().isPresent(), bytes);
    }

    /** Removes what a call for the same backup left that died: the base image has none of it. */
    private static void createSnapshot(Backup backup, RbdVolume volume, String snapshot) throws RadosException {
        try (Image image = volume.images().open(volume.name())) {
            for (String left : BackupNames.of(backup, image.snapshots())) {
                LOG.warn(
                        "removing {} of volume {}, which a call that died has left", Printable.of(left), volume.name());
                image.removeSnapshot(left);
            }
            image.createSnapshot(snapshot);
        }
    }

    private long transfer(RbdVolume volume, Rbd bases, Start start, String snapshot, Progress progress)
            throws DriverException {
        DiffExportOptions diff = DiffExportOptions.DEFAULT.until(snapshot);
        if (start.from().isPresent()) {
            diff = diff.since(start.from().get());
        }
        try {
            long bytes = new TransferDiff(volume.images(), bases, pool.options().depth())
                    .run(volume.name(), diff, start.base(), progress);
            LOG.info("backup {} of volume {} took {} bytes", start.backup().id(), volume.name(), bytes);
            return bytes;
        } catch (RadosException failed) {
            throw new DriverException(
                    Kind.BACKUP_RBD_OPERATION_FAILED,
                    "moving the diff up to " + snapshot + " of volume " + volume.name() + " to " + start.base(),
                    failed);
        }
    }
}
