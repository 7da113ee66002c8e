package io.jrados.drivers.cinder.flow;

import io.jrados.error.NotFoundException;
import io.jrados.error.RadosException;
import io.jrados.rbd.Image;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Deletes a snapshot of a volume. */
public final class DeleteSnapshot {
    private static final Logger LOG = LoggerFactory.getLogger(DeleteSnapshot.class);

    private final Backend backend;

    public DeleteSnapshot(Backend backend) {
        this.backend = backend;
    }

    public void run(String volume, String snapshot) throws RadosException {
        try (Image image = backend.rbd().open(volume)) {
            remove(image, snapshot);
        } catch (NotFoundException gone) {
            LOG.info("snapshot {}@{} is gone already", volume, snapshot);
        }
    }

    static void remove(Image image, String snapshot) throws RadosException {
        if (image.isSnapshotProtected(snapshot)) {
            image.unprotectSnapshot(snapshot);
        }
        image.removeSnapshot(snapshot);
    }
}
