package io.jrados.drivers.nova.flow;

import io.jrados.drivers.RbdLocation;
import io.jrados.drivers.UnfinishedMark;
import io.jrados.drivers.nova.model.BaseImage;
import io.jrados.error.Printable;
import io.jrados.error.RadosException;
import io.jrados.rados.Rados;
import io.jrados.rbd.Image;
import io.jrados.rbd.Rbd;
import io.jrados.rbd.model.ImageOptions;
import io.jrados.rbd.model.ImageSpec;
import io.jrados.rbd.model.Progress;
import java.util.Optional;
import java.util.OptionalLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Clones an image into a disk, from the first of its locations that can be cloned. */
final class CloneImage {
    private static final Logger LOG = LoggerFactory.getLogger(CloneImage.class);

    /** The key of the mark of a clone that is being made. */
    static final String UNFINISHED = "jrados.unfinished-disk";

    private final Backend backend;

    private record Source(ImageSpec snapshot, long size) {}

    CloneImage(Backend backend) {
        this.backend = backend;
    }

    /** False if no location can be cloned: nothing was made then. */
    boolean run(Rbd rbd, String disk, BaseImage image, OptionalLong size) throws RadosException {
        if (!image.diskFormat().equals("raw")) {
            LOG.debug("image {} of format {} cannot be cloned", image.id(), image.diskFormat());
            return false;
        }
        for (String uri : image.locations()) {
            Optional<Source> source = cloneable(uri);
            if (source.isPresent()) {
                CreateDisk.checkFlavor(disk, image.id(), source.get().size(), size);
                cloneFrom(rbd, disk, source.get().snapshot());
                return true;
            }
        }
        return false;
    }

    /** Removes the clone that a client which died was making: without its parent it would be all zeroes. */
    static void removeLeft(Rbd rbd, String disk) throws RadosException {
        if (new UnfinishedMark(UNFINISHED).claim(rbd, disk)) {
            LOG.warn("removing disk {}, whose creation by another client ended half-way", Printable.of(disk));
            rbd.remove(disk, Progress.NONE);
        }
    }

    private static void cloneFrom(Rbd rbd, String disk, ImageSpec snapshot) throws RadosException {
        UnfinishedMark mark = new UnfinishedMark(UNFINISHED);
        try {
            rbd.clone(snapshot, disk, mark.on(ImageOptions.DEFAULT));
            try (Image made = rbd.open(disk)) {
                mark.confirm(made);
                mark.remove(made);
            }
        } catch (RadosException failed) {
            throw Backend.forbidden(failed, "cloning " + snapshot + " to disk " + disk);
        }
    }

    private Optional<Source> cloneable(String uri) {
        Rados rados = backend.rados();
        try {
            RbdLocation location = RbdLocation.parse(uri);
            if (!location.isComplete() || !location.fsid().equals(rados.fsid().toString())) {
                LOG.debug("{} is not in cluster {}: it cannot be cloned", uri, rados.fsid());
                return Optional.empty();
            }
            // read-only: the user may have no more rights to Glance's pool
            try (Image image =
                    Rbd.on(rados.pool(location.pool())).openSnapshot(location.image(), location.snapshot())) {
                ImageSpec snapshot =
                        ImageSpec.of(location.pool(), location.image()).at(location.snapshot());
                return Optional.of(new Source(snapshot, image.size()));
            }
        } catch (RadosException failed) {
            LOG.debug("{} cannot be cloned: {}", uri, failed.getMessage());
            return Optional.empty();
        }
    }
}
