package io.jrados.drivers.cinder.flow;

import io.jrados.drivers.Cleanup;
import io.jrados.drivers.Opened;
import io.jrados.drivers.cinder.model.ModelUpdate;
import io.jrados.drivers.cinder.model.Volume;
import io.jrados.error.RadosException;
import io.jrados.rbd.Image;
import io.jrados.rbd.Rbd;
import io.jrados.rbd.model.ImageInfo;
import io.jrados.rbd.model.ImageOptions;
import io.jrados.rbd.model.ImageSpec;
import io.jrados.rbd.model.Progress;

/** Makes a volume out of a snapshot, of an image or of a volume; whatever fails, no volume is left. */
final class CloneSnapshot {
    private final Call call;

    CloneSnapshot(Call call) {
        this.call = call;
    }

    /** @param bytes the volume's size */
    ModelUpdate run(ImageSpec source, ImageInfo info, Volume volume, long bytes, boolean flatten)
            throws RadosException {
        VolumeSetup setup = new VolumeSetup(call, volume.type());
        Rbd rbd = call.rbd();
        UnfinishedVolume unfinished = new UnfinishedVolume(call, rbd, volume.name());
        unfinished.make(likeIts(info), options -> rbd.clone(source, volume.name(), options));
        call.did("cloned", rbd, volume.name());
        Cleanup undo = new Cleanup();
        undo.add(unfinished::takeBack);
        try (Opened opened = new Opened(rbd.open(volume.name()))) {
            Image clone = opened.image();
            unfinished.confirm(clone);
            ModelUpdate update = setup.run(rbd, clone);
            if (flatten) {
                new Flatten(call).run(rbd, clone);
            }
            grow(clone, bytes);
            unfinished.finish(clone);
            return update;
        } catch (RadosException | RuntimeException failed) {
            undo.run(failed);
            throw failed;
        }
    }

    /** Since Pacific a clone's stripe unit must not be under its parent's. Liberty leaves the order open. */
    private ImageOptions likeIts(ImageInfo parent) throws RadosException {
        int unit = 63 - Long.numberOfLeadingZeros(parent.stripeUnit());
        return call.options().isLiberty() ? call.newClone() : call.newClone().withOrder(Math.max(call.order(), unit));
    }

    static void grow(Image clone, long bytes) throws RadosException {
        if (bytes > clone.size()) {
            clone.resize(bytes, false, Progress.NONE);
        }
    }
}
