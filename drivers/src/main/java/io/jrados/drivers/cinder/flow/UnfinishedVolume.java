package io.jrados.drivers.cinder.flow;

import io.jrados.drivers.DriverException;
import io.jrados.drivers.DriverException.Kind;
import io.jrados.drivers.Opened;
import io.jrados.drivers.UnfinishedMark;
import io.jrados.error.AlreadyExistsException;
import io.jrados.error.Errno;
import io.jrados.error.NotFoundException;
import io.jrados.error.RadosException;
import io.jrados.rbd.Image;
import io.jrados.rbd.Rbd;
import io.jrados.rbd.model.ImageOptions;
import io.jrados.rbd.model.Progress;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A volume that a call is making, with a mark until it is whole: what a client that died has left of it is replaced by
 * the next call, and nothing else ever is.
 */
final class UnfinishedVolume {
    /** The key of the mark. */
    static final String MARK = "jrados.unfinished-volume";

    private static final Logger LOG = LoggerFactory.getLogger(UnfinishedVolume.class);

    private final Call call;
    private final Rbd rbd;
    private final String name;
    private final UnfinishedMark mark = new UnfinishedMark(MARK);
    private String id = "";

    UnfinishedVolume(Call call, Rbd rbd, String name) {
        this.call = call;
        this.rbd = rbd;
        this.name = name;
    }

    /** Makes an image of that name, and returns its id. */
    @FunctionalInterface
    interface Creation {
        String run(ImageOptions marked) throws RadosException;
    }

    /**
     * Makes the image with the mark.
     *
     * @throws AlreadyExistsException there is one, which is not left over
     */
    void make(ImageOptions options, Creation creation) throws RadosException {
        try {
            id = creation.run(mark.on(options));
        } catch (AlreadyExistsException there) {
            if (!removeLeft()) {
                throw there;
            }
            id = creation.run(mark.on(options));
        }
    }

    /** Removes the image that was made, and none that another client has made under its name since. */
    void takeBack() throws RadosException {
        try (Image image = rbd.openReadOnly(name)) {
            if (!image.id().equals(id)) {
                LOG.warn("volume {} is another client's by now and stays", name);
                return;
            }
        } catch (NotFoundException gone) {
            LOG.info("volume {} is gone already", name);
            return;
        }
        rbd.remove(name, Progress.NONE);
    }

    /** Removes what a dead client has left. False for anything else, which stays. */
    boolean removeLeft() throws RadosException {
        if (!mark.claim(rbd, name)) {
            return false;
        }
        LOG.warn("removing volume {}, whose creation by another client ended half-way", name);
        rbd.remove(name, Progress.NONE);
        call.did("removed", rbd, name);
        return true;
    }

    /** Makes sure that the image that was opened is still this call's. */
    void confirm(Image image) throws RadosException {
        try {
            mark.confirm(image);
        } catch (RadosException failed) {
            throw overtaken(failed);
        }
    }

    private RadosException overtaken(RadosException failed) {
        return failed.errno() != Errno.ECANCELED
                ? failed
                : new DriverException(
                        Kind.BACKEND,
                        "making volume " + name + ", which took so long that another client has begun again",
                        failed);
    }

    /** Takes the mark off the volume, which is whole. */
    void finish(Image image) throws RadosException {
        try {
            mark.remove(image);
        } catch (RadosException failed) {
            throw overtaken(failed);
        }
    }

    /** Takes the mark off the volume, which is whole. */
    void finish() throws RadosException {
        try (Opened opened = new Opened(rbd.open(name))) {
            finish(opened.image());
        }
    }
}
