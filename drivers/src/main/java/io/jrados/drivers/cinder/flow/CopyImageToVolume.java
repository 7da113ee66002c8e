package io.jrados.drivers.cinder.flow;

import io.jrados.drivers.Cleanup;
import io.jrados.drivers.DiskSource;
import io.jrados.drivers.DriverException;
import io.jrados.drivers.DriverException.Kind;
import io.jrados.drivers.Opened;
import io.jrados.drivers.SparseWriter;
import io.jrados.drivers.cinder.model.ModelUpdate;
import io.jrados.drivers.cinder.model.Volume;
import io.jrados.drivers.cinder.rule.Names;
import io.jrados.drivers.cinder.rule.Sizes;
import io.jrados.error.NotFoundException;
import io.jrados.error.RadosException;
import io.jrados.rbd.Image;
import io.jrados.rbd.Rbd;
import io.jrados.rbd.model.Progress;
import io.jrados.rbd.model.SnapshotInfo.Namespace;

/**
 * Fills a volume with a disk image. The image is written into a new one beside the volume, which takes the volume's
 * name once it is whole: nothing of the old content can be read then, and a failure leaves the volume as it was.
 */
public final class CopyImageToVolume {
    private final Call call;

    public CopyImageToVolume(Call call) {
        this.call = call;
    }

    /** @param disk left open */
    public ModelUpdate run(DiskSource disk, Volume volume) throws RadosException {
        VolumeSetup setup = new VolumeSetup(call, volume.type());
        long bytes = Sizes.ofNew(volume);
        if (disk.size() > Sizes.bytes(volume.size())) {
            throw new DriverException(
                    Kind.IMAGE_UNACCEPTABLE, "copying a disk image of " + disk.size() + " bytes into volume " + volume);
        }
        Rbd rbd = call.rbd();
        String name = volume.name();
        new Replacement(call).tidy(rbd, name);
        checkReplaceable(rbd, name);
        rbd.create(name + Names.IMPORT, bytes, call.newVolume());
        Cleanup undo = new Cleanup();
        undo.add(() -> rbd.remove(name + Names.IMPORT, Progress.NONE));
        try {
            try (Opened opened = new Opened(rbd.open(name + Names.IMPORT))) {
                Image image = opened.image();
                try (SparseWriter writer =
                        new SparseWriter(image, call.options().writesInFlight())) {
                    disk.copyTo(writer, call.progress());
                }
                image.flush();
            }
            ModelUpdate update = setup.run(rbd, name + Names.IMPORT);
            swap(rbd, name);
            call.did("filled", rbd, name);
            return update;
        } catch (RadosException failed) {
            undo.run(failed);
            throw Cleanup.ofCall(failed, "copying a disk image into volume " + name);
        } catch (RuntimeException | Error failed) {
            undo.run(failed);
            throw failed;
        }
    }

    private static void checkReplaceable(Rbd rbd, String name) throws RadosException {
        try (Image image = rbd.openReadOnly(name)) {
            boolean kept = image.snapshots().stream()
                    .anyMatch(each -> each.namespace() == Namespace.USER && !Names.isBackup(each.name()));
            if (kept || !image.watchers().isEmpty()) {
                throw new DriverException(
                        Kind.VOLUME_IS_BUSY,
                        "copying a disk image into volume " + name + ", which "
                                + (kept ? "has snapshots" : "somebody has open"));
            }
        } catch (NotFoundException absent) {
            // It is made anew.
            return;
        }
    }

    private void swap(Rbd rbd, String name) throws RadosException {
        boolean replaces = true;
        try {
            rbd.rename(name, name + Names.REPLACED);
        } catch (NotFoundException absent) {
            replaces = false;
        }
        try {
            rbd.rename(name + Names.IMPORT, name);
        } catch (RadosException | RuntimeException failed) {
            if (replaces) {
                Cleanup undo = new Cleanup();
                undo.add(() -> rbd.rename(name + Names.REPLACED, name));
                undo.run(failed);
            }
            throw failed;
        }
        if (replaces) {
            new Replacement(call).removeReplaced(name);
        }
    }
}
