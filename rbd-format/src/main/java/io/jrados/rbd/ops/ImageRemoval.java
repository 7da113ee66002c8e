package io.jrados.rbd.ops;

import io.jrados.error.BusyException;
import io.jrados.error.DeadlineException;
import io.jrados.error.Errno;
import io.jrados.error.RadosException;
import io.jrados.osd.op.ReadOperation;
import io.jrados.osd.op.SnapContext;
import io.jrados.osd.op.WatcherInfo;
import io.jrados.osd.op.WriteOperation;
import io.jrados.rados.Pool;
import io.jrados.rados.Wait;
import io.jrados.rbd.format.BitVector;
import io.jrados.rbd.format.HeaderCalls;
import io.jrados.rbd.format.ObjectMapCalls;
import io.jrados.rbd.format.ObjectNames;
import io.jrados.rbd.format.ObjectState;
import io.jrados.rbd.format.SnapshotNamespace;
import io.jrados.rbd.header.ClassCalls;
import io.jrados.rbd.header.SnapshotState;
import io.jrados.rbd.lock.ClientLocks;
import io.jrados.rbd.lock.DeadOwner;
import io.jrados.rbd.model.Features;
import io.jrados.rbd.model.OpFeatures;
import io.jrados.rbd.model.Progress;
import io.jrados.rbd.wait.Window;
import io.jrados.rbd.wait.Within;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * Deletes what an image is made of, but for its name (src/librbd/image/PreRemoveRequest.cc,
 * src/librbd/image/RemoveRequest.cc). Finds its work half done without complaint: the header, by which everything else
 * is found, goes after the data.
 */
final class ImageRemoval {
    private final Pool pool;
    private final String id;
    private final String name;
    private final OtherImages others;

    ImageRemoval(Pool pool, String id, String name, OtherImages others) {
        this.pool = pool.withFullTry();
        this.id = id;
        this.name = name;
        this.others = others;
    }

    /**
     * Checks, in this order, what speaks against it, and prunes snapshots that nobody needs.
     *
     * @throws RadosException EROFS for features that this client knows not how to undo, EBUSY in a migration, ENOTEMPTY
     *     with snapshots, EBUSY when somebody has it open, EMLINK in a group, ECHILD when only clones hold it
     */
    Optional<Header> preRemove() throws RadosException {
        Optional<Header> found = Header.find(pool, id, name);
        if (found.isPresent()) {
            Header image = found.get();
            checkFeatures(image);
            checkSnapshots(image);
            letGo(image);
            checkWatchers(image);
            fenceDeadOwner(image);
            checkGroup(image);
            pruneSnapshots(image);
        }
        return found;
    }

    private void checkFeatures(Header image) throws RadosException {
        if (!OpFeatures.areKnown(image.mutable().opFeatures())) {
            throw refused(Errno.EROFS, "operation features that this client does not know");
        }
        if (image.has(Features.MIGRATING)) {
            throw refused(Errno.EBUSY, "it is being migrated: use 'rbd migration abort' or 'commit'");
        }
        long undone = image.mutable().features().all()
                & ~(Features.WRITABLE | Features.EXCLUSIVE_LOCK | Features.OBJECT_MAP | Features.FAST_DIFF);
        Optional<String> why = Features.whyNotWritable(undone, image.spec());
        if (why.isPresent()) {
            throw refused(Errno.EROFS, why.get());
        }
        if (Mirroring.isMirrored(pool, id)) {
            throw refused(Errno.EROFS, "it is mirrored: use 'rbd mirror image disable " + image.spec() + "' before");
        }
    }

    private void checkSnapshots(Header image) throws RadosException {
        List<String> names = new ArrayList<>();
        for (SnapshotState snapshot : image.snapshots()) {
            if (!(snapshot.record().namespace() instanceof SnapshotNamespace.Trash)) {
                names.add(snapshot.name());
            }
        }
        if (!names.isEmpty()) {
            throw refused(Errno.ENOTEMPTY, "it has the snapshots " + String.join(", ", names));
        }
    }

    /** Images of this client that were closed before their lock could be given back try once more. */
    private void letGo(Header image) throws RadosException {
        Wait.on(Within.of(
                pool,
                ClientLocks.leftAsync(pool, image.object()),
                () -> new DeadlineException(
                        "waiting until this client has given back the lock of image " + image.spec(),
                        DeadlineException.Sent.NEVER_SENT,
                        null)));
    }

    private void checkWatchers(Header image) throws RadosException {
        List<WatcherInfo> watchers = watchers(image.object());
        if (watchers.isEmpty()) {
            return;
        }
        Set<Long> mirrors = new HashSet<>();
        Tolerate.absent(() -> watchers(ObjectNames.MIRRORING))
                .ifPresent(list -> list.forEach(watcher -> mirrors.add(watcher.clientId())));
        for (WatcherInfo watcher : watchers) {
            if (!mirrors.contains(watcher.clientId())) {
                throw new BusyException(
                        "removing image " + image.spec() + ": client." + watcher.clientId() + " at " + watcher.address()
                                + " has it open",
                        null);
            }
        }
    }

    private List<WatcherInfo> watchers(String object) throws RadosException {
        return pool.operate(object, new ReadOperation().listWatchers()).watchers(0);
    }

    /** Or what it still has on its way would be written when the image is gone, and stay for ever. */
    private void fenceDeadOwner(Header image) throws RadosException {
        if (image.has(Features.EXCLUSIVE_LOCK)) {
            Wait.on(DeadOwner.fenceAsync(pool, image.object(), Settings.of(pool).lock()));
        }
    }

    private void checkGroup(Header image) throws RadosException {
        if (ClassCalls.read(pool, image.object(), HeaderCalls.imageGroupGet()).exists()) {
            throw refused(Errno.EMLINK, "it is in a group: use 'rbd group image remove' before");
        }
    }

    private void pruneSnapshots(Header image) throws RadosException {
        int kept = 0;
        for (SnapshotState snapshot : image.snapshots()) {
            kept += new SnapshotRemoval(image, Optional.empty(), others).run(snapshot) ? 0 : 1;
        }
        if (kept > 0) {
            throw refused(Errno.ECHILD, "clones need " + kept + " of its snapshots");
        }
    }

    /** Checks again, then deletes. ENOTEMPTY instead of ECHILD. */
    void run(Progress progress) throws RadosException {
        Optional<Header> image;
        try {
            image = preRemove();
        } catch (RadosException failed) {
            throw failed.errno() == Errno.ECHILD ? notEmpty(failed) : failed;
        }
        if (image.isPresent()) {
            trim(image.get(), progress);
            new DetachChild(image.get(), others).run();
            Tolerate.remove(pool, image.get().object());
        }
        Tolerate.remove(pool, ObjectNames.objectMap(id));
    }

    static RadosException notEmpty(RadosException children) {
        return new RadosException(Errno.ENOTEMPTY, children.doing(), children);
    }

    /** No snapshot is left to be preserved: those that the header told were pruned. */
    private void trim(Header image, Progress progress) throws RadosException {
        Optional<Pool> dataPool = image.dataPool();
        if (dataPool.isPresent()) {
            Pool data = dataPool.get().withFullTry();
            long objects = image.fixed().layout().objectCount(image.mutable().size());
            Optional<BitVector> map = objectMap(image, objects);
            Window.of(progress)
                    .each(
                            0,
                            objects,
                            number -> map.isPresent() && map.get().get(number) == ObjectState.NONEXISTENT
                                    ? CompletableFuture.completedFuture(null)
                                    : removeObject(image, data, number));
        }
    }

    /** Says what need not be deleted, if it can be believed. Nobody has the image open. */
    private Optional<BitVector> objectMap(Header image, long objects) throws RadosException {
        if (!image.has(Features.OBJECT_MAP) || (image.mutable().flags() & HeaderCalls.OBJECT_MAP_INVALID) != 0) {
            return Optional.empty();
        }
        try {
            return Optional.of(ClassCalls.read(pool, ObjectNames.objectMap(id), ObjectMapCalls.load()))
                    .filter(map -> map.size() >= objects);
        } catch (RadosException unreadable) {
            if (unreadable.errno() == Errno.ETIMEDOUT) {
                throw unreadable;
            }
            return Optional.empty();
        }
    }

    private static CompletableFuture<?> removeObject(Header image, Pool data, long number) {
        return data.operateAsync(
                        ObjectNames.data(image.fixed().dataPrefix(), number),
                        new WriteOperation().delete(),
                        new SnapContext(image.mutable().snapContext().sequence()))
                .handle((done, failed) -> {
                    if (failed != null && !isAbsent(failed)) {
                        throw failed instanceof CompletionException wrapped ? wrapped : new CompletionException(failed);
                    }
                    return done;
                });
    }

    private static boolean isAbsent(Throwable failed) {
        Throwable cause =
                failed instanceof CompletionException && failed.getCause() != null ? failed.getCause() : failed;
        return cause instanceof RadosException known && known.errno() == Errno.ENOENT;
    }

    private RadosException refused(Errno errno, String why) {
        return RadosException.of(errno, "removing image " + Header.spec(pool, name) + ": " + why);
    }
}
