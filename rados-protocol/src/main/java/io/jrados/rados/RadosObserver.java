package io.jrados.rados;

import io.jrados.error.Errno;
import java.time.Duration;
import java.util.Optional;

/**
 * An observer of a client's work: for metrics and traces. Calls come from the client's own loops, or from the executor
 * for completions: they must be quick, and what they throw is logged and forgotten.
 */
public interface RadosObserver {
    /** Wants to know nothing. */
    RadosObserver NONE = new RadosObserver() {};

    /** An operation on an object was submitted; told before its end. */
    default void operationBegan(String pool, boolean write) {}

    /**
     * An operation on an object has ended.
     *
     * @param bytes that it sent, or asked for
     * @param took since its submission
     * @param failure empty when it succeeded
     */
    default void operationEnded(String pool, boolean write, long bytes, Duration took, Optional<Errno> failure) {}

    /** An operation was sent to an OSD again: its connection was lost, or it belongs elsewhere now. */
    default void operationResent(int osd) {}

    /** A connection to an OSD can carry operations. */
    default void osdConnected(int osd) {}

    /** A connection to an OSD is lost; another one is made if there is anything to send. */
    default void osdLost(int osd, Errno why) {}

    /** An OSD asked for operations to be held back, or lets them go on. */
    default void heldBack(int osd, boolean begin) {}

    /**
     * An operation is held for 5 s, or one that was has ended. At most 20 in a minute are told, as they are logged;
     * {@link Rados#explain} lists all.
     */
    default void operationHeld(String pool, boolean begin) {}

    /** A pool is full or over its quota, so that writes wait, or has room again. */
    default void poolFull(String pool, boolean begin) {}

    /** A watch is lost for good: its listener is told too. */
    default void watchLost(String pool, Errno why) {}

    /** An image took 5 s or more to open. */
    default void imageOpenedSlowly(String pool, Duration took) {}

    /** A newer OSD map is in force. */
    default void osdMap(long epoch) {}
}
