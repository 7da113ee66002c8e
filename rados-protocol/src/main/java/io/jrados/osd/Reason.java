package io.jrados.osd;

import io.jrados.error.Stage;
import io.jrados.error.Waiting;
import java.util.concurrent.TimeUnit;

/**
 * The reason why something is not finished.
 *
 * @param sinceNanos monotonic
 * @param cause as a clause
 */
record Reason(Stage stage, long sinceNanos, String cause) {
    Waiting waiting(String what, Surroundings around) {
        return new Waiting(what, stage, around.wallClock(sinceNanos), cause);
    }

    /** "waiting 5000 ms for an OSD's answer: osd.3 has not answered" */
    String text(long nowNanos) {
        return "waiting " + TimeUnit.NANOSECONDS.toMillis(nowNanos - sinceNanos) + " ms for " + stage + ": " + cause;
    }
}
