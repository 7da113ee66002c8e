package io.jrados.rbd.io;

import io.jrados.error.Errno;
import io.jrados.error.RadosException;
import io.jrados.osd.op.ReadOperation;
import io.jrados.osd.op.WriteOperation;
import io.jrados.rbd.format.ObjectState;
import io.jrados.rbd.wait.Async;
import io.jrados.rbd.wait.Outcomes;
import io.jrados.rbd.wait.Step;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Changes one object; its own future. With an object map its state there comes before, and after a deletion.
 *
 * <pre>
 *   start ─ nothing shared with the parent ────────► write ───────────────────────────► done
 *     ├──── a copy-up of the object is under way ──► wait until it ends ─► start
 *     ├──── hides the parent, and no snapshots ────► write ───────────────────────────► done
 *     ├──── the map says that it is absent ────────► as after ENOENT, or nothing to do ► done
 *     └──── else ──► guarded write ─ exists ──────────────────────────────────────────► done
 *                         └─ ENOENT ─ none under way ──► begin a copy-up ─┐
 *                               ├──── one may be joined ─► join it ───────┴─ with it ─► done
 *                               └──── too late to join ──► wait until it ends ─► start
 * </pre>
 */
final class ObjectWrite extends Step<Void> implements BiConsumer<Object, Throwable>, ObjectStates.Entrant {
    private final DataObjects objects;
    private final ImageState state;
    private final long object;
    private final Change change;
    private final boolean shares;

    /** The map at the time of the request; null without one. */
    private final @Nullable ObjectMap map;

    /** Whether the map says that there was nothing, so that the object gets a hint. */
    private boolean fresh;

    /** Started by the copy-up that it waited for, and so before those who come now. */
    private boolean anew;

    /** Set before the operation that {@link #accept} hears of is sent. */
    private boolean guarded;

    /** The slot that hears of the end of this; null for one that nothing joins. */
    private final JoinedWrites.@Nullable Slot slot;

    ObjectWrite(
            DataObjects objects,
            ImageState state,
            long object,
            Change change,
            boolean shares,
            JoinedWrites.@Nullable Slot slot) {
        this.slot = slot;
        this.objects = objects;
        this.state = state;
        this.object = object;
        this.change = change;
        this.shares = shares;
        this.map = objects.image().mapOrNull();
    }

    Change change() {
        return change;
    }

    @Override
    public boolean complete(Void nothing) {
        if (slot != null) {
            objects.joined().ended(slot, this);
        }
        return super.complete(nothing);
    }

    @Override
    public boolean completeExceptionally(Throwable why) {
        if (slot != null) {
            objects.joined().ended(slot, this);
        }
        return super.completeExceptionally(why);
    }

    ImageState state() {
        return state;
    }

    long object() {
        return object;
    }

    CompletableFuture<Void> start() {
        if (map == null) {
            sent(send(true));
        } else if (!shares || !objects.waitForCopyUp(this)) {
            askMap(map);
        }
        return this;
    }

    /** Goes on when the copy-up that it waited for has ended; another may have begun since. */
    void startAnew() {
        anew = true;
        if (map == null) {
            sent(send(true));
        } else if (objects.isCopyingUp(object)) {
            copyUp();
        } else {
            askMap(map);
        }
    }

    private void askMap(ObjectMap asked) {
        fresh = asked.isAbsent(object);
        if (fresh && isNothingToDo()) {
            complete(null);
        } else if (fresh && shares && !isUnguarded()) {
            copyUp();
        } else if (change instanceof Change.Nothing) {
            // What the map calls existing may be what a client was about to make when it died: the OSD knows.
            sent(send(true));
        } else {
            asked.enter(object, this);
        }
    }

    /**
     * Tells whether an absent object makes the change needless; but it hides no parent, and a snapshot must see that
     * one's data.
     */
    private boolean isNothingToDo() {
        return shares ? change instanceof Change.Delete && state.snapContext().isEmpty() : !change.writes();
    }

    private boolean isUnguarded() {
        return change.hidesParent() && state.snapContext().isEmpty();
    }

    @Override
    public ObjectState wanted() {
        return change.before();
    }

    /**
     * Sends the operation; a write behind a guarded one of the same object is guarded too: should that one need a
     * copy-up, they stay in their order.
     */
    @Override
    public @Nullable CompletableFuture<?> send(boolean atOnce) {
        // In this order: a guarded write that is out either succeeded or has its copy-up under way.
        boolean othersGuarded = shares && (anew && map != null || objects.hasGuarded(object));
        if (shares && !atOnce && objects.isCopyingUp(object)) {
            copyUp();
            return null;
        }
        if (shares && atOnce && !anew && objects.waitForCopyUp(this)) {
            return null;
        }
        ImageView image = objects.image();
        guarded = shares && (!isUnguarded() || othersGuarded);
        if (guarded) {
            objects.enterGuarded(object);
        }
        if (change instanceof Change.Nothing) {
            return image.dataPool().operateAsync(image.dataObject(object), new ReadOperation().assertExists());
        }
        WriteOperation operation = new WriteOperation();
        if (guarded) {
            operation.assertExists();
        }
        addTo(operation);
        return image.dataPool().operateAsync(image.dataObject(object), operation, state.snapContext());
    }

    @Override
    public void sent(@Nullable CompletableFuture<?> future) {
        if (future != null) {
            awaiting(future).whenComplete(this);
        }
    }

    @Override
    public void refused(Throwable why) {
        completeExceptionally(why);
    }

    private void addTo(WriteOperation operation) {
        // The hint makes the object: never before the guard.
        if (change.writes()
                && (map == null || fresh || objects.image().options().hintFlags() != 0)) {
            objects.hint(operation);
        }
        change.addTo(operation);
    }

    @Override
    public void accept(@Nullable Object result, @Nullable Throwable failed) {
        Throwable why = failed == null ? null : Async.cause(failed);
        boolean absent = Async.isAbsent(why);
        if (guarded) {
            if (absent) {
                copyUp();
            }
            objects.leaveGuarded(object);
            if (absent) {
                return;
            }
        } else if (absent && !change.writes()) {
            // What was to be deleted, cut or zeroed need not be there.
            why = null;
        }
        if (why == null) {
            done();
        } else {
            completeExceptionally(Outcomes.mapped(why, this::meaning));
        }
    }

    /** The late result of the operation, as one of this change; null for success. */
    private @Nullable RadosException meaning(RadosException late) {
        if (!Async.isAbsent(late)) {
            return late;
        }
        return guarded
                ? new RadosException(
                        Errno.ECANCELED,
                        "changing an object that needs its parent's data first: nothing was changed, try again",
                        late)
                : change.writes() ? late : null;
    }

    /** The object is as it was to be. */
    void done() {
        if (map != null && change instanceof Change.Delete delete && !delete.together()) {
            map.enter(object, new Deleted());
        } else {
            complete(null);
        }
    }

    private void copyUp() {
        try {
            objects.copyUp(this);
        } catch (RadosException | RuntimeException failed) {
            completeExceptionally(failed);
        }
    }

    /** The object is gone, unless somebody has made it again. */
    private final class Deleted implements ObjectStates.Entrant {
        @Override
        public ObjectState wanted() {
            return ObjectState.NONEXISTENT;
        }

        @Override
        public @Nullable CompletableFuture<?> send(boolean atOnce) {
            return null;
        }

        @Override
        public void sent(@Nullable CompletableFuture<?> nothing) {
            complete(null);
        }

        @Override
        public void refused(Throwable why) {
            completeExceptionally(Outcomes.afterwards(why, "updating the object map"));
        }
    }
}
