package io.jrados.rbd.ops;

import io.jrados.error.Errno;
import io.jrados.error.RadosException;
import io.jrados.rados.Pool;
import io.jrados.rbd.format.ChildImageSpec;
import io.jrados.rbd.format.ObjectNames;
import io.jrados.rbd.format.ParentCalls;
import io.jrados.rbd.format.ParentImageSpec;
import io.jrados.rbd.format.SnapshotCalls;
import io.jrados.rbd.format.SnapshotNamespace;
import io.jrados.rbd.format.SnapshotRecord;
import io.jrados.rbd.io.ClassCalls;
import io.jrados.rbd.io.SnapshotState;
import io.jrados.rbd.model.Features;
import io.jrados.rbd.model.OpFeatures;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes a parent forget a clone, and prunes a snapshot in the trash namespace that only this clone needed
 * (src/librbd/image/DetachChildRequest.cc). The clone's own link stays as it is.
 */
final class DetachChild {
    private static final Logger LOG = LoggerFactory.getLogger(DetachChild.class);

    private final Header child;

    DetachChild(Header child) {
        this.child = child;
    }

    /** Does nothing for an image without a parent, or whose parent has forgotten it. */
    void run() throws RadosException {
        Optional<ParentImageSpec> parent = child.parent();
        if (parent.isEmpty()) {
            return;
        }
        if (child.hasOpFeature(OpFeatures.CLONE_CHILD)) {
            detachFormatTwo(parent.get());
        } else {
            removeFormatOne(parent.get());
        }
    }

    private void removeFormatOne(ParentImageSpec parent) throws RadosException {
        Pool pool = child.pool().withFullTry();
        Tolerate.errors(
                () -> ClassCalls.write(pool, ObjectNames.CHILDREN, ParentCalls.removeChild(parent, child.id())),
                Errno.ENOENT);
    }

    private void detachFormatTwo(ParentImageSpec parent) throws RadosException {
        Optional<Pool> found = Tolerate.absent(() ->
                child.pool().viewOf(child.pool().rados().pool(parent.pool())).inNamespace(parent.namespace()));
        if (found.isEmpty()) {
            return;
        }
        Pool pool = found.get().withFullTry();
        String header = ObjectNames.header(parent.imageId());
        ChildImageSpec spec = new ChildImageSpec(child.pool().id(), child.pool().namespace(), child.id());
        Tolerate.errors(
                () -> ClassCalls.write(pool, header, ParentCalls.childDetach(parent.snapId(), spec)), Errno.ENOENT);
        try {
            Optional<SnapshotRecord> snapshot =
                    Tolerate.absent(() -> ClassCalls.read(pool, header, SnapshotCalls.get(parent.snapId())));
            if (snapshot.filter(DetachChild::isLeftOver).isPresent()) {
                pruneSnapshot(pool, parent);
            }
        } catch (RadosException failed) {
            LOG.info(
                    "a snapshot that nobody needs stays in the trash namespace of {}: {}", header, failed.getMessage());
        }
    }

    private static boolean isLeftOver(SnapshotRecord snapshot) {
        return snapshot.namespace() instanceof SnapshotNamespace.Trash && snapshot.childCount() == 0;
    }

    private static void pruneSnapshot(Pool pool, ParentImageSpec parent) throws RadosException {
        Optional<Header> found = Header.find(pool, parent.imageId(), parent.imageId());
        if (found.isEmpty()) {
            return;
        }
        Header image = found.get();
        Optional<String> why =
                Features.whyNotWritable(image.mutable().features().all(), image.spec());
        if (why.isPresent()) {
            throw new RadosException(Errno.EROFS, "removing a snapshot that no clone needs any more: " + why.get());
        }
        boolean gone = false;
        try {
            for (SnapshotState snapshot : image.snapshots()) {
                if (snapshot.id() == parent.snapId()) {
                    gone = new SnapshotRemoval(image, Optional.empty()).run(snapshot);
                }
            }
        } finally {
            Maintenance.announce(pool, image.object());
        }
        if (gone && image.snapshots().size() == 1) {
            new Trash(pool).removeParent(image.id());
        }
    }
}
