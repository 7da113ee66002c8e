package io.jrados.drivers.cinder.flow;

import io.jrados.drivers.Cleanup;
import io.jrados.drivers.cinder.model.ModelUpdate;
import io.jrados.drivers.cinder.model.Volume;
import io.jrados.drivers.cinder.rule.Sizes;
import io.jrados.error.RadosException;
import io.jrados.rbd.Rbd;
import io.jrados.rbd.model.Progress;

/** Makes an empty volume. */
public final class CreateVolume {
    private final Call call;

    public CreateVolume(Call call) {
        this.call = call;
    }

    public ModelUpdate run(Volume volume) throws RadosException {
        VolumeSetup setup = new VolumeSetup(call, volume.type());
        Rbd rbd = call.rbd();
        rbd.create(volume.name(), Sizes.ofNew(volume), call.newVolume());
        call.did("created", rbd, volume.name());
        Cleanup undo = new Cleanup();
        undo.add(() -> rbd.remove(volume.name(), Progress.NONE));
        try {
            return setup.run(rbd, volume.name());
        } catch (RadosException | RuntimeException failed) {
            undo.run(failed);
            throw failed;
        }
    }
}
