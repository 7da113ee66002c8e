package io.jrados.drivers.cinder.flow;

import io.jrados.drivers.Cleanup;
import io.jrados.error.RadosException;
import io.jrados.rbd.Image;

/** Snapshots a volume and protects the snapshot; both or nothing. */
public final class CreateSnapshot {
    private final Backend backend;

    public CreateSnapshot(Backend backend) {
        this.backend = backend;
    }

    public void run(String volume, String snapshot) throws RadosException {
        try (Image image = backend.rbd().open(volume)) {
            image.createSnapshot(snapshot);
            Cleanup undo = new Cleanup();
            undo.add(() -> image.removeSnapshot(snapshot));
            try {
                image.protectSnapshot(snapshot);
            } catch (RadosException | RuntimeException failed) {
                undo.run(failed);
                throw failed;
            }
        }
    }
}
