package io.jrados.drivers.nova.flow;

import io.jrados.error.RadosException;
import io.jrados.rbd.Image;
import io.jrados.rbd.model.Progress;

/** Copies into a disk what it still shares with its image, which can be deleted then. */
public final class FlattenDisk {
    private final Backend backend;

    public FlattenDisk(Backend backend) {
        this.backend = backend;
    }

    /** A disk without a parent stays as it is. */
    public void run(String disk, Progress progress) throws RadosException {
        try (Image image = backend.disks().open(disk)) {
            if (image.info().parent().isPresent()) {
                image.flatten(progress);
            }
        }
    }
}
