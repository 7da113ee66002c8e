package io.jrados.osd;

import io.jrados.message.Operation;
import io.jrados.osd.op.SnapContext;
import java.time.Duration;

/**
 * An operation to submit.
 *
 * @param snapId {@link SnapContext#HEAD}, or what a read reads from
 * @param snaps what a write preserves
 * @param flags {@link io.jrados.message.OsdFlags} besides the operation's own
 * @param deadline from now
 */
public record Request<R>(
        ObjectName object, Operation<R> operation, long snapId, SnapContext snaps, int flags, Duration deadline) {
    /** On the head, without snapshots. */
    public Request(ObjectName object, Operation<R> operation, Duration deadline) {
        this(object, operation, SnapContext.HEAD, SnapContext.EMPTY, 0, deadline);
    }

    /** {@code writing object foo in pool rbd}, for errors. */
    String doing() {
        return (operation.isWrite() ? "writing " : "reading ") + object;
    }
}
