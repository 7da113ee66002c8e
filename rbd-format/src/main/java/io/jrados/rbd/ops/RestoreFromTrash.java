package io.jrados.rbd.ops;

import io.jrados.error.Errno;
import io.jrados.error.NotFoundException;
import io.jrados.error.RadosException;
import io.jrados.rados.Pool;
import io.jrados.rbd.format.TrashImageSpec;
import io.jrados.rbd.format.TrashImageSpec.Source;
import io.jrados.rbd.model.Names;
import java.util.Optional;
import java.util.Set;

/** Gives an image that is in the trash a name again (Trash::restore, src/librbd/api/Trash.cc). May be repeated. */
public final class RestoreFromTrash {
    private static final Set<Source> RESTORABLE = Set.of(Source.USER, Source.MIRRORING, Source.USER_PARENT);

    private final Pool pool;
    private final String id;
    private final Optional<String> newName;

    /** @param newName empty for the name that it had */
    public RestoreFromTrash(Pool pool, String id, Optional<String> newName) {
        this.pool = pool;
        this.id = id;
        this.newName = newName;
    }

    /**
     * @throws RadosException ENOENT for the id, EEXIST for the name, EINVAL or EBUSY for one that is not to be restored
     */
    public void run() throws RadosException {
        Trash trash = new Trash(pool);
        TrashImageSpec spec = trash.find(id).orElseThrow(() -> new NotFoundException(doing(), null));
        if (!RESTORABLE.contains(spec.source())) {
            throw new RadosException(Errno.EINVAL, doing() + ": it is there because of " + spec.source());
        }
        switch (spec.state()) {
            case NORMAL, RESTORING -> {}
            case MOVING -> trash.settle(new Trash.Entry(id, spec));
            case REMOVING -> throw RadosException.of(Errno.EBUSY, doing() + ": it is being deleted");
        }
        String name = newName.orElse(spec.name());
        Names.checkImage(name);
        trash.restore(id, name);
    }

    private String doing() {
        return "restoring image " + id + " from the trash of " + Header.spec(pool, "");
    }
}
