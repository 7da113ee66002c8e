package io.jrados.drivers.cinder.flow;

import io.jrados.drivers.Cleanup;
import io.jrados.drivers.DriverException;
import io.jrados.drivers.DriverException.Kind;
import io.jrados.error.RadosException;
import io.jrados.rbd.Image;
import io.jrados.rbd.Rbd;
import io.jrados.rbd.model.ImageInfo;
import io.jrados.rbd.model.ImageSpec;
import io.jrados.rbd.model.Progress;

/** Makes a volume out of a snapshot, of an image or of a volume; whatever fails, no volume is left. */
final class CloneSnapshot {
    private final Backend backend;

    CloneSnapshot(Backend backend) {
        this.backend = backend;
    }

    void run(ImageSpec source, ImageInfo info, String volume, int size) throws RadosException {
        Rbd rbd = backend.rbd();
        rbd.clone(source, volume, backend.newClone().withOrder(order(info)));
        Cleanup undo = new Cleanup();
        undo.add(() -> rbd.remove(volume, Progress.NONE));
        try {
            resizeIfLarger(rbd, volume, size);
        } catch (RadosException | RuntimeException failed) {
            undo.run(failed);
            throw failed;
        }
    }

    /** Since Pacific a clone's stripe unit must not be under its parent's. */
    private int order(ImageInfo parent) {
        return Math.max(backend.order(), 63 - Long.numberOfLeadingZeros(parent.stripeUnit()));
    }

    static void resizeIfLarger(Rbd rbd, String volume, int size) throws RadosException {
        try (Image image = rbd.open(volume)) {
            if (Backend.bytes(size) > image.size()) {
                image.resize(Backend.bytes(size), Progress.NONE);
            }
        }
    }

    static void refuseShrinking(String source, long sourceSize, String volume, int size) throws DriverException {
        if (sourceSize > Backend.bytes(size)) {
            throw new DriverException(
                    Kind.INVALID,
                    "making volume " + volume + " of " + size + " GiB from " + source + " of " + sourceSize + " bytes");
        }
    }

    static void flatten(Rbd rbd, String volume) throws RadosException {
        try (Image image = rbd.open(volume)) {
            image.flatten(Progress.NONE);
        }
    }
}
