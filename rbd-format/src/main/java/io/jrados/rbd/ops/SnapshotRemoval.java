package io.jrados.rbd.ops;

import io.jrados.error.Errno;
import io.jrados.error.NotFoundException;
import io.jrados.error.RadosException;
import io.jrados.rados.Pool;
import io.jrados.rbd.format.ChildImageSpec;
import io.jrados.rbd.format.ParentCalls;
import io.jrados.rbd.format.SnapshotCalls;
import io.jrados.rbd.format.SnapshotNamespace;
import io.jrados.rbd.header.ClassCalls;
import io.jrados.rbd.header.SnapshotState;
import io.jrados.rbd.io.ObjectMap;
import java.util.Optional;
import java.util.Set;

/**
 * Removes one snapshot in two phases (src/librbd/operation/SnapshotRemoveRequest.cc): it moves to the trash namespace,
 * where nobody can clone it any more; and if no clone of format 2 needs it, it goes away.
 */
final class SnapshotRemoval {
    private final Header image;
    private final Optional<ObjectMap> head;
    private final OtherImages others;
    private final Pool pool;

    /**
     * @param image as it is just now
     * @param head the object map of its head, if this client has it
     */
    SnapshotRemoval(Header image, Optional<ObjectMap> head, OtherImages others) {
        this.image = image;
        this.head = head;
        this.others = others;
        this.pool = image.pool().withFullTry();
    }

    /**
     * @return whether it is gone; if not it lives on in the trash namespace until its last clone goes
     * @throws RadosException EBUSY for a protected one
     */
    boolean run(SnapshotState snapshot) throws RadosException {
        trashSnapshot(snapshot);
        if (hasChildren(snapshot)) {
            return false;
        }
        detachChild(snapshot);
        new SnapshotMapRemoval(image, head).run(snapshot);
        releaseSnapId(snapshot);
        Tolerate.errors(
                () -> ClassCalls.write(pool, image.object(), SnapshotCalls.remove(snapshot.id())), Errno.ENOENT);
        return true;
    }

    private void trashSnapshot(SnapshotState snapshot) throws RadosException {
        if (!(snapshot.record().namespace() instanceof SnapshotNamespace.Trash)) {
            Tolerate.errors(
                    () -> ClassCalls.write(pool, image.object(), SnapshotCalls.trashAdd(snapshot.id())), Errno.EEXIST);
        }
    }

    /** Clones in pools that were deleted do not count, and are forgotten. */
    private boolean hasChildren(SnapshotState snapshot) throws RadosException {
        Set<ChildImageSpec> children = Tolerate.absent(
                        () -> ClassCalls.read(pool, image.object(), ParentCalls.childrenList(snapshot.id())))
                .orElse(Set.of());
        boolean attached = false;
        for (ChildImageSpec child : children) {
            if (poolExists(child.pool())) {
                attached = true;
            } else {
                Tolerate.errors(
                        () -> ClassCalls.write(pool, image.object(), ParentCalls.childDetach(snapshot.id(), child)),
                        Errno.ENOENT);
            }
        }
        return attached;
    }

    private boolean poolExists(long id) throws RadosException {
        try {
            pool.rados().pool(id);
            return true;
        } catch (NotFoundException deleted) {
            return false;
        }
    }

    /** The image's own parent can forget it when this was its last link to it. */
    private void detachChild(SnapshotState snapshot) throws RadosException {
        boolean linked = snapshot.parentOverlap().isPresent();
        boolean headLinked = image.mutable().overlap().isPresent();
        boolean othersLinked = image.snapshots().stream()
                .anyMatch(other ->
                        other.id() != snapshot.id() && other.parentOverlap().isPresent());
        if (linked && !headLinked && !othersLinked) {
            new DetachChild(image, others).run();
        }
    }

    private void releaseSnapId(SnapshotState snapshot) throws RadosException {
        Optional<Pool> dataPool = image.dataPool();
        if (dataPool.isPresent()) {
            Tolerate.errors(() -> dataPool.get().removeSnapId(snapshot.id()), Errno.ENOENT);
        }
    }
}
