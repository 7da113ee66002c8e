package io.jrados.rados;

import io.jrados.auth.ClientAuth;
import io.jrados.mon.MgrTransport;
import io.jrados.mon.MonClient;
import io.jrados.msgr.Connection;
import io.jrados.msgr.ConnectionListener;
import io.jrados.msgr.Messenger;
import io.jrados.msgr.NettyLoop;
import io.jrados.wire.EntityAddr;
import io.jrados.wire.EntityName;

/** The link between the manager client and the rest of a client. */
record ManagerLink(Messenger messenger, NettyLoop loop, ClientAuth auth, MonClient monitors) implements MgrTransport {
    @Override
    public Connection connect(EntityAddr manager, ConnectionListener listener) {
        return messenger.connect(manager, EntityName.MGR, auth.toService(EntityName.MGR), listener, loop);
    }

    @Override
    public void wantMap() {
        monitors.want("mgrmap", 0);
    }

    @Override
    public void renewTicket() {
        monitors.renewTickets();
    }

    @Override
    public boolean hasTicket() {
        return auth.tickets().known(EntityName.MGR);
    }
}
