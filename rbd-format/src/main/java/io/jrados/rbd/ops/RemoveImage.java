package io.jrados.rbd.ops;

import io.jrados.error.Errno;
import io.jrados.error.NotFoundException;
import io.jrados.error.RadosException;
import io.jrados.rados.Pool;
import io.jrados.rbd.format.DirectoryCalls;
import io.jrados.rbd.format.ObjectNames;
import io.jrados.rbd.format.TrashImageSpec.Source;
import io.jrados.rbd.header.ClassCalls;
import io.jrados.rbd.model.Progress;
import java.time.Duration;
import java.util.Optional;

/**
 * Deletes an image (Image::remove, src/librbd/api/Image.cc): checks, takes its name away by moving it to the trash, and
 * deletes it from there. What an interrupted run left is finished by the next one for the same name.
 */
public final class RemoveImage {
    private final Pool pool;
    private final Trash trash;
    private final String name;
    private final Progress progress;
    private final OtherImages others;

    public RemoveImage(Pool pool, String name, Progress progress, OtherImages others) {
        this.pool = pool.withFullTry();
        this.trash = new Trash(this.pool);
        this.name = name;
        this.progress = progress;
        this.others = others;
    }

    /**
     * @throws RadosException ENOENT for the name, ENOTEMPTY with snapshots or clones, EBUSY when somebody has it open,
     *     or is creating it or died creating it,
     *     EMLINK in a group, EROFS for an image that this client cannot clean up after
     */
    public void run() throws RadosException {
        Optional<String> id = findId();
        if (id.isPresent()) {
            moveAndRemove(id.get());
        } else {
            finishEarlierRemoval();
        }
    }

    /** From the directory, or for a damaged one from the image's own object. */
    private Optional<String> findId() throws RadosException {
        Optional<String> id = directoryId();
        if (id.isPresent() || interrupted().isPresent()) {
            return id;
        }
        return IdObject.find(pool, name);
    }

    private Optional<String> directoryId() throws RadosException {
        return Tolerate.absent(() -> ClassCalls.read(pool, ObjectNames.DIRECTORY, DirectoryCalls.dirGetId(name)));
    }

    private Optional<Trash.Entry> interrupted() throws RadosException {
        return trash.list(Source.REMOVING).stream()
                .filter(entry -> entry.spec().name().equals(name))
                .findFirst();
    }

    private void moveAndRemove(String id) throws RadosException {
        Settings settings = Settings.of(pool);
        if (settings.moveToTrashOnRemove()) {
            new MoveToTrash(pool, name, settings.moveToTrashExpiry()).run();
            return;
        }
        try {
            boolean there = new ImageRemoval(pool, id, name, others).preRemove().isPresent();
            if (!there && directoryId().equals(Optional.of(id)) && removeStub(id)) {
                return;
            }
        } catch (RadosException refused) {
            if (refused.errno() != Errno.ECHILD) {
                throw refused;
            }
            if (!settings.moveParentToTrashOnRemove()) {
                throw ImageRemoval.notEmpty(refused);
            }
            trash.move(Source.USER_PARENT, name, id, Duration.ZERO);
            return;
        }
        try {
            trash.move(Source.REMOVING, name, id, Duration.ZERO);
        } catch (RadosException failed) {
            if (failed.errno() != Errno.ENOSPC && failed.errno() != Errno.EDQUOT) {
                throw failed;
            }
            removeInPlace(id);
            return;
        }
        remove(id);
    }

    private boolean removeStub(String id) throws RadosException {
        Optional<Stub> stub = Stub.find(pool, name, id);
        if (stub.isPresent()) {
            stub.get().takeAway("removing image " + Header.spec(pool, name));
        }
        return stub.isPresent();
    }

    /**
     * A full pool may have no room for a first entry in the trash. If this is interrupted, the name stays to go on by.
     */
    private void removeInPlace(String id) throws RadosException {
        new ImageRemoval(pool, id, name, others).run(progress);
        trash.takeNameAway(name, id);
    }

    private void remove(String id) throws RadosException {
        try {
            trash.remove(id, name, progress, others);
        } catch (RadosException failed) {
            if (failed.errno() == Errno.ENOTEMPTY || failed.errno() == Errno.EBUSY || failed.errno() == Errno.EMLINK) {
                Rollback.takeBack(failed, () -> trash.restore(id, name));
            }
            throw failed;
        }
    }

    private void finishEarlierRemoval() throws RadosException {
        Optional<Trash.Entry> entry = interrupted();
        if (entry.isEmpty()) {
            throw new NotFoundException("removing image " + Header.spec(pool, name), null);
        }
        trash.settle(entry.get());
        remove(entry.get().id());
    }
}
