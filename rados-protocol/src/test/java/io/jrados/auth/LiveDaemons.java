package io.jrados.auth;

import io.jrados.conf.Environment;
import io.jrados.error.RadosException;
import io.jrados.message.Auth;
import io.jrados.message.AuthReply;
import io.jrados.message.MessageType;
import io.jrados.msgr.Connection;
import io.jrados.msgr.ConnectionListener;
import io.jrados.msgr.Messenger;
import io.jrados.msgr.NettyLoops;
import io.jrados.testkit.CephCluster;
import io.jrados.wire.EntityAddr;
import io.jrados.wire.Payload;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Connections to the daemons of a test's cluster. */
final class LiveDaemons implements AutoCloseable {
    private static final long SECONDS = 20;

    private final String key;
    private final EntityAddr monitor;
    private final EntityAddr osd;
    private final NettyLoops loops = new NettyLoops(1, "live-login");
    private final Messenger messenger =
            new Messenger(Environment.system(), UnaryOperator.identity(), Messenger.READY_TIMEOUT);

    LiveDaemons(CephCluster cluster) throws IOException {
        key = cluster.run("ceph", "auth", "get-key", "client.admin");
        monitor = address(cluster.run("ceph", "mon", "dump", "--format", "json"), "");
        osd = address(cluster.run("ceph", "osd", "dump", "--format", "json"), "\"public_addrs\":.{0,20}");
    }

    /** A fresh one, the caller's to give away. */
    CryptoKey key() throws RadosException {
        return CryptoKey.fromBase64(key);
    }

    EntityAddr monitor() {
        return monitor;
    }

    EntityAddr osd() {
        return osd;
    }

    private static EntityAddr address(String json, String before) throws IOException {
        Matcher v2 = Pattern.compile(before + "\"type\":\"v2\",\"addr\":\"([0-9.]+):(\\d+)\",\"nonce\":(\\d+)")
                .matcher(json);
        if (!v2.find()) {
            throw new IOException("no msgr2 address in " + json);
        }
        InetSocketAddress address = new InetSocketAddress(v2.group(1), Integer.parseInt(v2.group(2)));
        return EntityAddr.msgr2(address).withNonce(Integer.parseUnsignedInt(v2.group(3)));
    }

    /** Connects, and waits until the connection is ready or refused. */
    Session open(EntityAddr address, int type, ConnectionAuth auth) throws Exception {
        Session session = new Session();
        messenger.connect(address, type, auth, session, loops.next());
        session.await();
        return session;
    }

    @Override
    public void close() {
        loops.close().join();
    }

    /** One connection. */
    static final class Session implements ConnectionListener {
        private final CompletableFuture<Connection> ready = new CompletableFuture<>();
        private final LinkedBlockingQueue<AuthReply> replies = new LinkedBlockingQueue<>();

        Connection connection() {
            return ready.join();
        }

        private void await() throws Exception {
            try {
                ready.get(SECONDS, TimeUnit.SECONDS);
            } catch (ExecutionException e) {
                throw (Exception) e.getCause();
            }
        }

        void renew(MonitorLogin login) throws Exception {
            byte[] request = login.renewal().orElseThrow();
            connection().send(new Auth(login.method(), request, 0).encode());
            AuthReply reply = replies.poll(SECONDS, TimeUnit.SECONDS);
            if (reply == null) {
                throw new IOException("no reply to " + login);
            }
            login.onRenewal(reply.result(), reply.reply());
        }

        @Override
        public void onReady(Connection connection) {
            ready.complete(connection);
        }

        @Override
        public void onMessage(Connection connection, Payload message) {
            if (message.type() == MessageType.AUTH_REPLY.number()) {
                replies.add(AuthReply.decode(message));
            } else {
                message.release();
            }
        }

        @Override
        public void onClosed(Connection connection, RadosException why) {
            ready.completeExceptionally(why);
        }
    }
}
