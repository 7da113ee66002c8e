package io.jrados.drivers.cinder.flow;

import io.jrados.drivers.Opened;
import io.jrados.error.Errno;
import io.jrados.error.NotFoundException;
import io.jrados.error.RadosException;
import io.jrados.rbd.Image;
import io.jrados.rbd.Rbd;
import io.jrados.rbd.model.LinkedImage;
import io.jrados.rbd.model.OpFeatures;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes the clones of a snapshot images of their own, in whatever pool they are. */
final class Children {
    private static final Logger LOG = LoggerFactory.getLogger(Children.class);

    private final Call call;

    Children(Call call) {
        this.call = call;
    }

    /** The clones of a snapshot, also those in the trash. */
    static List<LinkedImage> of(Rbd rbd, String imageId, long snapId) throws RadosException {
        try (Image snapshot = rbd.openSnapshotById(imageId, snapId)) {
            return snapshot.linkedChildren();
        }
    }

    /** Flattens those that have a name; one that is gone by then, or has no parent any more, is done. */
    void flatten(Rbd rbd, String imageId, long snapId) throws RadosException {
        for (LinkedImage child : of(rbd, imageId, snapId)) {
            if (!child.isInTrash()) {
                LOG.info("clone {} is flattened, as its parent is being deleted", child.spec());
                flatten(child, false);
            }
        }
    }

    /** Flattens those of format 1; those of format 2 can live with a parent in the trash. */
    void flattenFormatOne(Rbd rbd, String imageId, long snapId) throws RadosException {
        for (LinkedImage child : of(rbd, imageId, snapId)) {
            if (!child.isInTrash()) {
                flatten(child, true);
            }
        }
    }

    private void flatten(LinkedImage child, boolean formatOneOnly) throws RadosException {
        Rbd rbd = call.rbdOf(child.spec());
        try (Opened opened = new Opened(rbd.openById(child.id()))) {
            Image image = opened.image();
            if (!formatOneOnly || (image.opFeatures() & OpFeatures.CLONE_CHILD) == 0) {
                new Flatten(call).run(rbd, image);
            }
        } catch (NotFoundException gone) {
            LOG.info("clone {} is gone already", child.spec());
        } catch (RadosException failed) {
            if (failed.errno() != Errno.EINVAL) {
                throw failed;
            }
            LOG.info("clone {} has no parent any more", child.spec());
        }
    }
}
