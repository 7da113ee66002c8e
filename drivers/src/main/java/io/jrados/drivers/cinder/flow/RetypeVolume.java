package io.jrados.drivers.cinder.flow;

import io.jrados.drivers.Opened;
import io.jrados.drivers.cinder.model.ModelUpdate;
import io.jrados.drivers.cinder.model.QosSpecs;
import io.jrados.drivers.cinder.model.Retyped;
import io.jrados.drivers.cinder.model.Volume;
import io.jrados.drivers.cinder.model.VolumeType;
import io.jrados.error.RadosException;
import io.jrados.rbd.Image;
import io.jrados.rbd.Rbd;
import java.util.Set;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Gives a volume another type. */
public final class RetypeVolume {
    private static final Logger LOG = LoggerFactory.getLogger(RetypeVolume.class);

    private final Call call;

    public RetypeVolume(Call call) {
        this.call = call;
    }

    public Retyped run(Volume volume, VolumeType to, boolean sameHost) throws RadosException {
        VolumeType from = volume.type();
        boolean otherKind = !from.extraSpecs().equals(to.extraSpecs()) || from.encrypted() != to.encrypted();
        if (call.options().isLiberty()) {
            if (!sameHost || otherKind) {
                LOG.error("volume {} cannot be retyped: its host, encryption or specs would change", volume.name());
                return new Retyped(false, ModelUpdate.NONE);
            }
            return new Retyped(true, ModelUpdate.NONE);
        }
        VolumeSetup setup = new VolumeSetup(call, to);
        Rbd rbd = call.rbd();
        try (Opened opened = new Opened(rbd.open(volume.name()))) {
            Image image = opened.image();
            QosLimits.remove(image, ended(from.qos(), to.qos()));
            ModelUpdate update = ModelUpdate.NONE;
            if (from.isMultiattach() && !to.isMultiattach()) {
                update = Multiattach.off(image, volume.providerLocation());
            }
            boolean already = from.isMultiattach() && to.isMultiattach();
            update = update.and(already ? setup.withoutMultiattach().run(rbd, image) : setup.run(rbd, image));
            call.did("retyped", rbd, volume.name());
            return new Retyped(true, update);
        }
    }

    /** The limits that the image has and shall not have. */
    private static Set<String> ended(QosSpecs from, QosSpecs to) {
        Set<String> ended = new TreeSet<>(from.specs().keySet());
        if (to.consumer().isBackEnd()) {
            ended.removeAll(to.specs().keySet());
        }
        return ended;
    }
}
