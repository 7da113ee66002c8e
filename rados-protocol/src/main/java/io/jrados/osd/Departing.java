package io.jrados.osd;

import io.jrados.msgr.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Operations that are over while a connection may still read the caller's buffers: they were given up, or answered by
 * another OSD than the one whose socket is full. Their futures wait until it does not. A connection whose socket takes
 * bytes is waited for, since to replace it would cost all others what has been sent; one that stands still is replaced.
 */
final class Departing {
    /** A socket may stand still for so long. */
    private static final long PATIENCE_NANOS = Duration.ofSeconds(1).toNanos();

    /** A socket that takes bytes is given so long. */
    private static final long LONGEST_NANOS = Duration.ofSeconds(30).toNanos();

    private record Departure(PendingOp<?> op, Runnable end, long sinceNanos) {
        void run() {
            Guard.run("ending an operation", end);
        }
    }

    private List<Departure> departures = new ArrayList<>();

    /** Ends an operation, now or when its buffers are free. */
    void add(PendingOp<?> op, Runnable end, long nowNanos) {
        Departure departure = new Departure(op, end, nowNanos);
        if (op.buffersInUse()) {
            departures.add(departure);
        } else {
            departure.run();
        }
    }

    boolean isEmpty() {
        return departures.isEmpty();
    }

    void forEach(Consumer<PendingOp<?>> visitor) {
        departures.forEach(departure -> visitor.accept(departure.op));
    }

    void tick(long nowNanos) {
        if (departures.isEmpty()) {
            return;
        }
        List<Departure> before = departures;
        departures = new ArrayList<>();
        Set<Session> stuck = new LinkedHashSet<>();
        for (Departure departure : before) {
            if (!departure.op.buffersInUse()) {
                departure.run();
                continue;
            }
            departures.add(departure);
            Session holder = departure.op.holder();
            if (holder != null && isStuck(holder, departure.sinceNanos, nowNanos)) {
                stuck.add(holder);
            }
        }
        for (Session session : stuck) {
            Guard.run("replacing a connection", () -> session.replace("it holds what was given up"));
        }
    }

    private static boolean isStuck(Session holder, long sinceNanos, long nowNanos) {
        long movedNanos = holder.openConnection().map(Connection::lastSentNanos).orElse(sinceNanos);
        long still = Math.min(nowNanos - sinceNanos, nowNanos - movedNanos);
        return still >= PATIENCE_NANOS || nowNanos - sinceNanos >= LONGEST_NANOS;
    }
}
