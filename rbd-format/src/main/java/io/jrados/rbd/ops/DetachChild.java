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
import io.jrados.rbd.header.ClassCalls;
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
    private final OtherImages others;

    DetachChild(Header child, OtherImages others) {
        this.child = child;
        this.others = others;
    }

    /** Detaches the child; has no effect on an image without a parent, or whose parent has forgotten it. */
    void run() throws RadosException {
        detach();
        prune();
    }

    /** The first half: the parent forgets the clone. */
    void detach() throws RadosException {
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
        Optional<Pool> pool = poolOf(parent);
        if (pool.isPresent()) {
            ChildImageSpec spec =
                    new ChildImageSpec(child.pool().id(), child.pool().namespace(), child.id());
            Tolerate.errors(
                    () -> ClassCalls.write(pool.get(), header(parent), ParentCalls.childDetach(parent.snapId(), spec)),
                    Errno.ENOENT);
        }
    }

    private static String header(ParentImageSpec parent) {
        return ObjectNames.header(parent.imageId());
    }

    private Optional<Pool> poolOf(ParentImageSpec parent) throws RadosException {
        return Tolerate.absent(() -> child.pool()
                .viewOf(child.pool().rados().pool(parent.pool()))
                .inNamespace(parent.namespace())
                .withFullTry());
    }

    /**
     * The second half, which may wait for the owner of the parent's lock. What fails here stays until the next clone
     * goes.
     */
    void prune() {
        Optional<ParentImageSpec> parent = child.parent();
        if (parent.isEmpty() || !child.hasOpFeature(OpFeatures.CLONE_CHILD)) {
            return;
        }
        try {
            Optional<Pool> pool = poolOf(parent.get());
            if (pool.isPresent() && isLeftOver(pool.get(), parent.get())) {
                // Under the parent's lock, or by its owner: others may have it open, write to it, and make snapshots of
                // it.
                others.prune(pool.get(), parent.get().imageId(), parent.get().snapId());
            }
        } catch (RadosException failed) {
            LOG.info(
                    "a snapshot that nobody needs stays in the trash namespace of {}: {}",
                    header(parent.get()),
                    failed.getMessage());
        }
    }

    private static boolean isLeftOver(Pool pool, ParentImageSpec parent) throws RadosException {
        return Tolerate.absent(() -> ClassCalls.read(pool, header(parent), SnapshotCalls.get(parent.snapId())))
                .filter(DetachChild::isLeftOver)
                .isPresent();
    }

    private static boolean isLeftOver(SnapshotRecord snapshot) {
        return snapshot.namespace() instanceof SnapshotNamespace.Trash && snapshot.childCount() == 0;
    }
}
