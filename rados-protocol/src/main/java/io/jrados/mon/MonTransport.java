package io.jrados.mon;

import io.jrados.auth.ConnectionAuth;
import io.jrados.msgr.Connection;
import io.jrados.msgr.ConnectionListener;
import io.jrados.wire.EntityAddr;

/** The way to reach monitors; a fake in tests. */
@FunctionalInterface
public interface MonTransport {
    /** Begins to connect. The listener may be called on any loop. */
    Connection connect(EntityAddr monitor, ConnectionAuth login, ConnectionListener listener);
}
