package io.jrados.osd;

import io.jrados.error.RadosException;

/** An observer, told on the Objecter's loop, of connections, maps and operations. */
public interface ObjecterEvents {
    /** Wants to know nothing. */
    ObjecterEvents NONE = new ObjecterEvents() {};

    /** An operation was sent again. */
    default void resent(int osd) {}

    default void connected(int osd) {}

    /**
     * A connection is lost, or an attempt to connect failed.
     *
     * @param busy whether operations wait for it
     */
    default void lost(int osd, boolean busy, RadosException why) {}

    /** An operation is held for long, or one that was has ended. */
    default void held(String pool, boolean begin) {}

    /** A pool has become full, or has room again. */
    default void full(String pool, boolean begin) {}

    /** A watch that was registered is lost for good. */
    default void watchLost(String pool, String object, RadosException why) {}

    /** A backoff began, or is over. */
    default void heldBack(int osd, boolean begin) {}

    /** A newer map is in force. */
    default void mapped(long epoch) {}
}
