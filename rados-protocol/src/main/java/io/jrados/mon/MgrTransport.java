package io.jrados.mon;

import io.jrados.msgr.Connection;
import io.jrados.msgr.ConnectionListener;
import io.jrados.wire.EntityAddr;

/** The surroundings of the manager client; a fake in tests. */
public interface MgrTransport {
    /** Begins to connect. The listener may be called on any loop. */
    Connection connect(EntityAddr manager, ConnectionListener listener);

    /** Makes the monitors tell which manager is active, from now on. Called on the loop. */
    void wantMap();

    /** The manager refused our ticket, or it is due. Called on the loop. */
    void renewTicket();

    /** Whether the monitors gave a ticket for managers; who lacks the capabilities gets none. */
    boolean hasTicket();
}
