package io.jrados.msgr;

import io.jrados.auth.ConnectionAuth;
import io.jrados.conf.Environment;
import io.jrados.error.DeadlineException;
import io.jrados.error.Errno;
import io.jrados.error.RadosException;
import io.jrados.wire.EntityAddr;
import io.jrados.wire.EntityName;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelOption;
import io.netty.channel.ConnectTimeoutException;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.time.Duration;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * Makes the connections of one client instance, which all carry its one nonce and its one address: what a blocklist and
 * a lock's owner name.
 */
public final class Messenger {
    /** Ceph's ms_connection_ready_timeout. */
    public static final Duration READY_TIMEOUT = Duration.ofSeconds(10);

    /** Ceph's ms_dispatch_throttle_bytes. */
    static final long RECEIVE_BYTES = 100L << 20;

    /** Messages beyond this wait as they are: in secure mode what the channel holds are encrypted copies. */
    static final WriteBufferWaterMark UNDER_WAY = new WriteBufferWaterMark(512 << 10, 2 << 20);

    /** Netty 4.2 has a second name for it, which 4.1 does not have. */
    @SuppressWarnings("deprecation")
    private static final ChannelOption<RecvByteBufAllocator> RECEIVING = ChannelOption.RCVBUF_ALLOCATOR;

    private final Environment environment;
    private final UnaryOperator<InetSocketAddress> translator;
    private final Duration readyTimeout;
    private final boolean dataCrc;
    private final List<Compression> compression;
    private final ClientIdentity identity;
    private final ReceiveBudget budget;

    /**
     * @param translator where to really connect instead of an address from the maps: for NAT and port forwarding
     * @param readyTimeout how long a connection may take until it is ready
     */
    public Messenger(Environment environment, UnaryOperator<InetSocketAddress> translator, Duration readyTimeout) {
        this(environment, translator, readyTimeout, true, List.of(), RECEIVE_BYTES);
    }

    /**
     * @param dataCrc Ceph's ms_crc_data: false to take what daemons send that do not checksum segments in crc mode;
     *     what we send always is
     * @param receiveBytes how many bytes of large messages may be under way to this client at once; a quarter of the
     *     JVM's direct memory at most
     * @param compression the ways in which OSDs may compress what they send, preferred ones first
     */
    public Messenger(
            Environment environment,
            UnaryOperator<InetSocketAddress> translator,
            Duration readyTimeout,
            boolean dataCrc,
            List<Compression> compression,
            long receiveBytes) {
        this.environment = environment;
        this.translator = translator;
        this.readyTimeout = readyTimeout;
        this.dataCrc = dataCrc;
        this.compression = List.copyOf(compression);
        this.budget = new ReceiveBudget(DirectMemory.share(receiveBytes, 4));
        this.identity = new ClientIdentity(nonce(environment));
    }

    /** Chooses a nonce other than 0, which daemons with a fixed address have. */
    private static int nonce(Environment environment) {
        int nonce = environment.random().nextInt();
        return nonce == 0 ? 1 : nonce;
    }

    /** As the client's address is known to the cluster: in blocklists and lock owners. */
    public int nonce() {
        return identity.nonce();
    }

    /** The client's address on every connection: type any, port 0; blank until the first peer told it. */
    public EntityAddr ownAddress() {
        return identity.address();
    }

    /**
     * Begins to connect; the listener is called on {@code loop}. A daemon keeps only the newest connection of a client.
     *
     * @param peer an address of msgr2, with the nonce that the maps know
     * @param peerType what must answer there: {@link EntityName#OSD} and the like
     * @param auth used for this connection only
     */
    public Connection connect(
            EntityAddr peer, int peerType, ConnectionAuth auth, ConnectionListener listener, NettyLoop loop) {
        InetSocketAddress known = peer.toSocketAddress();
        WireConnection connection =
                new WireConnection(this, loop, loop.buffers(), peer, peerType, auth, listener, loop::remove);
        loop.execute(() -> {
            if (!loop.add(connection)) {
                connection.loopEnds();
                return;
            }
            try {
                open(connection, known, loop);
            } catch (RuntimeException failed) {
                connection.fail(new RadosException(Errno.EIO, connection.doing(), failed));
            }
        });
        return connection;
    }

    private void open(WireConnection connection, InetSocketAddress known, NettyLoop loop) {
        InetSocketAddress to = translator.apply(known);
        new Bootstrap()
                .group(loop.eventLoop())
                .channel(NioSocketChannel.class)
                .disableResolver()
                .option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.SO_KEEPALIVE, true)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, 0)
                .option(ChannelOption.WRITE_BUFFER_WATER_MARK, UNDER_WAY)
                .option(ChannelOption.ALLOCATOR, loop.buffers().sending())
                .option(RECEIVING, connection.inbox())
                .handler(connection)
                .connect(to)
                .addListener(connected -> {
                    if (!connected.isSuccess()) {
                        loop.execute(() -> connection.fail(refused(connected.cause(), connection, to)));
                    }
                });
    }

    private static RadosException refused(Throwable cause, WireConnection connection, InetSocketAddress to) {
        String doing = connection.doing() + (to.getPort() == connection.peer().port() ? "" : " through " + to);
        if (cause instanceof ConnectTimeoutException) {
            return new DeadlineException(doing, DeadlineException.Sent.NEVER_SENT, cause);
        }
        if (cause instanceof NoRouteToHostException) {
            return new RadosException(Errno.EHOSTUNREACH, doing, cause);
        }
        return new RadosException(
                cause instanceof ConnectException ? Errno.ECONNREFUSED : Errno.ENETUNREACH, doing, cause);
    }

    Environment environment() {
        return environment;
    }

    ClientIdentity identity() {
        return identity;
    }

    Duration readyTimeout() {
        return readyTimeout;
    }

    List<Compression> compression() {
        return compression;
    }

    ReceiveBudget budget() {
        return budget;
    }

    boolean dataCrc() {
        return dataCrc;
    }
}
