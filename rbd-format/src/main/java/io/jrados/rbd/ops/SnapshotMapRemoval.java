package io.jrados.rbd.ops;

import io.jrados.error.Errno;
import io.jrados.error.NotFoundException;
import io.jrados.error.RadosException;
import io.jrados.osd.op.SnapContext;
import io.jrados.osd.op.WriteOperation;
import io.jrados.rados.Pool;
import io.jrados.rbd.format.BitVector;
import io.jrados.rbd.format.HeaderCalls;
import io.jrados.rbd.format.ObjectMapCalls;
import io.jrados.rbd.format.ObjectNames;
import io.jrados.rbd.format.SnapshotNamespace;
import io.jrados.rbd.header.ClassCalls;
import io.jrados.rbd.header.SnapshotState;
import io.jrados.rbd.io.ObjectMap;
import io.jrados.rbd.model.Features;
import java.util.Optional;

/**
 * Removes the object map of a snapshot that goes away (src/librbd/object_map/SnapshotRemoveRequest.cc). What that
 * snapshot had changed, the next newer one, or the head, has changed from now on; if that cannot be told its map
 * becomes invalid.
 */
final class SnapshotMapRemoval {
    private static final long INVALID = HeaderCalls.OBJECT_MAP_INVALID | HeaderCalls.FAST_DIFF_INVALID;

    private final Header image;
    private final Optional<ObjectMap> head;
    private final Pool pool;

    /** @param head the object map of the head, if this client has it */
    SnapshotMapRemoval(Header image, Optional<ObjectMap> head) {
        this.image = image;
        this.head = head;
        this.pool = image.pool().withFullTry();
    }

    void run(SnapshotState snapshot) throws RadosException {
        if (!image.has(Features.OBJECT_MAP)) {
            return;
        }
        if (image.has(Features.FAST_DIFF)) {
            handOn(snapshot);
        }
        Tolerate.remove(pool, ObjectNames.objectMap(image.id(), snapshot.id()));
    }

    private void handOn(SnapshotState snapshot) throws RadosException {
        long next = image.snapshots().stream()
                .mapToLong(SnapshotState::id)
                .filter(id -> id > snapshot.id())
                .min()
                .orElse(SnapContext.HEAD);
        long doubtful = snapshot.flags() & (HeaderCalls.OBJECT_MAP_INVALID | HeaderCalls.FAST_DIFF_INVALID);
        if (doubtful != 0) {
            invalidate(next, doubtful, null);
            return;
        }
        BitVector removed;
        try {
            removed = ClassCalls.read(pool, ObjectNames.objectMap(image.id(), snapshot.id()), ObjectMapCalls.load());
        } catch (NotFoundException absent) {
            // An earlier run that was interrupted had moved the snapshot to the trash before it handed the map on.
            if (!(snapshot.record().namespace() instanceof SnapshotNamespace.Trash)) {
                invalidate(next, INVALID, absent);
            }
            return;
        } catch (RadosException damaged) {
            invalidate(next, INVALID, damaged);
            return;
        }
        WriteOperation operation = new WriteOperation();
        if (next == SnapContext.HEAD) {
            head.ifPresent(map -> map.assertLocked(operation));
        }
        ObjectMapCalls.snapRemove(removed).addTo(operation);
        try {
            pool.operate(mapOf(next), operation);
        } catch (NotFoundException none) {
            return;
        } catch (RadosException failed) {
            invalidate(next, INVALID, failed);
            return;
        }
        if (next == SnapContext.HEAD) {
            head.ifPresent(map -> map.removedSnapshot(removed));
        }
    }

    private String mapOf(long snapId) {
        return snapId == SnapContext.HEAD
                ? ObjectNames.objectMap(image.id())
                : ObjectNames.objectMap(image.id(), snapId);
    }

    private void invalidate(long next, long flags, RadosException why) throws RadosException {
        try {
            if (next == SnapContext.HEAD && head.isPresent() && (flags & HeaderCalls.OBJECT_MAP_INVALID) != 0) {
                head.get().invalidate();
            } else {
                Tolerate.errors(
                        () -> ClassCalls.write(pool, image.object(), HeaderCalls.setFlags(flags, flags, next)),
                        Errno.ENOENT);
            }
        } catch (RadosException failed) {
            if (why != null) {
                failed.addSuppressed(why);
            }
            throw failed;
        }
    }
}
