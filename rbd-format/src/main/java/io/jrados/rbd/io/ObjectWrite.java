package io.jrados.rbd.io;

import io.jrados.error.RadosException;
import io.jrados.osd.op.ReadOperation;
import io.jrados.osd.op.WriteOperation;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Changes one object; its own future.
 *
 * <pre>
 *   start ─ nothing shared with the parent ────────► write ───────────────────────────► done
 *     ├──── a copy-up of the object is under way ──► wait until it ends ─► start
 *     ├──── hides the parent, and no snapshots ────► write ───────────────────────────► done
 *     └──── else ──► guarded write ─ exists ──────────────────────────────────────────► done
 *                         └─ ENOENT ─ none under way ──► begin a copy-up ─┐
 *                               ├──── one may be joined ─► join it ───────┴─ with it ─► done
 *                               └──── too late to join ──► wait until it ends ─► start
 * </pre>
 */
final class ObjectWrite extends Step<Void> implements BiConsumer<Object, Throwable> {
    private final DataObjects objects;
    private final ImageState state;
    private final long object;
    private final Change change;
    private final boolean shares;

    /** Set before the operation that {@link #accept} hears of is sent. */
    private boolean guarded;

    ObjectWrite(DataObjects objects, ImageState state, long object, Change change, boolean shares) {
        this.objects = objects;
        this.state = state;
        this.object = object;
        this.change = change;
        this.shares = shares;
    }

    Change change() {
        return change;
    }

    ImageState state() {
        return state;
    }

    long object() {
        return object;
    }

    CompletableFuture<Void> start() {
        // In this order: a guarded write that is out either succeeded or has its copy-up under way.
        boolean othersGuarded = shares && objects.hasGuarded(object);
        if (!shares || !objects.waitForCopyUp(this)) {
            send(othersGuarded);
        }
        return this;
    }

    /** Sends it when the copy-up that it waited for has ended. */
    void startAnew() {
        send(objects.hasGuarded(object));
    }

    /**
     * Who comes behind a guarded write of the same object is guarded too: should that one need a copy-up, they stay in
     * their order.
     */
    private void send(boolean othersGuarded) {
        ImageContext image = objects.image();
        boolean unguarded = change.hidesParent() && state.snapContext().isEmpty() && !othersGuarded;
        guarded = shares && !unguarded;
        if (guarded) {
            objects.enterGuarded(object);
        }
        if (change instanceof Change.Nothing) {
            awaiting(image.dataPool().operateAsync(image.dataObject(object), new ReadOperation().assertExists()))
                    .whenComplete(this);
            return;
        }
        WriteOperation operation = new WriteOperation();
        if (guarded) {
            operation.assertExists();
        }
        addTo(operation);
        awaiting(image.dataPool().operateAsync(image.dataObject(object), operation, state.snapContext()))
                .whenComplete(this);
    }

    private void addTo(WriteOperation operation) {
        // The hint makes the object: never before the guard.
        if (change instanceof Change.Write) {
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
        } else if (absent && !(change instanceof Change.Write)) {
            // What was to be deleted, cut or zeroed need not be there.
            why = null;
        }
        if (why == null) {
            complete(null);
        } else {
            completeExceptionally(why);
        }
    }

    private void copyUp() {
        try {
            objects.copyUp(this);
        } catch (RadosException | RuntimeException failed) {
            completeExceptionally(failed);
        }
    }
}
