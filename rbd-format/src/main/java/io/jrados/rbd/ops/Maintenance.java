package io.jrados.rbd.ops;

import io.jrados.error.Errno;
import io.jrados.error.NotFoundException;
import io.jrados.error.RadosException;
import io.jrados.osd.op.SnapContext;
import io.jrados.rados.Wait;
import io.jrados.rbd.format.WriteCall;
import io.jrados.rbd.io.ClassCalls;
import io.jrados.rbd.io.Gate;
import io.jrados.rbd.io.ImageContext;
import io.jrados.rbd.io.SnapshotState;
import io.jrados.rbd.lock.NotifyMessage;
import io.jrados.rbd.lock.RequestId;
import io.jrados.rbd.model.Features;
import io.jrados.rbd.model.OpFeatures;
import io.jrados.rbd.model.Progress;
import java.util.function.Function;

/** What the verbs on an open image have in common. */
final class Maintenance {
    /** The same number as ERESTART, by which clients tell each other that a verb is to be tried again. */
    static final Errno LOCK_LOST = Errno.EOLDSNAPC;

    private final ImageContext image;
    private final String doing;

    /** @param doing as a participle, without the image */
    Maintenance(ImageContext image, String doing) {
        this.image = image;
        this.doing = doing + " of image " + image.spec();
    }

    /** A verb, or what is left of it, done by this client. */
    @FunctionalInterface
    interface Verb {
        void execute() throws RadosException;
    }

    /**
     * Does a verb under the image's lock, if it has one: here, if this client has the lock or nobody alive does; else by
     * asking the lock's owner.
     *
     * @param request what the owner is asked for
     * @param here what to do here; called again when the lock was lost before its {@link #begin}
     */
    void run(Function<RequestId, NotifyMessage> request, Progress progress, Verb here) throws RadosException {
        image.refresh();
        checkWritable();
        while (image.needsLock()) {
            Wait.on(image.access().acquireAsync());
            try {
                here.execute();
                return;
            } catch (RadosException failed) {
                if (failed.errno() != LOCK_LOST) {
                    throw failed;
                }
            }
        }
        here.execute();
    }

    /**
     * Closes the gate and reads the header. While the gate is held, the lock is not given away.
     *
     * @throws RadosException EROFS unless the image may be changed, {@link #LOCK_LOST} without its lock
     */
    Gate.Hold begin() throws RadosException {
        Gate.Hold hold = image.hold();
        try {
            image.refresh(hold);
            checkWritable();
            if (image.needsLock() && !image.access().isOwned()) {
                throw refused(LOCK_LOST, "its lock went to another client");
            }
            return hold;
        } catch (RadosException | RuntimeException failed) {
            hold.close();
            throw failed;
        }
    }

    /** Does a verb that its owner cannot be asked for: under the image's lock, if it has one, which is taken over. */
    void runHere(Verb here) throws RadosException {
        image.refresh();
        checkWritable();
        while (image.needsLock()) {
            Wait.on(image.access().acquireAsync());
            try {
                here.execute();
                return;
            } catch (RadosException failed) {
                if (failed.errno() != LOCK_LOST) {
                    throw failed;
                }
            }
        }
        here.execute();
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
