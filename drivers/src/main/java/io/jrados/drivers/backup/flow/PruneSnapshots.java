package io.jrados.drivers.backup.flow;

import io.jrados.drivers.backup.model.RbdVolume;
import io.jrados.error.Printable;
import io.jrados.error.RadosException;
import io.jrados.rbd.Image;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Removes a volume's oldest snapshots of backups. The backup is whole by then: failures are told of in the log only.
 */
final class PruneSnapshots {
    private static final Logger LOG = LoggerFactory.getLogger(PruneSnapshots.class);

    private final int kept;

    /** @param kept how many stay; 0 for all */
    PruneSnapshots(int kept) {
        this.kept = kept;
    }

    void run(RbdVolume volume) {
        if (kept == 0) {
            return;
        }
        try (Image image = volume.images().open(volume.name())) {
            List<String> all = BackupNames.ofAll(image.snapshots());
            for (String snapshot : all.subList(0, Math.max(0, all.size() - kept))) {
                image.removeSnapshot(snapshot);
                LOG.info("volume {} has no {} any more: {} are kept", volume.name(), Printable.of(snapshot), kept);
            }
        } catch (RadosException failed) {
            LOG.warn("removing old snapshots of volume {}: {}", volume.name(), failed.getMessage(), failed);
        }
    }
}
