package io.jrados.osd;

import io.jrados.conf.Loop;
import io.jrados.osdmap.OsdMap;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/** The surroundings of every part of the Objecter. */
interface Surroundings {
    /** The loop that owns all of it. */
    Loop loop();

    /** The way into that loop. */
    Inbox inbox();

    /** Monotonic nanoseconds. */
    long now();

    /** The wall clock. */
    Instant wallClock();

    /** The wall clock at some time of {@link #now}. */
    default Instant wallClock(long nanos) {
        return wallClock().minusNanos(now() - nanos).truncatedTo(ChronoUnit.MILLIS);
    }

    /** The map in force, null before the first. */
    @Nullable
    OsdMap map();

    /** Returns the epoch of the map in force, 0 before the first. */
    default long epoch() {
        OsdMap map = map();
        return map == null ? 0 : map.epoch();
    }
}
