package io.jrados.osd;

import io.jrados.error.RadosException;

/** An observer, told on the Objecter's loop, of connections, maps and operations. */
public interface ObjecterEvents {
    /** Wants to know nothing. */
    ObjecterEvents NONE = new ObjecterEvents() {};

    /** An operation was sent again. */
    default void resent(int osd) {}

    default void connected(int osd) {}

    default void lost(int osd, RadosException why) {}

    /** A backoff began, or is over. */
    default void heldBack(int osd, boolean begin) {}

    /** A newer map is in force. */
    default void mapped(long epoch) {}
}
