package io.jrados.osd;

import io.jrados.message.Operation;
import io.jrados.osd.op.SnapContext;
import io.jrados.osd.op.WriteInDoubt;
import java.time.Duration;
import java.util.function.Consumer;

/**
 * An operation to submit.
 *
 * @param snapId {@link SnapContext#HEAD}, or what a read reads from
 * @param snaps what a write preserves
 * @param flags {@link io.jrados.message.OsdFlags} besides the operation's own
 * @param deadline from now
 * @param doubts told on the Objecter's loop if this write is in doubt, before its future completes; must not block
 */
public record Request<R>(
        ObjectName object,
        Operation<R> operation,
        long snapId,
        SnapContext snaps,
        int flags,
        Duration deadline,
        Consumer<? super WriteInDoubt> doubts) {
    private static final Consumer<WriteInDoubt> NOBODY = write -> {};

    /** With nobody to tell of doubts. */
    public Request(
            ObjectName object, Operation<R> operation, long snapId, SnapContext snaps, int flags, Duration deadline) {
        this(object, operation, snapId, snaps, flags, deadline, NOBODY);
    }

    /** The same request with its own copy of the data. */
    Request<R> copied(Duration otherDeadline) {
        return new Request<>(object, operation.copied(), snapId, snaps, flags, otherDeadline, doubts);
    }

    /** On the head, without snapshots. */
    public Request(ObjectName object, Operation<R> operation, Duration deadline) {
        this(object, operation, SnapContext.HEAD, SnapContext.EMPTY, 0, deadline);
    }

    /** {@code writing object foo in pool rbd}, for errors. */
    String doing() {
        return (operation.isWrite() ? "writing " : "reading ") + object;
    }
}
