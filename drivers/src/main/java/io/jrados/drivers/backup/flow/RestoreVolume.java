package io.jrados.drivers.backup.flow;

import io.jrados.drivers.AuditTrail;
import io.jrados.drivers.DriverException;
import io.jrados.drivers.DriverException.Kind;
import io.jrados.drivers.backup.model.Backup;
import io.jrados.drivers.backup.model.RbdVolume;
import io.jrados.drivers.backup.model.RestoreReport;
import io.jrados.error.Errno;
import io.jrados.error.RadosException;
import io.jrados.rbd.Image;
import io.jrados.rbd.Rbd;
import io.jrados.rbd.model.DiffExtent;
import io.jrados.rbd.model.DiffOptions;
import io.jrados.rbd.model.Progress;
import io.jrados.rbd.stream.DiffExportOptions;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Restores a backup into a volume. An empty volume gets the backup's diff to nothing, which is only what was stored;
 * any other is cleared and written as a whole.
 */
public final class RestoreVolume {
    private static final Logger LOG = LoggerFactory.getLogger(RestoreVolume.class);

    /** Failures that a second attempt would meet again. */
    private static final Set<Errno> FINAL =
            Set.of(Errno.ECANCELED, Errno.EINTR, Errno.ENOSPC, Errno.EDQUOT, Errno.EROFS, Errno.EPERM);

    private final BackupPool pool;
    private final AuditTrail trail;

    public RestoreVolume(BackupPool pool, AuditTrail trail) {
        this.pool = pool;
        this.trail = trail;
    }

    public RestoreReport run(Backup backup, RbdVolume volume, Progress progress) throws RadosException {
        Checks.size(backup, volume.size());
        Rbd images = pool.images(backup);
        RestorePoint point = new FindRestorePoint(images, backup).run();
        long wanted = wanted(images, backup, point, volume);
        boolean differential = canTakeDiff(backup, point, volume) && tryDiff(images, point, volume, progress);
        if (!differential) {
            copy(images, point, volume, wanted, progress);
        }
        resize(volume, wanted);
        trail.did(differential ? "restored by a diff" : "restored", volume.images(), volume.name());
        return new RestoreReport(differential, new MetadataObject(pool.pool(backup), backup).read());
    }

    /** Returns the size that the volume is to have; refuses one that the backup does not fit into. */
    private static long wanted(Rbd images, Backup backup, RestorePoint point, RbdVolume volume) throws RadosException {
        long actual;
        try (Image target = volume.images().openReadOnly(volume.name())) {
            actual = target.size();
        }
        long wanted = Math.max(volume.bytes(), actual);
        try (Image source = point.open(images)) {
            if (source.size() > wanted) {
                throw new DriverException(
                        Kind.INVALID_PARAMETER_VALUE,
                        "restoring backup " + backup.id() + " of " + source.size() + " bytes into volume "
                                + volume.name() + " of " + wanted);
            }
        }
        return wanted;
    }

    private static boolean canTakeDiff(Backup backup, RestorePoint point, RbdVolume volume) throws RadosException {
        return point.snapshot().isPresent() && !volume.id().equals(backup.volumeId()) && isEmpty(volume);
    }

    /** Whether neither the volume nor a parent of it has stored anything. */
    private static boolean isEmpty(RbdVolume volume) throws RadosException {
        AtomicBoolean found = new AtomicBoolean();
        try (Image image = volume.images().openReadOnly(volume.name())) {
            image.diff(DiffOptions.ALL, Until.of(found), (DiffExtent extent) -> found.set(true));
        } catch (RadosException ended) {
            if (ended.errno() != Errno.ECANCELED || !found.get()) {
                throw ended;
            }
        }
        return !found.get();
    }

    private boolean tryDiff(Rbd images, RestorePoint point, RbdVolume volume, Progress progress) throws RadosException {
        DiffExportOptions diff =
                DiffExportOptions.DEFAULT.until(point.snapshot().orElseThrow());
        try {
            new TransferDiff(images, volume.images(), pool.options().depth())
                    .run(point.base(), diff, volume.name(), progress);
            return true;
        } catch (RadosException failed) {
            DriverException named = new DriverException(
                    Kind.BACKUP_RBD_OPERATION_FAILED,
                    "moving the diff up to " + point.snapshot().get() + " of " + point.base() + " to volume "
                            + volume.name(),
                    failed);
            if (FINAL.contains(failed.errno())) {
                throw named;
            }
            LOG.info("copying the whole volume instead: {}", named.getMessage(), named);
            return false;
        }
    }

    private void copy(Rbd images, RestorePoint point, RbdVolume volume, long wanted, Progress progress)
            throws RadosException {
        resize(volume, wanted);
        try (Image source = point.open(images);
                Image target = volume.images().open(volume.name())) {
            CopyExtents copy = new CopyExtents(source, target, pool.options().depth(), progress);
            copy.clear(pool.options().discardExcessBytes() ? wanted : source.size());
            copy.copy();
        }
    }

    private static void resize(RbdVolume volume, long wanted) throws RadosException {
        try (Image image = volume.images().open(volume.name())) {
            if (image.size() != wanted) {
                image.resize(wanted, Progress.NONE);
            }
        }
    }

    /** Progress that ends a search once something is found. */
    private record Until(AtomicBoolean found) implements Progress {
        static Progress of(AtomicBoolean found) {
            return new Until(found);
        }

        @Override
        public void report(long done, long total) {}

        @Override
        public boolean isCancelled() {
            return found.get();
        }
    }
}
