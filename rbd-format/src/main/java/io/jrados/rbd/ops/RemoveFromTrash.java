package io.jrados.rbd.ops;

import io.jrados.error.Errno;
import io.jrados.error.NotFoundException;
import io.jrados.error.RadosException;
import io.jrados.rados.Pool;
import io.jrados.rbd.format.TrashImageSpec;
import io.jrados.rbd.model.Progress;

/** Deletes an image that is in the trash (Trash::remove, src/librbd/api/Trash.cc). Run again it finishes. */
public final class RemoveFromTrash {
    private final Pool pool;
    private final String id;
    private final boolean force;
    private final Progress progress;
    private final OtherImages others;

    /** @param force also before its deferment has ended */
    public RemoveFromTrash(Pool pool, String id, boolean force, Progress progress, OtherImages others) {
        this.pool = pool.withFullTry();
        this.id = id;
        this.force = force;
        this.progress = progress;
        this.others = others;
    }

    /** Deletes an image if it is in the trash only for its clones, of which the last is gone. */
    public static void keptForClones(Pool pool, String id, OtherImages others) throws RadosException {
        new Trash(pool).removeParent(id, others);
    }

    /**
     * @throws RadosException ENOENT for the id, EPERM before its deferment has ended, ENOTEMPTY with snapshots or
     *     clones, EBUSY when somebody has it open or restores it
     */
    public void run() throws RadosException {
        Trash trash = new Trash(pool);
        TrashImageSpec spec = trash.find(id).orElseThrow(() -> new NotFoundException(doing(), null));
        if (!force && Trash.now(pool).isBefore(spec.defermentEnd().toInstant())) {
            throw RadosException.of(
                    Errno.EPERM,
                    doing() + ": it is kept until " + spec.defermentEnd().toInstant());
        }
        switch (spec.state()) {
            case NORMAL, REMOVING -> {}
            case MOVING -> trash.settle(new Trash.Entry(id, spec));
            case RESTORING -> throw RadosException.of(Errno.EBUSY, doing() + ": it is being restored");
        }
        trash.remove(id, spec.name(), progress, others);
    }

    private String doing() {
        return "deleting image " + id + " from the trash of " + Header.spec(pool, "");
    }
}
