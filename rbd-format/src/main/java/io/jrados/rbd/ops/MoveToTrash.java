package io.jrados.rbd.ops;

import io.jrados.error.BusyException;
import io.jrados.error.Errno;
import io.jrados.error.NotFoundException;
import io.jrados.error.RadosException;
import io.jrados.osd.op.ReadOperation;
import io.jrados.rados.Pool;
import io.jrados.rbd.format.DirectoryCalls;
import io.jrados.rbd.format.HeaderCalls;
import io.jrados.rbd.format.ObjectNames;
import io.jrados.rbd.format.TrashImageSpec;
import io.jrados.rbd.format.TrashImageSpec.Source;
import io.jrados.rbd.format.TrashImageSpec.State;
import io.jrados.rbd.header.ClassCalls;
import io.jrados.rbd.model.Features;
import java.time.Duration;
import java.util.Optional;

/** Moves an image to the trash (Trash::move, src/librbd/api/Trash.cc): its name is free, all else stays. */
public final class MoveToTrash {
    private final Pool pool;
    private final Trash trash;
    private final String name;
    private final Duration delay;

    /** @param delay how long the trash refuses to delete it */
    public MoveToTrash(Pool pool, String name, Duration delay) {
        this.pool = pool.withFullTry();
        this.trash = new Trash(this.pool);
        this.name = name;
        this.delay = delay;
    }

    /**
     * @throws RadosException ENOENT for the name; EBUSY in a migration, or when somebody has an image with a lock open;
     *     EMLINK in a group; EROFS when it is mirrored
     */
    public void run() throws RadosException {
        Optional<String> found =
                Tolerate.absent(() -> ClassCalls.read(pool, ObjectNames.DIRECTORY, DirectoryCalls.dirGetId(name)));
        if (found.isEmpty()) {
            finishEarlierMove();
            return;
        }
        Optional<Header> image = Header.find(pool, found.get(), name);
        if (image.isPresent()) {
            check(image.get());
        }
        trash.move(Source.USER, name, found.get(), delay);
    }

    private void check(Header image) throws RadosException {
        if (image.has(Features.MIGRATING)) {
            throw refused(Errno.EBUSY, "it is being migrated");
        }
        if (Mirroring.isMirrored(pool, image.id())) {
            throw refused(Errno.EROFS, "it is mirrored: use 'rbd mirror image disable " + image.spec() + "' before");
        }
        if (ClassCalls.read(pool, image.object(), HeaderCalls.imageGroupGet()).exists()) {
            throw refused(Errno.EMLINK, "it is in a group: use 'rbd group image remove' before");
        }
        if (image.has(Features.EXCLUSIVE_LOCK)
                && !pool.operate(image.object(), new ReadOperation().listWatchers())
                        .watchers(0)
                        .isEmpty()) {
            throw refused(Errno.EBUSY, "somebody who may hold its lock has it open");
        }
    }

    private void finishEarlierMove() throws RadosException {
        for (Trash.Entry entry : trash.list(Source.USER)) {
            TrashImageSpec spec = entry.spec();
            if (spec.name().equals(name) && spec.state() == State.MOVING) {
                trash.settle(entry);
                return;
            }
        }
        throw new NotFoundException("moving image " + Header.spec(pool, name) + " to the trash", null);
    }

    private RadosException refused(Errno errno, String why) {
        String doing = "moving image " + Header.spec(pool, name) + " to the trash: " + why;
        return errno == Errno.EBUSY ? new BusyException(doing, null) : new RadosException(errno, doing);
    }
}
