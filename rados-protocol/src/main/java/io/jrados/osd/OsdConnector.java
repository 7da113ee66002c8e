package io.jrados.osd;

import io.jrados.msgr.Connection;
import io.jrados.msgr.ConnectionListener;
import io.jrados.wire.EntityAddr;

/** The way in which the Objecter reaches OSDs; a fake in tests. */
public interface OsdConnector {
    /** Begins to connect. The listener may be called on any loop. */
    Connection connect(EntityAddr address, ConnectionListener listener);

    /** Our address as the cluster sees it; blank before the first connection. */
    EntityAddr ownAddress();
}
