package io.jrados.osd;

import io.jrados.error.RadosException;
import io.jrados.message.Op;
import io.jrados.message.Operation;
import io.jrados.message.WatchNotify;
import io.jrados.osd.op.SnapContext;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Something that an OSD remembers for us: a watch or a notification under way. It is not sent again but registered
 * anew, wherever the object then is (LingerOp, src/osdc/Objecter.h). Confined to the Objecter's loop.
 */
abstract sealed class Linger permits WatchLinger, NotifyLinger {
    /** Only a caller gives up waiting; the cluster may be away for long. */
    private static final Duration FOREVER = Duration.ofDays(365);

    final ObjectName object;
    final long cookie;
    final Target target;

    /** The session that the last registration went to. */
    @Nullable
    Session session;

    @Nullable
    PendingOp<?> registration;

    /** The time at which it was registered, or withdrawn from where it was. */
    long stageNanos;

    boolean moved;
    Target.Change change = Target.Change.UNCHANGED;
    boolean ended;

    Linger(ObjectName object, long cookie, int flags) {
        this.object = object;
        this.cookie = cookie;
        this.target = new Target(object, flags, new Placing(null));
    }

    /** "watching foo", for errors. */
    abstract String doing();

    /** Returns the request that registers it, in the next generation if it was registered before. */
    abstract Request<?> registering();

    /** The registration that was made last failed. */
    abstract void refused(RadosException why);

    /** Over for good: tells whoever waits for it. */
    abstract void fail(RadosException why);

    abstract void notified(WatchNotify message);

    final <R> Request<R> request(Op op, int flags, Operation.Reader<R> reader) {
        return new Request<>(
                object, new Operation<>(List.of(op), flags, reader), SnapContext.HEAD, SnapContext.EMPTY, 0, FOREVER);
    }
}
