package io.jrados.drivers.cinder.flow;

import io.jrados.drivers.cinder.model.ModelUpdate;
import io.jrados.drivers.cinder.model.Volume;
import io.jrados.drivers.cinder.rule.Sizes;
import io.jrados.error.RadosException;
import io.jrados.rbd.Image;
import io.jrados.rbd.model.ImageInfo;
import io.jrados.rbd.model.ImageSpec;

/** Makes a volume from a snapshot of another. */
public final class CreateFromSnapshot {
    private final Call call;

    public CreateFromSnapshot(Call call) {
        this.call = call;
    }

    public ModelUpdate run(String source, String snapshot, Volume volume) throws RadosException {
        ImageInfo info;
        try (Image image = call.rbd().openSnapshot(source, snapshot)) {
            info = image.info();
        }
        long bytes = Sizes.ofCopy(source + "@" + snapshot, info.size(), volume);
        boolean flatten = call.options().flattenVolumeFromSnapshot() && !volume.isTemporary();
        ImageSpec spec = ImageSpec.of(call.options().pool(), source).at(snapshot);
        return new CloneSnapshot(call).run(spec, info, volume, bytes, flatten);
    }
}
