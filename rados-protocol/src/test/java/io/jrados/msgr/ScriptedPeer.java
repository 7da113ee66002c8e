package io.jrados.msgr;

import io.jrados.wire.EntityAddr;
import io.jrados.wire.Payload;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A daemon made of a script: listens on the loopback, accepts msgr2.1 in crc or secure mode with {@link TestAuth} or
 * without authentication, and hands every message to the script. Everything it does is done on its loop.
 */
public final class ScriptedPeer implements AutoCloseable {
    /** The reaction of the daemon to a message. */
    @FunctionalInterface
    public interface Script {
        /** Runs on the peer's loop. Owns the message. */
        void on(Session session, Payload message);
    }

    private final NettyLoop loop;
    private final int type;
    private final int mode;
    private final Script script;
    private final Channel server;
    private final EntityAddr address;
    private final List<Session> sessions = new CopyOnWriteArrayList<>();

    /**
     * Begins to listen.
     *
     * @param type what it is: {@link io.jrados.wire.EntityName#OSD} and the like
     * @param mode of its connections: {@link io.jrados.auth.ConnectionAuth#CRC} or SECURE
     */
    public ScriptedPeer(NettyLoop loop, int type, int mode, Script script) {
        this(loop, type, mode, EntityAddr.BLANK, script);
    }

    /** @param advertised the address by which clients know it, where that is not where it listens */
    public ScriptedPeer(NettyLoop loop, int type, int mode, EntityAddr advertised, Script script) {
        this.loop = loop;
        this.type = type;
        this.mode = mode;
        this.script = script;
        this.server = new ServerBootstrap()
                .group(loop.eventLoop())
                .channel(NioServerSocketChannel.class)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childHandler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel accepted) {
                        accepted.pipeline().addLast(new Session(accepted));
                    }
                })
                .bind(new InetSocketAddress("127.0.0.1", 0))
                .syncUninterruptibly()
                .channel();
        this.address = advertised.isBlank()
                ? EntityAddr.msgr2((InetSocketAddress) server.localAddress()).withNonce(7)
                : advertised;
    }

    /** Returns the address where it listens. */
    public InetSocketAddress listening() {
        return (InetSocketAddress) server.localAddress();
    }

    /** Returns the address as a map would have it: by default where it listens, with a nonce. */
    public EntityAddr address() {
        return address;
    }

    /** Its connections so far, the newest last. */
    public List<Session> sessions() {
        return sessions;
    }

    /** Drops every connection and listens no more. */
    @Override
    public void close() {
        sessions.forEach(Session::drop);
        server.close().syncUninterruptibly();
    }

    /** One connection that a client made. */
    public final class Session extends ChannelInboundHandlerAdapter {
        private final Channel channel;
        private final Accepted accepted;

        private Session(Channel channel) {
            this.channel = channel;
            this.accepted = new Accepted(
                    type, address, mode, new ToChannel(channel), (side, message) -> script.on(this, message));
        }

        @Override
        public void channelActive(ChannelHandlerContext active) {
            sessions.add(this);
            accepted.begin();
            active.flush();
        }

        @Override
        public void channelRead(ChannelHandlerContext reading, Object bytes) throws Exception {
            accepted.received((ByteBuf) bytes);
            reading.flush();
        }

        @Override
        public void channelInactive(ChannelHandlerContext inactive) {
            accepted.release();
        }

        /** Sends a message, soon. Owns it. */
        public void send(Payload message) {
            loop.execute(() -> {
                accepted.send(message);
                accepted.flush();
                channel.flush();
            });
        }

        /** Ends the connection. */
        public void drop() {
            channel.close();
        }

        /** The client's address, blank before it is known. */
        public EntityAddr client() {
            return accepted.client();
        }

        /** Returns the number with which the client counts its connections. */
        public long globalSeq() {
            return accepted.globalSeq();
        }

        /** Complete once the connection has ended, by either side. */
        public CompletableFuture<Void> ended() {
            CompletableFuture<Void> ended = new CompletableFuture<>();
            channel.closeFuture().addListener(closed -> ended.complete(null));
            return ended;
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext failing, Throwable cause) {
            channel.close();
        }
    }

    private record ToChannel(Channel channel) implements Sink {
        @Override
        public void write(ByteBuf piece) {
            channel.write(piece, channel.voidPromise());
        }

        @Override
        public void write(ByteBuf piece, ByteBuf owner) {
            channel.write(piece).addListener(written -> owner.release());
        }
    }
}
