package io.jrados.rbd.ops;

import io.jrados.error.Errno;
import io.jrados.error.NotFoundException;
import io.jrados.error.RadosException;
import io.jrados.rados.Pool;
import io.jrados.rbd.format.DirectoryCalls;
import io.jrados.rbd.format.ObjectNames;
import io.jrados.rbd.format.TrashCalls;
import io.jrados.rbd.format.TrashImageSpec;
import io.jrados.rbd.header.ClassCalls;
import io.jrados.rbd.header.SnapshotState;
import io.jrados.rbd.model.SnapshotInfo;
import java.util.Optional;

/** From names to ids and back (src/librbd/image/OpenRequest.cc). */
public final class FindImage {
    private final Pool pool;

    public FindImage(Pool pool) {
        this.pool = pool;
    }

    public boolean exists(String name) throws RadosException {
        return IdObject.find(pool, name).isPresent();
    }

    /** @throws RadosException ENOENT for the name, ENOSYS for an image of format 1 */
    public String id(String name) throws RadosException {
        Optional<String> id = IdObject.find(pool, name);
        if (id.isPresent()) {
            return id.get();
        }
        if (Tolerate.absent(() -> pool.stat(ObjectNames.formatOneHeader(name))).isPresent()) {
            throw new RadosException(
                    Errno.ENOSYS,
                    doing(name) + ", which is of format 1: use 'rbd migration prepare " + Header.spec(pool, name)
                            + "'");
        }
        throw new NotFoundException(doing(name), null);
    }

    /** The name of an image, also of one in the trash; its id if it has none. */
    public String name(String id) throws RadosException {
        Optional<String> name =
                Tolerate.absent(() -> ClassCalls.read(pool, ObjectNames.DIRECTORY, DirectoryCalls.dirGetName(id)));
        if (name.isEmpty()) {
            name = Tolerate.absent(() -> ClassCalls.read(pool, ObjectNames.TRASH, TrashCalls.get(id)))
                    .map(TrashImageSpec::name);
        }
        return name.orElse(id);
    }

    /** The id of a user's snapshot. */
    public long snapshot(String id, String name, String snapshot) throws RadosException {
        return Header.read(pool, id, name).snapshots().stream()
                .filter(known -> known.info().namespace() == SnapshotInfo.Namespace.USER
                        && known.name().equals(snapshot))
                .map(SnapshotState::id)
                .findFirst()
                .orElseThrow(() -> new NotFoundException(doing(name) + "@" + snapshot, null));
    }

    /** @throws NotFoundException if the image has no snapshot of this id, in any namespace */
    public void requireSnapshot(String id, String name, long snapId) throws RadosException {
        if (Header.read(pool, id, name).snapshots().stream().noneMatch(known -> known.id() == snapId)) {
            throw new NotFoundException(doing(name) + " at snapshot " + snapId, null);
        }
    }

    private String doing(String name) {
        return "opening image " + Header.spec(pool, name);
    }
}
