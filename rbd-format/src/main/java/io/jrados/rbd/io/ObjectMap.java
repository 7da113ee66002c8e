package io.jrados.rbd.io;

import io.jrados.error.Errno;
import io.jrados.error.RadosException;
import io.jrados.osd.op.SnapContext;
import io.jrados.osd.op.WriteOperation;
import io.jrados.rados.Wait;
import io.jrados.rbd.format.BitVector;
import io.jrados.rbd.format.HeaderCalls;
import io.jrados.rbd.format.ObjectMapCalls;
import io.jrados.rbd.format.ObjectState;
import io.jrados.rbd.header.SnapshotState;
import io.jrados.rbd.model.Features;
import io.jrados.rbd.wait.All;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * The object map of an image's head while this client has the image's lock (src/librbd/ObjectMap.cc). What it says
 * holds at any time: an object that it calls nonexistent is not there.
 *
 * <p>The verbs' methods are for who holds the gate, so that nobody changes objects meanwhile. They end when their
 * outcome is known, even if the thread is interrupted: what is said here and what is stored must not go apart.
 */
public final class ObjectMap {
    private final MappedImage image;
    private final StoredObjectMaps stored;
    private final ObjectStates states;

    private ObjectMap(MappedImage image, StoredObjectMaps stored, BitVector states) {
        this.image = image;
        this.stored = stored;
        this.states = new ObjectStates(stored, states);
    }

    /** Takes the map's own lock and reads it. The image's lock is ours, and its header has been read since. */
    static CompletableFuture<ObjectMap> openAsync(MappedImage image) {
        long objects = objects(image);
        if (objects > BitVector.MAX_OBJECTS) {
            return CompletableFuture.failedFuture(new RadosException(
                    Errno.EFBIG,
                    "opening the object map of image " + image.spec() + ", which has " + objects + " objects"));
        }
        StoredObjectMaps stored = new StoredObjectMaps(image);
        stored.headerSays(image.mapFlags());
        return stored.open(objects).thenApply(states -> new ObjectMap(image, stored, states));
    }

    private static long objects(MappedImage image) {
        return image.layout().objectCount(image.headSize());
    }

    /** Gives its lock back. Nobody changes objects any more. */
    CompletableFuture<Void> closeAsync() {
        return stored.close();
    }

    void headerSays(long flags) {
        stored.headerSays(flags);
    }

    /** Whether an object is certainly not there, and nobody is about to make it. */
    public boolean isAbsent(long object) {
        return !stored.isInvalid() && states.isAbsent(object);
    }

    /** Whether an object is as the newest snapshot sees it, by what the map says. */
    boolean isClean(long object) {
        return states.of(object) == ObjectState.EXISTS_CLEAN;
    }

    /** The way of one who changes an object. */
    void enter(long object, ObjectStates.Entrant entrant) {
        states.enter(object, entrant);
    }

    /** The state of an object that a copy-up makes for its own sake. */
    ObjectState copied(boolean snapshotsHaveIt) {
        return snapshotsHaveIt && hasFastDiff() ? ObjectState.EXISTS_CLEAN : ObjectState.EXISTS;
    }

    /**
     * Before a copy-up makes an object that all snapshots see: the oldest gets it, the others have it from there. A
     * snapshot that has an object of its own keeps what its map says: after half a shrink the head alone has none.
     */
    CompletableFuture<Void> copyUpAsync(long object, SnapContext snapContext) {
        long[] newestFirst = snapContext.snaps();
        All all = new All();
        for (int i = 0; i < newestFirst.length; i++) {
            ObjectState state = copied(i < newestFirst.length - 1);
            all.add(stored.change(
                    newestFirst[i],
                    ObjectMapCalls.update(object, object + 1, state, Optional.of(ObjectState.NONEXISTENT))));
        }
        return all.seal();
    }

    private boolean hasFastDiff() {
        return image.has(Features.FAST_DIFF);
    }

    /** Whether the header says that the map must not be believed. */
    public boolean isInvalid() {
        return stored.isInvalid();
    }

    /** Returns the number of objects it is for; more than the image has while or after a verb changes its size. */
    public long size() {
        return states.exclusively(BitVector::size);
    }

    /** Returns the state of an object. */
    public ObjectState state(long object) {
        return states.of(object);
    }

    /** Makes the later parts of an operation on this map depend on our having its lock. */
    public void assertLocked(WriteOperation operation) {
        StoredObjectMaps.assertLocked(operation);
    }

    /** For as many objects as an image of this size has; new ones are nonexistent. */
    public void resize(long size) throws RadosException {
        long objects = image.layout().objectCount(size);
        Wait.throughInterrupts(
                stored.change(SnapContext.HEAD, ObjectMapCalls.resize(objects, ObjectState.NONEXISTENT)));
        states.exclusively(map -> {
            map.resize(objects, ObjectState.NONEXISTENT);
            return null;
        });
    }

    /** Marks those of the objects that may exist as about to be deleted. */
    public void deleting(long first, long end) throws RadosException {
        Wait.throughInterrupts(states.update(first, end, ObjectState.PENDING, ObjectState.EXISTS));
    }

    /** Marks those of the objects that were about to be deleted as gone. */
    public void deleted(long first, long end) throws RadosException {
        Wait.throughInterrupts(states.update(first, end, ObjectState.NONEXISTENT, ObjectState.PENDING));
    }

    /**
     * Marks as there what was to be deleted and was not, because its deletion failed. A snapshot's map would keep that
     * state for ever, and checking it would find it wrong; the head's is mended by the next write of the object.
     */
    public void keepUndeleted() throws RadosException {
        Wait.throughInterrupts(states.keepUndeleted());
    }

    /** The header has a new snapshot: it gets a copy of the map, in which nothing is {@link #keepUndeleted pending}. */
    public void addSnapshot(long snapId) throws RadosException {
        Optional<BitVector> map = load(SnapContext.HEAD, SnapContext.HEAD, snapId);
        if (map.isEmpty()) {
            return;
        }
        Wait.throughInterrupts(stored.write(snapId, map.get()));
        if (hasFastDiff()) {
            Wait.throughInterrupts(stored.change(SnapContext.HEAD, ObjectMapCalls.snapAdd()));
            changeAll(ObjectState.EXISTS, ObjectState.EXISTS_CLEAN);
        }
    }

    private void changeAll(ObjectState from, ObjectState to) {
        states.exclusively(map -> {
            for (long object = 0; object < map.size(); object++) {
                if (map.get(object) == from) {
                    map.set(object, to);
                }
            }
            return null;
        });
    }

    /** The head's map on disk has changed with the removal of the newest snapshot. */
    public void removedSnapshot(BitVector removed) {
        states.exclusively(map -> {
            for (long object = 0; object < map.size(); object++) {
                if (map.get(object) == ObjectState.EXISTS_CLEAN
                        && (object >= removed.size() || removed.get(object) == ObjectState.EXISTS)) {
                    map.set(object, ObjectState.EXISTS);
                }
            }
            return null;
        });
    }

    /**
     * The head's objects will be rolled back to a snapshot: until then each may exist that is in one of both.
     *
     * @return what is to be {@link #save saved} when they are; empty, with this map marked as invalid, if the
     *     snapshot's map is marked so, cannot be read, or is too short
     */
    public Optional<BitVector> rollingBack(SnapshotState snapshot) throws RadosException {
        if ((snapshot.flags() & HeaderCalls.OBJECT_MAP_INVALID) != 0) {
            invalidate();
            return Optional.empty();
        }
        Optional<BitVector> then = load(snapshot.id(), snapshot.id(), SnapContext.HEAD);
        if (then.isPresent() && then.get().size() < image.layout().objectCount(snapshot.size())) {
            Wait.throughInterrupts(stored.invalidate(snapshot.id()));
            invalidate();
            return Optional.empty();
        }
        if (then.isEmpty()) {
            return then;
        }
        BitVector after = then.get();
        after.resize(objects(image), ObjectState.NONEXISTENT);
        BitVector either = new BitVector(after.size(), ObjectState.NONEXISTENT);
        for (long object = 0; object < after.size(); object++) {
            if (after.get(object) != ObjectState.NONEXISTENT) {
                // An OSD makes it differ from the newest snapshot, even if its bytes do not.
                after.set(object, ObjectState.EXISTS);
            }
            if (after.get(object) != ObjectState.NONEXISTENT || states.of(object) != ObjectState.NONEXISTENT) {
                either.set(object, ObjectState.EXISTS);
            }
        }
        save(either);
        return then;
    }

    /** Replaces the head's map. */
    public void save(BitVector map) throws RadosException {
        Wait.throughInterrupts(stored.write(SnapContext.HEAD, map));
        states.replace(map);
    }

    /** Replaces the map by what the objects are; fails if it cannot be stored. */
    public void rebuilt(BitVector map) throws RadosException {
        Wait.throughInterrupts(stored.rebuilt(map));
        states.replace(map);
    }

    /** Nobody must believe it any more. */
    public void invalidate() throws RadosException {
        Wait.throughInterrupts(stored.invalidate(SnapContext.HEAD));
    }

    private Optional<BitVector> load(long snapId, long... invalid) throws RadosException {
        try {
            return Optional.of(Wait.throughInterrupts(stored.load(snapId)));
        } catch (RadosException failed) {
            for (long map : invalid) {
                Wait.throughInterrupts(stored.invalidate(map));
            }
            return Optional.empty();
        }
    }
}
