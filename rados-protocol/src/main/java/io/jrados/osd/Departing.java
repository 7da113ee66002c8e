package io.jrados.osd;

import io.jrados.error.RadosException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Operations that were given up while a connection may still read the caller's buffers. Their futures wait until it
 * does not; a connection that does not let go is replaced.
 */
final class Departing {
    private static final long PATIENCE_NANOS = Duration.ofSeconds(1).toNanos();

    private record Departure(PendingOp<?> op, RadosException why, long sinceNanos) {
        void end() {
            Guard.run("ending an operation", () -> op.fail(why));
        }
    }

    private List<Departure> departures = new ArrayList<>();

    /** Fails the operation, now or when its buffers are free. */
    void add(PendingOp<?> op, RadosException why, long nowNanos) {
        Departure departure = new Departure(op, why, nowNanos);
        if (op.buffersInUse()) {
            departures.add(departure);
        } else {
            departure.end();
        }
    }

    boolean isEmpty() {
        return departures.isEmpty();
    }

    void tick(long nowNanos) {
        if (departures.isEmpty()) {
            return;
        }
        List<Departure> before = departures;
        departures = new ArrayList<>();
        Set<Session> holding = new LinkedHashSet<>();
        for (Departure departure : before) {
            PendingOp<?> op = departure.op;
            if (!op.buffersInUse()) {
                departure.end();
                continue;
            }
            departures.add(departure);
            if (op.carrier != null && nowNanos - departure.sinceNanos >= PATIENCE_NANOS) {
                holding.add(op.carrier);
            }
        }
        for (Session session : holding) {
            Guard.run("replacing a connection", () -> session.replace("it holds what was given up"));
        }
    }
}
