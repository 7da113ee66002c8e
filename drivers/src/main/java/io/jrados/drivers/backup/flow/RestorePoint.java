package io.jrados.drivers.backup.flow;

import io.jrados.error.RadosException;
import io.jrados.rbd.Image;
import io.jrados.rbd.Rbd;
import java.util.Optional;

/**
 * The state that a backup has kept.
 *
 * @param base the name of the base image
 * @param snapshot of it; empty for the head of an image that has been copied as a whole
 */
record RestorePoint(String base, Optional<String> snapshot) {
    Image open(Rbd images) throws RadosException {
        return snapshot.isPresent() ? images.openSnapshot(base, snapshot.get()) : images.openReadOnly(base);
    }
}
