package io.jrados.drivers.cinder.flow;

import io.jrados.drivers.Cleanup;
import io.jrados.drivers.DriverException;
import io.jrados.drivers.DriverException.Kind;
import io.jrados.error.RadosException;
import io.jrados.rbd.Image;
import io.jrados.rbd.Rbd;
import io.jrados.rbd.model.ImageSpec;
import io.jrados.rbd.model.Progress;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes a volume from another: a clone, a flattened one at the greatest depth, or a full copy. */
public final class CloneVolume {
    private static final Logger LOG = LoggerFactory.getLogger(CloneVolume.class);

    private final Backend backend;

    public CloneVolume(Backend backend) {
        this.backend = backend;
    }

    public void run(String source, String volume, int size) throws IOException {
        Rbd rbd = backend.rbd();
        boolean copies = backend.options().maxCloneDepth() <= 0;
        try (Image image = copies ? rbd.openReadOnly(source) : rbd.open(source)) {
            CloneSnapshot.refuseShrinking(source, image.size(), volume, size);
            if (copies) {
                new CopyVolume(backend).run(source, volume, size);
            } else {
                cloneVolume(rbd, image, volume, size);
            }
        }
    }

    private void cloneVolume(Rbd rbd, Image source, String volume, int size) throws RadosException {
        String snapshot = volume + CloneChain.CLONE_SNAPSHOT;
        Cleanup undo = new Cleanup();
        try {
            source.createSnapshot(snapshot);
            undo.add(() -> source.removeSnapshot(snapshot));
            source.protectSnapshot(snapshot);
            undo.add(() -> source.unprotectSnapshot(snapshot));
            rbd.clone(new ImageSpec(backend.options().pool(), "", source.name(), snapshot), volume, backend.newClone());
            undo.add(() -> rbd.remove(volume, Progress.NONE));
            int depth = CloneChain.depth(backend.rados(), source);
            if (depth >= backend.options().maxCloneDepth()) {
                LOG.info("{} has {} cloned ancestors: {} is flattened", source.name(), depth, volume);
                CloneSnapshot.flatten(rbd, volume);
                source.unprotectSnapshot(snapshot);
                source.removeSnapshot(snapshot);
            }
            CloneSnapshot.resizeIfLarger(rbd, volume, size);
        } catch (RadosException failed) {
            undo.run(failed);
            throw failed instanceof DriverException
                    ? failed
                    : new DriverException(Kind.BACKEND, "cloning volume " + source.name() + " to " + volume, failed);
        } catch (RuntimeException | Error failed) {
            undo.run(failed);
            throw failed;
        }
    }
}
