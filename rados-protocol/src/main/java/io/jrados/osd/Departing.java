package io.jrados.osd;

import io.jrados.error.RadosException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Operations that were given up while a connection may still read the caller's buffers. Their futures wait until it does
 * not; a connection that does not let go is replaced.
 */
final class Departing {
    private static final long PATIENCE_NANOS = Duration.ofSeconds(1).toNanos();

    private record Departure(PendingOp<?> op, RadosException why, long sinceNanos) {}

    private final List<Departure> departures = new ArrayList<>();

    /** Fails the operation, now or when its buffers are free. */
    void add(PendingOp<?> op, RadosException why, long nowNanos) {
        if (op.buffersInUse()) {
            departures.add(new Departure(op, why, nowNanos));
        } else {
            op.fail(why);
        }
    }

    boolean isEmpty() {
        return departures.isEmpty();
    }

    void tick(long nowNanos) {
        for (Departure departure : List.copyOf(departures)) {
            if (!departure.op.buffersInUse()) {
                departures.remove(departure);
                departure.op.fail(departure.why);
            } else if (departure.op.carrier != null && nowNanos - departure.sinceNanos >= PATIENCE_NANOS) {
                departure.op.carrier.replace("it holds what was given up");
            }
        }
    }
}
