package io.jrados.drivers.cinder.flow;

import io.jrados.drivers.Cleanup;
import io.jrados.drivers.Opened;
import io.jrados.error.RadosException;
import io.jrados.rbd.Image;
import io.jrados.rbd.Rbd;

/** Snapshots a volume and protects the snapshot; both or nothing. */
public final class CreateSnapshot {
    private final Call call;

    public CreateSnapshot(Call call) {
        this.call = call;
    }

    public void run(String volume, String snapshot) throws RadosException {
        Rbd rbd = call.rbd();
        try (Opened opened = new Opened(rbd.open(volume))) {
            Image image = opened.image();
            image.createSnapshot(snapshot);
            Cleanup undo = new Cleanup();
            undo.add(() -> image.removeSnapshot(snapshot));
            try {
                image.protectSnapshot(snapshot);
            } catch (RadosException | RuntimeException failed) {
                undo.run(failed);
                throw failed;
            }
            call.did("snapshotted", rbd, volume);
        }
    }
}
