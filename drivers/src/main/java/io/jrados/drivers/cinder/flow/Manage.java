package io.jrados.drivers.cinder.flow;

import io.jrados.drivers.Cleanup;
import io.jrados.drivers.DriverException;
import io.jrados.drivers.DriverException.Kind;
import io.jrados.drivers.Opened;
import io.jrados.drivers.cinder.model.ModelUpdate;
import io.jrados.drivers.cinder.model.Volume;
import io.jrados.drivers.cinder.rule.Sizes;
import io.jrados.error.NotFoundException;
import io.jrados.error.RadosException;
import io.jrados.rbd.Image;
import io.jrados.rbd.Rbd;
import io.jrados.rbd.model.SnapshotInfo;

/** Takes over images and snapshots that Cinder has not made, and lets them go again. */
public final class Manage {
    private final Call call;

    public Manage(Call call) {
        this.call = call;
    }

    /** GiB of an image, rounded up. */
    public long size(String source) throws RadosException {
        try (Image image = call.rbd().openReadOnly(source)) {
            return Sizes.roundedUp(image.size());
        } catch (NotFoundException absent) {
            throw invalid("image " + source, absent);
        }
    }

    /** GiB of an image at a snapshot, rounded up. */
    public long snapshotSize(String volume, String source) throws RadosException {
        try (Image image = call.rbd().openSnapshot(volume, source)) {
            return Sizes.roundedUp(image.size());
        } catch (NotFoundException absent) {
            throw invalid("snapshot " + volume + "@" + source, absent);
        }
    }

    private static DriverException invalid(String what, NotFoundException absent) {
        return new DriverException(
                Kind.MANAGE_INVALID_REFERENCE, "looking for " + what + ", which is to be managed", absent);
    }

    public ModelUpdate volume(String source, Volume volume) throws RadosException {
        if (volume.type().isReplicated() && volume.type().isMultiattach()) {
            throw new DriverException(
                    Kind.MANAGE_TYPE_MISMATCH,
                    "managing image " + source + " as a volume of a type with replication and multiattach");
        }
        VolumeSetup setup = new VolumeSetup(call, volume.type());
        Rbd rbd = call.rbd();
        try {
            rbd.rename(source, volume.name());
        } catch (NotFoundException absent) {
            throw invalid("image " + source, absent);
        }
        call.did("renamed", rbd, volume.name());
        Cleanup undo = new Cleanup();
        undo.add(() -> rbd.rename(volume.name(), source));
        try {
            return setup.run(rbd, volume.name());
        } catch (RadosException | RuntimeException failed) {
            undo.run(failed);
            throw failed;
        }
    }

    public void snapshot(String volume, String source, String snapshot) throws RadosException {
        Rbd rbd = call.rbd();
        try (Opened opened = new Opened(rbd.open(volume))) {
            Image image = opened.image();
            image.renameSnapshot(source, snapshot);
            Cleanup undo = new Cleanup();
            undo.add(() -> image.renameSnapshot(snapshot, source));
            try {
                if (!image.isSnapshotProtected(snapshot)) {
                    image.protectSnapshot(snapshot);
                }
            } catch (RadosException | RuntimeException failed) {
                undo.run(failed);
                throw failed;
            }
            call.did("snapshot renamed", rbd, volume + "@" + snapshot);
        } catch (NotFoundException absent) {
            throw invalid("snapshot " + volume + "@" + source, absent);
        }
    }

    /** Ends the protection of a snapshot without clones. */
    public void forgetSnapshot(String volume, String snapshot) throws RadosException {
        Rbd rbd = call.rbd();
        try (Opened opened = new Opened(rbd.open(volume))) {
            Image image = opened.image();
            SnapshotInfo found = DeleteSnapshot.find(image, snapshot)
                    .orElseThrow(() -> new NotFoundException("looking for snapshot " + volume + "@" + snapshot, null));
            if (found.isProtected() && Children.of(rbd, image.id(), found.id()).isEmpty()) {
                image.unprotectSnapshot(snapshot);
                call.did("snapshot unprotected", rbd, volume + "@" + snapshot);
            }
        }
    }
}
