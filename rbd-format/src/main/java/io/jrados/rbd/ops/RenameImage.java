package io.jrados.rbd.ops;

import io.jrados.error.AlreadyExistsException;
import io.jrados.error.Errno;
import io.jrados.error.NotFoundException;
import io.jrados.error.RadosException;
import io.jrados.osd.op.SnapContext;
import io.jrados.rados.Pool;
import io.jrados.rados.Wait;
import io.jrados.rbd.format.DirectoryCalls;
import io.jrados.rbd.format.HeaderCalls;
import io.jrados.rbd.format.ObjectNames;
import io.jrados.rbd.header.ClassCalls;
import io.jrados.rbd.lock.NotifyMessage;
import io.jrados.rbd.model.Features;
import io.jrados.rbd.model.Names;
import io.jrados.rbd.model.Progress;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Gives an image another name, in the same pool and namespace (src/librbd/operation/RenameRequest.cc). Run again it
 * finishes what an interrupted run began.
 */
public final class RenameImage {
    private final Pool pool;
    private final String name;
    private final String newName;
    private final OtherImages others;

    /** @param others for an image with the feature exclusive-lock */
    public RenameImage(Pool pool, String name, String newName, OtherImages others) {
        this.pool = pool;
        this.name = name;
        this.newName = newName;
        this.others = others;
    }

    /**
     * Renames it, or has the owner of its lock rename it.
     *
     * @throws RadosException ENOENT for the name, EEXIST for the new one, EROFS for an image with a journal
     */
    public void run() throws RadosException {
        Names.checkImage(newName);
        String id = find();
        if (name.equals(newName)) {
            throw new AlreadyExistsException(doing(), null);
        }
        long features = checkFeatures(id);
        if ((features & Features.EXCLUSIVE_LOCK) == 0) {
            execute();
            return;
        }
        others.open(pool, id, name, image -> new Maintenance(image, "renaming")
                .run(request -> new NotifyMessage.Rename(newName, request), Progress.NONE, this::execute));
    }

    /** Executes the verb as the lock's owner. */
    public void execute() throws RadosException {
        String id = find();
        writeDestination(id);
        updateDirectory(id);
        IdObject.removeIfOf(pool, name, id);
    }

    private String find() throws RadosException {
        return IdObject.find(pool, name).orElseThrow(() -> new NotFoundException(doing(), null));
    }

    private long checkFeatures(String id) throws RadosException {
        long features = ClassCalls.read(pool, ObjectNames.header(id), HeaderCalls.getFeatures(SnapContext.HEAD, false))
                .all();
        Optional<String> why = Features.whyNotWritable(features & Features.JOURNALING, Header.spec(pool, name));
        if (why.isPresent()) {
            throw new RadosException(Errno.EROFS, doing() + ": " + why.get());
        }
        return features;
    }

    private void writeDestination(String id) throws RadosException {
        try {
            IdObject.create(pool, newName, id);
        } catch (AlreadyExistsException taken) {
            if (!IdObject.find(pool, newName).equals(Optional.of(id))) {
                throw new AlreadyExistsException(doing(), taken);
            }
        }
    }

    private void updateDirectory(String id) throws RadosException {
        try {
            Wait.throughInterrupts(ClassCalls.writeAsync(
                    pool, ObjectNames.DIRECTORY, DirectoryCalls.dirRenameImage(name, newName, id)));
        } catch (RadosException failed) {
            AtomicBoolean renamed = new AtomicBoolean();
            Rollback.takeBack(failed, () -> {
                renamed.set(isRenamed(id));
                if (!renamed.get()) {
                    IdObject.removeIfOf(pool, newName, id);
                }
            });
            if (renamed.get()) {
                return;
            }
            throw failed.errno() == Errno.EEXIST ? new AlreadyExistsException(doing(), failed) : failed;
        }
    }

    /** Whether an earlier run, or this one, got so far. */
    private boolean isRenamed(String id) throws RadosException {
        return Tolerate.absent(() -> ClassCalls.read(pool, ObjectNames.DIRECTORY, DirectoryCalls.dirGetName(id)))
                .equals(Optional.of(newName));
    }

    private String doing() {
        return "renaming image " + Header.spec(pool, name) + " to " + newName;
    }
}
