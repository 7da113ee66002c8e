package io.jrados.drivers.cinder.flow;

import io.jrados.drivers.Cleanup;
import io.jrados.error.RadosException;
import io.jrados.rbd.Image;
import io.jrados.rbd.Rbd;
import io.jrados.rbd.model.ImageInfo;
import io.jrados.rbd.model.ImageSpec;
import io.jrados.rbd.model.Progress;

/** Makes a volume from a snapshot of another. */
public final class CreateFromSnapshot {
    private final Backend backend;

    public CreateFromSnapshot(Backend backend) {
        this.backend = backend;
    }

    public void run(String source, String snapshot, String volume, int size) throws RadosException {
        Rbd rbd = backend.rbd();
        ImageInfo info;
        try (Image image = rbd.openSnapshot(source, snapshot)) {
            info = image.info();
        }
        CloneSnapshot.refuseShrinking(source + "@" + snapshot, info.size(), volume, size);
        ImageSpec spec = new ImageSpec(backend.options().pool(), "", source, snapshot);
        new CloneSnapshot(backend).run(spec, info, volume, size);
        if (backend.options().flattenVolumeFromSnapshot()) {
            Cleanup undo = new Cleanup();
            undo.add(() -> rbd.remove(volume, Progress.NONE));
            try {
                CloneSnapshot.flatten(rbd, volume);
            } catch (RadosException | RuntimeException failed) {
                undo.run(failed);
                throw failed;
            }
        }
    }
}
