package io.jrados.testkit;

import java.time.Duration;

/**
 * A fault that a {@link FaultProxy} applies to the bytes that pass. Faults add up:
 * {@code Fault.none().delayed(ms).chopped()}.
 *
 * @param delay each portion waits so long before it's passed on
 * @param chopped bytes are passed on in writes of one to seven
 * @param resetEvery a connection is reset once so many bytes have passed in both directions together; 0: never
 * @param flipEvery in each portion of so many bytes of one direction one bit is flipped; 0: never
 * @param closeAfter after so many bytes in one direction no more is passed on that way, and its end is announced; 0:
 *     never
 * @param flow whether bytes move at all
 * @param ways which bytes are meant
 */
public record Fault(
        Duration delay, boolean chopped, long resetEvery, long flipEvery, long closeAfter, Flow flow, Ways ways) {

    /** Whether bytes move. */
    public enum Flow {
        PASS,
        /** Nothing is read any more, so that the sender's socket fills; all of it is passed on when the fault ends. */
        STALL,
        /** Everything is read and thrown away. */
        BLACKHOLE
    }

    /** The direction of a connection that a fault is for. */
    public enum Ways {
        BOTH,
        TO_SERVER,
        TO_CLIENT
    }

    public static Fault none() {
        return new Fault(Duration.ZERO, false, 0, 0, 0, Flow.PASS, Ways.BOTH);
    }

    public static Fault stalled() {
        return new Fault(Duration.ZERO, false, 0, 0, 0, Flow.STALL, Ways.BOTH);
    }

    public static Fault blackhole() {
        return new Fault(Duration.ZERO, false, 0, 0, 0, Flow.BLACKHOLE, Ways.BOTH);
    }

    public Fault delayed(Duration by) {
        return new Fault(by, chopped, resetEvery, flipEvery, closeAfter, flow, ways);
    }

    public Fault choppedSmall() {
        return new Fault(delay, true, resetEvery, flipEvery, closeAfter, flow, ways);
    }

    public Fault resettingEvery(long bytes) {
        return new Fault(delay, chopped, bytes, flipEvery, closeAfter, flow, ways);
    }

    public Fault flippingOneBitEvery(long bytes) {
        return new Fault(delay, chopped, resetEvery, bytes, closeAfter, flow, ways);
    }

    public Fault halfClosingAfter(long bytes) {
        return new Fault(delay, chopped, resetEvery, flipEvery, bytes, flow, ways);
    }

    public Fault only(Ways direction) {
        return new Fault(delay, chopped, resetEvery, flipEvery, closeAfter, flow, direction);
    }

    boolean applies(Ways direction) {
        return ways == Ways.BOTH || ways == direction;
    }
}
