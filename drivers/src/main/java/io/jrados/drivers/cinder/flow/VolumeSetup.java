package io.jrados.drivers.cinder.flow;

import io.jrados.drivers.DriverException;
import io.jrados.drivers.DriverException.Kind;
import io.jrados.drivers.Opened;
import io.jrados.drivers.cinder.model.ModelUpdate;
import io.jrados.drivers.cinder.model.VolumeType;
import io.jrados.error.RadosException;
import io.jrados.rbd.Image;
import io.jrados.rbd.Rbd;

/** Gives a new volume what its type asks for: limits of rates, and features that several machines may write it. */
final class VolumeSetup {
    private final Call call;
    private final VolumeType type;

    /**
     * @throws DriverException {@link Kind#RBD_DRIVER} for a type that contradicts itself,
     *     {@link Kind#REPLICATION_ERROR} for one that asks for replication
     */
    VolumeSetup(Call call, VolumeType type) throws DriverException {
        if (type.isReplicated() && type.isMultiattach()) {
            throw new DriverException(
                    Kind.RBD_DRIVER,
                    "setting up a volume of a type that asks for replication and multiattach, which exclude each other");
        }
        if (type.isReplicated()) {
            throw new DriverException(
                    Kind.REPLICATION_ERROR,
                    "setting up a volume of a type that asks for replication, which is not supported");
        }
        this.call = call;
        this.type = type;
    }

    /** The rest of it, for a volume that several may write already. */
    VolumeSetup withoutMultiattach() throws DriverException {
        return new VolumeSetup(call, VolumeType.of(type.qos()));
    }

    private boolean asksForNothing() {
        return !type.isMultiattach()
                && (!type.qos().consumer().isBackEnd() || type.qos().specs().isEmpty());
    }

    ModelUpdate run(Rbd rbd, String volume) throws RadosException {
        if (asksForNothing()) {
            return ModelUpdate.NONE;
        }
        try (Opened opened = new Opened(rbd.open(volume))) {
            Image image = opened.image();
            return run(rbd, image);
        }
    }

    ModelUpdate run(Rbd rbd, Image image) throws RadosException {
        if (type.qos().consumer().isBackEnd() && !type.qos().specs().isEmpty()) {
            QosLimits.set(image, type.qos());
            call.did("limited", rbd, image.name());
        }
        if (!type.isMultiattach()) {
            return ModelUpdate.NONE;
        }
        ModelUpdate update = Multiattach.on(image);
        call.did("made writable by several", rbd, image.name());
        return update;
    }
}
