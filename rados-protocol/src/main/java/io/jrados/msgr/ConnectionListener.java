package io.jrados.msgr;

import io.jrados.error.RadosException;
import io.jrados.wire.Payload;

/**
 * The events that a connection tells its owner, always on the connection's loop and never from inside a call of the
 * owner.
 */
public interface ConnectionListener {
    /** TCP is connected and the handshake begins. Comes at most once, before all others but {@link #onClosed}. */
    default void onConnected(Connection connection) {}

    /** The handshake is complete. Comes at most once, before any message. */
    void onReady(Connection connection);

    /** A message arrived. The listener owns it, and tells {@link Connection#takenUp} before it looks at it. */
    void onMessage(Connection connection, Payload message);

    /** After {@link Connection#isWritable} was false, it is true again. */
    default void onWritable(Connection connection) {}

    /**
     * The connection is gone, or could not be made; the last call, and not made after {@link Connection#close}.
     *
     * @param why EACCES when the peer refused to authenticate, ECONNREFUSED, ECONNRESET, ETIMEDOUT, EBADMSG...
     */
    void onClosed(Connection connection, RadosException why);
}
