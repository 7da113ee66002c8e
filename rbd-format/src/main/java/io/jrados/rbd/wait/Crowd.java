package io.jrados.rbd.wait;

import java.time.Instant;

/**
 * Some that wait for the same.
 *
 * @param count how many
 * @param sinceMillis when the first of them began to wait, by the wall clock
 */
record Crowd(int count, long sinceMillis) {
    static final Crowd NONE = new Crowd(0, Long.MAX_VALUE);

    Crowd and(long oneSinceMillis) {
        return new Crowd(count + 1, Math.min(sinceMillis, oneSinceMillis));
    }

    boolean isEmpty() {
        return count == 0;
    }

    Instant since() {
        return Instant.ofEpochMilli(sinceMillis);
    }

    /** "1 change", "3 changes". */
    String text(String singular, String plural) {
        return count + " " + (count == 1 ? singular : plural);
    }
}
