package io.jrados.rbd.ops;

import io.jrados.error.AlreadyExistsException;
import io.jrados.error.Errno;
import io.jrados.error.RadosException;
import io.jrados.osd.op.SnapContext;
import io.jrados.rados.Pool;
import io.jrados.rados.Wait;
import io.jrados.rbd.format.SnapshotCalls;
import io.jrados.rbd.format.SnapshotNamespace;
import io.jrados.rbd.header.ClassCalls;
import io.jrados.rbd.image.ImageContext;
import io.jrados.rbd.io.ObjectMap;
import io.jrados.rbd.lock.NotifyMessage;
import io.jrados.rbd.model.Names;
import io.jrados.rbd.model.Progress;
import io.jrados.rbd.model.SnapshotQuiesce;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.stream.LongStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes a snapshot (src/librbd/operation/SnapshotCreateRequest.cc): with writes held back, an id of the data pool's is
 * entered into the header, and the object map is copied. An id that came too late for the header is replaced by a newer
 * one.
 */
public final class CreateSnapshot {
    private static final Logger LOG = LoggerFactory.getLogger(CreateSnapshot.class);
    private static final int ATTEMPTS = 16;

    private final ImageContext image;
    private final Pool dataPool;
    private final String name;
    private final Optional<SnapshotQuiesce> quiesce;
    private final Maintenance maintenance;

    /** Asks those who write to hold still, or not, as the configuration says. */
    public CreateSnapshot(ImageContext image, String name) {
        this(image, name, Optional.empty());
    }

    public CreateSnapshot(ImageContext image, String name, SnapshotQuiesce quiesce) {
        this(image, name, Optional.of(quiesce));
    }

    private CreateSnapshot(ImageContext image, String name, Optional<SnapshotQuiesce> quiesce) {
        this.quiesce = quiesce;
        this.image = image;
        this.dataPool = image.dataPool();
        this.name = name;
        this.maintenance = new Maintenance(image, "creating snapshot " + name);
    }

    /** @throws RadosException EEXIST for the name, EDQUOT at the image's limit, EROFS for an image that is read-only */
    public void run() throws RadosException {
        Names.checkSnapshot(name);
        long flags = quiesce().flags();
        maintenance.run(
                request -> new NotifyMessage.SnapCreate(name, SnapshotNamespace.USER, request, flags),
                Progress.NONE,
                this::execute);
    }

    private SnapshotQuiesce quiesce() throws RadosException {
        return quiesce.isPresent() ? quiesce.get() : Settings.of(image).snapshotQuiesce();
    }

    /** Executes the verb as the lock's owner. */
    public void execute() throws RadosException {
        Stillness.during(image, quiesce(), this::createInHeader);
    }

    private void createInHeader() throws RadosException {
        maintenance.holding(held -> {
            OptionalLong snapId = createSnap(held, false);
            for (int attempt = 2; snapId.isEmpty(); attempt++) {
                held.refresh();
                snapId = createSnap(held, attempt == ATTEMPTS);
            }
            Optional<ObjectMap> map = held.objectMap();
            if (map.isPresent()) {
                map.get().addSnapshot(snapId.getAsLong());
            }
        });
    }

    /** Empty when somebody else's snapshot has a newer id. */
    private OptionalLong createSnap(HeldImage held, boolean last) throws RadosException {
        if (image.state().snapshot(name).isPresent()) {
            throw maintenance.refused(Errno.EEXIST, "there is one");
        }
        Optional<ObjectMap> map = held.objectMap();
        if (map.isPresent()) {
            map.get().keepUndeleted();
        }
        long snapId = Wait.owning(dataPool.createSnapIdAsync(), dataPool::removeSnapIdAsync);
        try {
            held.write(SnapshotCalls.add(name, snapId, SnapshotNamespace.USER));
            return OptionalLong.of(snapId);
        } catch (RadosException failed) {
            takeBack(snapId, failed);
            if (failed.errno() == Errno.ESTALE && !last) {
                return OptionalLong.empty();
            }
            throw failed instanceof AlreadyExistsException ? maintenance.refused(Errno.EEXIST, "there is one") : failed;
        }
    }

    /** A change of the header that is in doubt may still give the id to a snapshot. */
    private void takeBack(long snapId, RadosException failed) {
        CompletableFuture<Void> settled = image.headerSettledAsync();
        if (settled.isDone()) {
            Rollback.takeBack(failed, () -> releaseSnapId(snapId));
            return;
        }
        settled.thenCompose(done -> ClassCalls.readAsync(image.pool(), image.header(), SnapshotCalls.getSnapContext()))
                .thenCompose(snapshots -> has(snapshots, snapId)
                        ? CompletableFuture.completedFuture(null)
                        : dataPool.removeSnapIdAsync(snapId))
                .whenComplete((done, left) -> {
                    if (left != null) {
                        LOG.warn("snapshot id {} of pool {} is left, unused", snapId, dataPool.name(), left);
                    }
                });
    }

    private static boolean has(SnapContext snapshots, long snapId) {
        return LongStream.of(snapshots.snaps()).anyMatch(known -> known == snapId);
    }

    /**
     * Gives the id back, but only when it is certain that no snapshot has it: a request that failed for this client may
     * have succeeded.
     */
    private void releaseSnapId(long snapId) throws RadosException {
        SnapContext snapshots = ClassCalls.read(image.pool(), image.header(), SnapshotCalls.getSnapContext());
        if (!has(snapshots, snapId)) {
            dataPool.removeSnapId(snapId);
        }
    }
}
