package io.jrados.rbd.ops;

import io.jrados.error.Errno;
import io.jrados.error.NotFoundException;
import io.jrados.error.RadosException;
import io.jrados.osd.op.SnapContext;
import io.jrados.rbd.format.WriteCall;
import io.jrados.rbd.io.ClassCalls;
import io.jrados.rbd.io.Gate;
import io.jrados.rbd.io.ImageContext;
import io.jrados.rbd.io.SnapshotState;
import io.jrados.rbd.model.Features;
import io.jrados.rbd.model.OpFeatures;

/** What the verbs on an open image have in common. */
final class Maintenance {
    private final ImageContext image;
    private final String doing;

    /** @param doing as a participle, without the image */
    Maintenance(ImageContext image, String doing) {
        this.image = image;
        this.doing = doing + " of image " + image.spec();
    }

    /** Closes the gate and reads the header; EROFS unless it may be changed. */
    Gate.Hold begin() throws RadosException {
        Gate.Hold hold = image.hold();
        try {
            image.refresh(hold);
            checkWritable();
            return hold;
        } catch (RadosException | RuntimeException failed) {
            hold.close();
            throw failed;
        }
    }

    private void checkWritable() throws RadosException {
        if (image.snapId() != SnapContext.HEAD) {
            throw refused(Errno.EROFS, "it is open at a snapshot");
        }
        if (image.isReadOnly()) {
            throw refused(Errno.EROFS, image.whyReadOnly().orElse("it was opened read-only"));
        }
        if (!OpFeatures.areKnown(image.state().opFeatures())) {
            throw refused(Errno.EROFS, "it has operation features that this client does not know");
        }
    }

    /** ENOSYS without the feature. */
    void require(long feature) throws RadosException {
        if (!image.state().has(feature)) {
            throw refused(Errno.ENOSYS, "the image has no " + Features.toString(feature));
        }
    }

    /** The user's snapshot of that name. */
    SnapshotState snapshot(String name) throws RadosException {
        return image.state().snapshot(name).orElseThrow(() -> new NotFoundException(doing, null));
    }

    /** Changes the header. */
    void write(WriteCall call) throws RadosException {
        ClassCalls.write(image.pool(), image.header(), call);
    }

    /** Opens the gate with the changed header read, and tells everybody. */
    void finish(Gate.Hold hold) throws RadosException {
        try {
            image.refresh(hold);
        } finally {
            hold.close();
        }
        HeaderUpdates.announce(image.pool(), image.header());
    }

    /** The header as it is just now, for steps that work on any image's. */
    Header header() throws RadosException {
        return Header.read(image.pool(), image.id(), image.name());
    }

    RadosException refused(Errno errno, String why) {
        return RadosException.of(errno, doing + ": " + why);
    }
}
