package io.jrados.drivers.backup.flow;

import io.jrados.error.NotFoundException;
import io.jrados.error.RadosException;
import io.jrados.rbd.Image;
import io.jrados.rbd.Rbd;

/** Removal of snapshots that may be gone already. */
final class Snapshots {
    private Snapshots() {}

    /** Leaves an image without a snapshot. */
    static void removeIfThere(Rbd images, String name, String snapshot) throws RadosException {
        try (Image image = images.open(name)) {
            image.removeSnapshot(snapshot);
        } catch (NotFoundException none) {
            // As it should be.
        }
    }
}
