package io.jrados.rbd.io;

import io.jrados.error.Errno;
import io.jrados.error.RadosException;
import io.jrados.osd.op.ReadOperation;
import io.jrados.osd.op.WriteOperation;
import io.jrados.rbd.wait.Async;
import io.jrados.rbd.wait.Outcomes;
import io.jrados.rbd.wait.Slots;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicIntegerArray;

/** An image's data objects, and the copy-ups under way. */
public final class DataObjects implements ObjectIo {
    /** The most of the parent's data that copy-ups under way may hold, bytes; but at least one object. */
    private static final long MAX_COPY_UP_BYTES = 64 << 20;

    private static final int GUARD_COUNTERS = 32;

    private final ImageView image;
    private final ConcurrentHashMap<Long, CopyUp> copyUps = new ConcurrentHashMap<>();
    private final Slots slots;
    private final JoinedWrites joined = new JoinedWrites(this);

    /** Guarded writes on their way, counted by object; objects share counters. */
    private final AtomicIntegerArray guarded = new AtomicIntegerArray(GUARD_COUNTERS);

    private final long objectSize;

    /** @param image whose objects these are */
    public DataObjects(ImageView image) {
        this.image = image;
        this.objectSize = image.layout().objectSize();
        this.slots = new Slots((int) Math.max(1, MAX_COPY_UP_BYTES / objectSize));
    }

    ImageView image() {
        return image;
    }

    @Override
    public CompletableFuture<Void> read(long object, long offset, ByteBuffer into) {
        return new ObjectRead(image, image.state(), object, List.of(new Piece(offset, into))).start();
    }

    @Override
    public CompletableFuture<Void> write(long object, long offset, ByteBuffer data) {
        return write(image.state(), object, List.of(new Piece(offset, data)));
    }

    /** Writes pieces of one object, after a copy-up where the parent has data. */
    public CompletableFuture<Void> write(ImageState state, long object, List<Piece> pieces) {
        boolean shares = shares(state, object);
        return image.options().joinsWrites() && Piece.adjoin(pieces)
                ? joined.write(state, object, pieces, shares)
                : start(state, object, new Change.Write(pieces, objectSize), shares);
    }

    /** @param slot told when it ends */
    ObjectWrite writeOf(ImageState state, long object, List<Piece> pieces, boolean shares, JoinedWrites.Slot slot) {
        return new ObjectWrite(this, state, object, new Change.Write(pieces, objectSize), shares, slot);
    }

    JoinedWrites joined() {
        return joined;
    }

    /** Sends the writes of an object that wait to be joined, before anything else is asked of it. */
    public void settle(long object) {
        joined.settle(object);
    }

    /** Makes any change of one object, after a copy-up where the parent has data and the change needs it. */
    public CompletableFuture<Void> change(ImageState state, long object, Change change) {
        return start(state, object, change, shares(state, object));
    }

    /** Copies the parent's data before, as a step of its own: in one operation the OSD would compare with nothing. */
    public CompletableFuture<Void> compareAndWrite(ImageState state, long object, Change.CompareAndWrite change) {
        CompletableFuture<Void> there = shares(state, object)
                ? start(state, object, new Change.Nothing(), true)
                        .exceptionallyCompose(failed -> CompletableFuture.failedFuture(
                                Outcomes.early(Async.cause(failed), "copying the parent's data")))
                : CompletableFuture.completedFuture(null);
        return there.thenCompose(copied -> compareUnchanged(object, change))
                .thenCompose(equal -> start(state, object, change, false));
    }

    /**
     * An object that is as the newest snapshot sees it is compared before its map says otherwise: bytes that differ
     * leave it unchanged, and what checks the map would call that a lie.
     */
    private CompletableFuture<Void> compareUnchanged(long object, Change.CompareAndWrite change) {
        ObjectMap map = image.mapOrNull();
        if (map == null || !map.isClean(object)) {
            return CompletableFuture.completedFuture(null);
        }
        joined.settle(object);
        ReadOperation compare = new ReadOperation()
                .compareExtent(change.offset(), change.expected().duplicate());
        return StoredObjectMaps.tolerating(
                Errno.ENOENT, image.dataPool().operateAsync(image.dataObject(object), compare));
    }

    @Override
    public CompletableFuture<Void> discard(long object, long offset, long length) {
        ImageState state = image.state();
        boolean shares = shares(state, object);
        boolean toTheEnd = offset + length == objectSize;
        Change change;
        if (offset == 0 && toTheEnd && !shares) {
            change = new Change.Delete(objectSize, false);
        } else if (offset == 0 && toTheEnd && state.snapContext().isEmpty()) {
            change = new Change.Hide(objectSize);
        } else if (toTheEnd) {
            change = new Change.Truncate(offset, objectSize);
        } else {
            change = new Change.Zero(offset, length);
        }
        return start(state, object, change, shares);
    }

    @Override
    public CompletableFuture<Void> trim(long object, long offset) {
        if (offset >= objectSize) {
            return CompletableFuture.completedFuture(null);
        }
        ImageState state = image.state();
        Change change = offset == 0 ? new Change.Delete(objectSize, false) : new Change.Truncate(offset, objectSize);
        return start(state, object, change, shares(state, object));
    }

    @Override
    public CompletableFuture<Void> remove(long object) {
        ImageState state = image.state();
        return start(state, object, new Change.Delete(objectSize, true), shares(state, object));
    }

    @Override
    public CompletableFuture<Void> copyUp(long object) {
        ImageState state = image.state();
        return shares(state, object)
                ? start(state, object, new Change.Nothing(), true)
                : CompletableFuture.completedFuture(null);
    }

    /** After a read that went to the parent: copies the object, if that is wanted and the lock is ours anyway. */
    public void copyOnRead(ImageState state, long object) {
        if (image.options().copyOnRead()
                && !image.isReadOnly()
                && shares(state, object)
                && (!image.needsLock() || image.ownsLock())) {
            image.inside(() -> copyUp(object));
        }
    }

    private CompletableFuture<Void> start(ImageState state, long object, Change change, boolean shares) {
        joined.settle(object);
        return new ObjectWrite(this, state, object, change, shares, null).start();
    }

    /** Whether some of the object lies within the head's overlap with the parent; its first byte does, if any. */
    private boolean shares(ImageState state, long object) {
        long overlap = state.parent().flatMap(ParentState::headOverlap).orElse(0L);
        return overlap > 0 && image.layout().imageOffset(object, 0) < overlap;
    }

    /** CEPH_OSD_OP_SETALLOCHINT, as librbd gives it: the object's size twice. */
    void hint(WriteOperation operation) {
        if (image.options().allocHint()) {
            operation.allocHint(objectSize, objectSize, image.options().hintFlags());
        }
    }

    boolean hasGuarded(long object) {
        return guarded.get(counter(object)) > 0;
    }

    void enterGuarded(long object) {
        guarded.incrementAndGet(counter(object));
    }

    void leaveGuarded(long object) {
        guarded.decrementAndGet(counter(object));
    }

    private static int counter(long object) {
        return (int) (object % GUARD_COUNTERS);
    }

    /** Whether the write waits, to be sent when the object's copy-up has ended. */
    boolean waitForCopyUp(ObjectWrite write) {
        CopyUp underWay = copyUps.get(write.object());
        return underWay != null && underWay.await(write);
    }

    /** Whether there is a copy-up of the object that can be joined. */
    boolean isCopyingUp(long object) {
        CopyUp underWay = copyUps.get(object);
        return underWay != null && !underWay.isFinished();
    }

    /** The object of the write is absent, or a copy-up of it can be joined. */
    void copyUp(ObjectWrite write) throws RadosException {
        int covered = (int) ParentReads.covered(image, write.state(), write.object());
        CopyUp mine = new CopyUp(this, write);
        CopyUp underWay = copyUps.putIfAbsent(write.object(), mine);
        while (underWay != null && !underWay.join(write)) {
            underWay =
                    copyUps.replace(write.object(), underWay, mine) ? null : copyUps.putIfAbsent(write.object(), mine);
        }
        if (underWay == null) {
            slots.run(() -> mine.start(covered));
        }
    }

    void copyUpFreed() {
        slots.free();
    }

    void copyUpEnded(long object, CopyUp ended) {
        copyUps.remove(object, ended);
    }
}
