package io.jrados.msgr;

import io.jrados.auth.ConnectionAuth;
import io.jrados.conf.Environment;
import io.jrados.wire.EntityAddr;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.function.UnaryOperator;

/** Makes the connections of one client instance, which all carry its one nonce. */
public final class Messenger {
    /** Ceph's ms_connection_ready_timeout. */
    public static final Duration READY_TIMEOUT = Duration.ofSeconds(10);

    private final int nonce;

    /**
     * @param translator where to really connect instead of an address from the maps: for NAT and port forwarding
     * @param readyTimeout how long a connection may take until it is ready
     */
    public Messenger(Environment environment, UnaryOperator<InetSocketAddress> translator, Duration readyTimeout) {
        this.nonce = environment.random().nextInt();
    }

    /** As the client's address is known to the cluster: in blocklists and lock owners. */
    public int nonce() {
        return nonce;
    }

    /**
     * Begins to connect; the listener is called on {@code loop}.
     *
     * @param peer an address of msgr2, with the nonce that the maps know
     * @param peerType what must answer there: {@link io.jrados.wire.EntityName#OSD} and the like
     * @param auth used for this connection only
     */
    public Connection connect(
            EntityAddr peer, int peerType, ConnectionAuth auth, ConnectionListener listener, NettyLoop loop) {
        throw new UnsupportedOperationException();
    }
}
