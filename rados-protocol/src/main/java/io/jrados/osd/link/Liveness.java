package io.jrados.osd.link;

import java.time.Duration;

/**
 * Judges whether an OSD that does not answer is still there. It is asked for a sign of life every five seconds while it
 * is silent, and each sign counts, so one operation that is slow, as when a replica is down, costs no connection. An
 * OSD without a sign of life is taken for gone after ten seconds; each replacement that brings no message doubles that.
 */
public final class Liveness {
    private static final long PING_NANOS = Duration.ofSeconds(5).toNanos();
    private static final long FIRST_LIMIT_NANOS = Duration.ofSeconds(10).toNanos();
    private static final long LONGEST_LIMIT_NANOS = Duration.ofSeconds(120).toNanos();

    /** The result of a look. */
    public enum Verdict {
        THERE,
        /** To be asked for a sign of life. */
        ASK,
        GONE
    }

    private long heardNanos;
    private long askedNanos;
    private long limitNanos = FIRST_LIMIT_NANOS;

    /** A connection begins. */
    public void begin(long nowNanos) {
        heardNanos = nowNanos;
        askedNanos = nowNanos;
    }

    /** A message was read. */
    public void heard(long nowNanos) {
        heardNanos = nowNanos;
        limitNanos = FIRST_LIMIT_NANOS;
    }

    /** Nothing can be heard, because this client does not read. */
    public void deaf(long nowNanos) {
        heardNanos = nowNanos;
    }

    /**
     * Looks at the OSD.
     *
     * @param receivedNanos the time of the last bytes, signs of life among them
     * @param unanswered nanoseconds that the oldest operation waits for its answer, 0 for none
     */
    public Verdict look(long nowNanos, long receivedNanos, long unanswered) {
        long quiet = quiet(nowNanos, receivedNanos, unanswered);
        if (quiet >= limitNanos) {
            limitNanos = Math.min(2 * limitNanos, LONGEST_LIMIT_NANOS);
            return Verdict.GONE;
        }
        if (quiet >= PING_NANOS && nowNanos - askedNanos >= PING_NANOS) {
            askedNanos = nowNanos;
            return Verdict.ASK;
        }
        return Verdict.THERE;
    }

    /** Returns the nanoseconds for which it has owed an answer and said nothing. */
    public long quiet(long nowNanos, long receivedNanos, long unanswered) {
        long silent = Math.min(nowNanos - heardNanos, nowNanos - receivedNanos);
        return Math.min(silent, unanswered);
    }
}
