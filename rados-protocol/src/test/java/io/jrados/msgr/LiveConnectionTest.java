package io.jrados.msgr;

import static org.assertj.core.api.Assertions.assertThat;

import io.jrados.auth.AuthPolicy;
import io.jrados.auth.ClientAuth;
import io.jrados.auth.ConnectionAuth;
import io.jrados.auth.CryptoKey;
import io.jrados.auth.Entity;
import io.jrados.conf.Environment;
import io.jrados.error.RadosException;
import io.jrados.message.Command;
import io.jrados.message.MessageType;
import io.jrados.message.MonMapMessage;
import io.jrados.message.MonSubscribe;
import io.jrados.testkit.CephCluster;
import io.jrados.testkit.CephTest;
import io.jrados.testkit.Covers;
import io.jrados.wire.EntityAddr;
import io.jrados.wire.EntityName;
import io.jrados.wire.Payload;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** With a real monitor and a real OSD. */
@CephTest
@Timeout(60)
class LiveConnectionTest {
    private static final long SECONDS = 20;

    private final NettyLoops loops = new NettyLoops(1, "live-connection");
    private final Messenger messenger =
            new Messenger(Environment.system(), UnaryOperator.identity(), Messenger.READY_TIMEOUT);
    private CephCluster ceph;
    private EntityAddr monitor;
    private EntityAddr osd;

    @BeforeEach
    void find(CephCluster cluster) throws IOException {
        ceph = cluster;
        monitor = address(cluster.run("ceph", "mon", "dump", "--format", "json"), "");
        osd = address(cluster.run("ceph", "osd", "dump", "--format", "json"), "\"public_addrs\":.{0,20}");
    }

    @AfterEach
    void leave() throws Exception {
        loops.close().get(SECONDS, TimeUnit.SECONDS);
    }

    private static EntityAddr address(String json, String before) {
        Matcher v2 = Pattern.compile(before + "\"type\":\"v2\",\"addr\":\"([0-9.]+):(\\d+)\",\"nonce\":(\\d+)")
                .matcher(json);
        assertThat(v2.find()).as("a msgr2 address in %s", json).isTrue();
        return EntityAddr.msgr2(new InetSocketAddress(v2.group(1), Integer.parseInt(v2.group(2))))
                .withNonce(Integer.parseUnsignedInt(v2.group(3)));
    }

    private ClientAuth admin(String mode) throws IOException {
        CryptoKey key = CryptoKey.fromBase64(
                ceph.run("ceph", "auth", "get-key", "client.admin").trim());
        return new ClientAuth(
                Entity.parse("client.admin"),
                Optional.of(key),
                AuthPolicy.of("cephx", mode, mode),
                Environment.system());
    }

    private static final class Told implements ConnectionListener {
        private final CompletableFuture<Connection> ready = new CompletableFuture<>();
        private final CompletableFuture<RadosException> closed = new CompletableFuture<>();
        private final BlockingQueue<Payload> messages = new LinkedBlockingQueue<>();

        @Override
        public void onReady(Connection connection) {
            ready.complete(connection);
        }

        @Override
        public void onMessage(Connection connection, Payload message) {
            messages.add(message);
        }

        @Override
        public void onClosed(Connection connection, RadosException why) {
            closed.complete(why);
            ready.completeExceptionally(why);
        }

        Connection ready() throws Exception {
            return ready.get(SECONDS, TimeUnit.SECONDS);
        }

        RadosException closed() throws Exception {
            return closed.get(SECONDS, TimeUnit.SECONDS);
        }

        /** The next message of a type; others are dropped. */
        Payload next(int type) throws Exception {
            while (true) {
                Payload message = messages.poll(SECONDS, TimeUnit.SECONDS);
                assertThat(message).isNotNull();
                if (message.type() == type) {
                    return message;
                }
                message.release();
            }
        }
    }

    private Connection connect(EntityAddr to, int type, ConnectionAuth auth, Told told) {
        return messenger.connect(to, type, auth, told, loops.next());
    }

    @ParameterizedTest
    @CsvSource({"crc, 1", "secure, 2"})
    @Covers({"A01", "A02", "A04", "A08", "A10", "A11", "A12", "A13", "A15", "A18", "A19", "A22", "A24", "A33", "A35"})
    void talksToAMonitorAndToAnOsd(String mode, int number) throws Exception {
        ClientAuth auth = admin(mode);
        Told mon = new Told();
        Connection toMonitor = connect(monitor, EntityName.MON, auth.toMonitor(), mon);
        toMonitor.send(new MonSubscribe(Map.of("monmap", new MonSubscribe.Item(0, false)), "test").encode());
        mon.ready();
        UUID fsid = MonMapMessage.decode(mon.next(MessageType.MON_MAP.number()))
                .map()
                .fsid();

        assertThat(fsid).hasToString(ceph.run("ceph", "fsid").trim());
        assertThat(toMonitor.mode()).isEqualTo(number);
        assertThat(toMonitor.ownAddress().nonce()).isEqualTo(messenger.nonce());
        assertThat(FeatureBits.has(toMonitor.features(), FeatureBits.SERVER_NAUTILUS | FeatureBits.REQUIRED))
                .isTrue();

        Told daemon = new Told();
        Connection toOsd = connect(osd, EntityName.OSD, auth.toService(EntityName.OSD), daemon);
        toOsd.send(new Command(7, false, fsid, "{\"prefix\":\"version\"}", new byte[0]).encode());
        Payload reply = daemon.next(MessageType.COMMAND_REPLY.number());
        assertThat(reply.tid()).isEqualTo(7);
        assertThat(reply.data().toString(StandardCharsets.UTF_8)).contains("\"version\"");
        reply.release();
        assertThat(toOsd.mode()).isEqualTo(number);
        assertThat(toOsd.ownAddress()).isEqualTo(toMonitor.ownAddress());
        assertThat(toOsd.globalId()).isEqualTo(toMonitor.globalId());

        long before = toOsd.lastKeepaliveAckNanos();
        toOsd.keepalive();
        toOsd.send(new Command(8, false, fsid, "{\"prefix\":\"version\"}", new byte[0]).encode());
        daemon.next(MessageType.COMMAND_REPLY.number()).release();
        assertThat(toOsd.lastKeepaliveAckNanos()).isGreaterThan(before);
        toOsd.close();
        toMonitor.close();
        mon.messages.forEach(Payload::release);
        auth.close();
    }

    @Test
    @Covers({"A01", "A02", "A19"})
    void saysWhatIsWrongWithTheDaemonThatAnswers() throws Exception {
        ClientAuth auth = admin("crc");
        Told mon = new Told();
        Connection toMonitor = connect(monitor, EntityName.MON, auth.toMonitor(), mon);
        mon.ready();
        Told other = new Told();
        connect(osd, EntityName.MON, auth.toMonitor(), other);
        assertThat(other.closed()).hasMessageContaining("where osd answers");
        Told restarted = new Told();
        connect(osd.withNonce(osd.nonce() + 1), EntityName.OSD, auth.toService(EntityName.OSD), restarted);
        assertThat(restarted.closed()).hasMessageContaining("waiting for SERVER_IDENT");
        toMonitor.close();
        mon.messages.forEach(Payload::release);
        auth.close();
    }
}
