package io.jrados.msgr;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jrados.auth.ConnectionAuth;
import io.jrados.conf.Environment;
import io.jrados.conf.LoopThread;
import io.jrados.error.ClosedException;
import io.jrados.error.DeadlineException;
import io.jrados.error.Errno;
import io.jrados.error.RadosException;
import io.jrados.rados.Wait;
import io.jrados.testkit.Covers;
import io.jrados.wire.EntityAddr;
import io.jrados.wire.EntityName;
import io.jrados.wire.Payload;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Over real sockets. */
@Timeout(60)
class MessengerTest {
    private final NettyLoops loops = new NettyLoops(2, "messenger-test");
    private final List<AutoCloseable> open = new ArrayList<>();
    private final Messenger messenger = messenger(UnaryOperator.identity());

    private static Messenger messenger(UnaryOperator<InetSocketAddress> translator) {
        return new Messenger(Environment.system(), translator, Duration.ofSeconds(10));
    }

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable each : open) {
            each.close();
        }
        loops.close().get(20, TimeUnit.SECONDS);
    }

    /** Futures and queues of what one connection tells. */
    private static final class Told implements ConnectionListener {
        final CompletableFuture<Connection> ready = new CompletableFuture<>();
        final CompletableFuture<RadosException> closed = new CompletableFuture<>();
        final BlockingQueue<Payload> messages = new LinkedBlockingQueue<>();

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
        }

        RadosException closed() throws Exception {
            return closed.get(30, TimeUnit.SECONDS);
        }

        Payload next() throws Exception {
            Payload message = messages.poll(30, TimeUnit.SECONDS);
            assertThat(message).isNotNull();
            return message;
        }
    }

    private Connection connect(Messenger with, EntityAddr to, int mode, Told told) {
        Connection connection = with.connect(to, EntityName.OSD, new TestAuth(mode), told, loops.next());
        open.add(connection::close);
        return connection;
    }

    private ScriptedPeer osd(int mode, ScriptedPeer.Script script) {
        ScriptedPeer peer = new ScriptedPeer(loops.next(), EntityName.OSD, mode, script);
        open.add(peer);
        return peer;
    }

    private static void echo(ScriptedPeer.Session session, Payload message) {
        session.send(message);
    }

    private static byte[] random(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }

    private static ByteBuf direct(int length) {
        return Unpooled.directBuffer(length).writeBytes(random(length));
    }

    @ParameterizedTest
    @ValueSource(ints = {ConnectionAuth.CRC, ConnectionAuth.SECURE})
    @Covers({"A04", "A13", "A22", "A37"})
    void messagesOfAllSizesGoThereAndBack(int mode) throws Exception {
        ScriptedPeer peer = osd(mode, MessengerTest::echo);
        Told told = new Told();
        Connection connection = connect(messenger, peer.address(), mode, told);
        int[] sizes = {0, 1, 15, 4096, 65_536, 1 << 20, (4 << 20) + 3, 17 << 20};
        for (int size : sizes) {
            connection.send(Payload.of(42, 8, 3, size, direct(100), direct(size)));
        }
        for (int size : sizes) {
            Payload back = told.next();
            assertThat(back.tid()).isEqualTo(size);
            assertThat(Arrays.equals(ByteBufUtil.getBytes(back.data()), random(size)))
                    .as("%d bytes", size)
                    .isTrue();
            assertThat(back.front().readableBytes()).isEqualTo(100);
            back.release();
        }
        assertThat(told.closed).isNotDone();
        assertThat(connection.mode()).isEqualTo(mode);
    }

    @Test
    void messagesOfOneThreadStayInOrder() throws Exception {
        ScriptedPeer peer = osd(ConnectionAuth.CRC, MessengerTest::echo);
        Told told = new Told();
        Connection connection = connect(messenger, peer.address(), ConnectionAuth.CRC, told);
        int each = 2_000;
        List<Thread> threads = new ArrayList<>();
        for (int from = 0; from < 3; from++) {
            int type = 100 + from;
            Thread thread = new Thread(() -> {
                for (int tid = 1; tid <= each; tid++) {
                    connection.send(Payload.of(type, 1, 1, tid, Unpooled.EMPTY_BUFFER));
                }
            });
            threads.add(thread);
            thread.start();
        }
        long[] last = new long[3];
        for (int i = 0; i < 3 * each; i++) {
            Payload message = told.next();
            assertThat(message.tid()).isEqualTo(++last[message.type() - 100]);
            message.release();
        }
        for (Thread thread : threads) {
            thread.join();
        }
    }

    @Test
    @Covers({"A02", "A33"})
    void everyConnectionHasOneAddressAndAHigherSequence() throws Exception {
        ScriptedPeer peer = osd(ConnectionAuth.CRC, MessengerTest::echo);
        for (int i = 0; i < 3; i++) {
            Told told = new Told();
            connect(messenger, peer.address(), ConnectionAuth.CRC, told);
            told.ready.get(30, TimeUnit.SECONDS);
        }
        EntityAddr own = EntityAddr.of(EntityAddr.ANY, messenger.nonce(), new byte[] {127, 0, 0, 1}, 0);

        assertThat(messenger.ownAddress()).isEqualTo(own);
        assertThat(peer.sessions()).hasSize(3).allMatch(session -> session.client()
                .equals(own));
        assertThat(peer.sessions()).extracting(ScriptedPeer.Session::globalSeq).containsExactly(1L, 2L, 3L);
        assertThat(messenger(UnaryOperator.identity()).nonce()).isNotZero().isNotEqualTo(messenger.nonce());
    }

    @Test
    @Covers("A46")
    void goesWhereTheTranslatorSays() throws Exception {
        EntityAddr behindNat = EntityAddr.of(EntityAddr.MSGR2, 9, new byte[] {(byte) 192, 0, 2, 1}, 6800);
        ScriptedPeer peer =
                new ScriptedPeer(loops.next(), EntityName.OSD, ConnectionAuth.CRC, behindNat, MessengerTest::echo);
        open.add(peer);
        Told told = new Told();
        Messenger translating =
                messenger(address -> address.equals(behindNat.toSocketAddress()) ? peer.listening() : address);
        connect(translating, behindNat, ConnectionAuth.CRC, told);

        assertThat(told.ready.get(30, TimeUnit.SECONDS).peer()).isEqualTo(behindNat);
    }

    @Test
    void aRefusedConnectionSaysSo() throws Exception {
        int port;
        try (ServerSocket gone = new ServerSocket(0)) {
            port = gone.getLocalPort();
        }
        Told told = new Told();
        connect(messenger, EntityAddr.msgr2(new InetSocketAddress("127.0.0.1", port)), ConnectionAuth.CRC, told);

        assertThat(told.closed().errno()).isEqualTo(Errno.ECONNREFUSED);
        assertThat(told.closed()).hasMessageContaining("connecting to osd v2:127.0.0.1:" + port);
    }

    @Test
    void anAddressThatIsNotResolvedIsNoReasonToHang() throws Exception {
        Told told = new Told();
        Messenger broken = messenger(address -> InetSocketAddress.createUnresolved("no.such.host.invalid", 1));
        connect(broken, EntityAddr.msgr2(new InetSocketAddress("127.0.0.1", 1)), ConnectionAuth.CRC, told);

        assertThat(told.closed().errno()).isEqualTo(Errno.ENETUNREACH);
    }

    @Test
    @Covers("A25")
    void aPortThatSaysNothingIsGivenUp() throws Exception {
        try (ServerSocket silent = new ServerSocket(0)) {
            Messenger hasty = new Messenger(Environment.system(), UnaryOperator.identity(), Duration.ofMillis(150));
            Told told = new Told();
            connect(hasty, EntityAddr.msgr2(new InetSocketAddress("127.0.0.1", silent.getLocalPort())), 1, told);

            assertThat(told.closed())
                    .isInstanceOf(DeadlineException.class)
                    .hasMessageContaining("waiting for a banner for 150 ms")
                    .extracting(late -> ((DeadlineException) late).sent())
                    .isEqualTo(DeadlineException.Sent.NEVER_SENT);
        }
    }

    @Test
    @Covers("A01")
    void aPortOfMessenger1IsRecognized() throws Exception {
        try (ServerSocket old = new ServerSocket(0)) {
            Thread daemon = new Thread(() -> {
                try (var socket = old.accept()) {
                    socket.getOutputStream().write("ceph v027".getBytes());
                    socket.getInputStream().readAllBytes();
                } catch (IOException reset) {
                    // the client hung up, as it should
                }
            });
            daemon.start();
            Told told = new Told();
            connect(messenger, EntityAddr.msgr2(new InetSocketAddress("127.0.0.1", old.getLocalPort())), 1, told);

            assertThat(told.closed()).hasMessageContaining("messenger version 1 answers");
            daemon.join();
        }
    }

    /** A daemon that shuts down sends what it still has, and then nothing. */
    @Test
    @Covers("A28")
    void aPeerThatOnlyStopsSendingIsAReset() throws Exception {
        try (ServerSocket leaving = new ServerSocket(0)) {
            CountDownLatch told = new CountDownLatch(1);
            Thread daemon = new Thread(() -> {
                try (var socket = leaving.accept()) {
                    socket.getOutputStream().write("ceph v2\n\20\0".getBytes());
                    socket.shutdownOutput();
                    told.await(30, TimeUnit.SECONDS);
                } catch (IOException | InterruptedException reset) {
                    // the client hung up, as it should
                }
            });
            daemon.start();
            Told listener = new Told();
            connect(
                    messenger,
                    EntityAddr.msgr2(new InetSocketAddress("127.0.0.1", leaving.getLocalPort())),
                    1,
                    listener);

            assertThat(listener.closed().errno()).isEqualTo(Errno.ECONNRESET);
            told.countDown();
            daemon.join();
        }
    }

    @Test
    @Covers("A28")
    void theEndOfThePeerIsTold() throws Exception {
        ScriptedPeer peer = osd(ConnectionAuth.SECURE, MessengerTest::echo);
        Told told = new Told();
        connect(messenger, peer.address(), ConnectionAuth.SECURE, told);
        told.ready.get(30, TimeUnit.SECONDS);
        peer.close();

        assertThat(told.closed().errno()).isEqualTo(Errno.ECONNRESET);
    }

    @Test
    void closingTellsThePeerAndNotTheListener() throws Exception {
        CountDownLatch came = new CountDownLatch(1);
        ScriptedPeer peer = osd(ConnectionAuth.CRC, (session, message) -> {
            message.release();
            came.countDown();
        });
        Told told = new Told();
        Connection connection = connect(messenger, peer.address(), ConnectionAuth.CRC, told);
        connection.send(Payload.of(2, 1, 1, 1, Unpooled.EMPTY_BUFFER));
        assertThat(came.await(30, TimeUnit.SECONDS)).isTrue();
        connection.close();
        peer.sessions().get(0).ended().get(30, TimeUnit.SECONDS);

        assertThat(told.closed).isNotDone();
    }

    @Test
    void nothingRemainsOfClosedLoops() throws Exception {
        ScriptedPeer peer = osd(ConnectionAuth.CRC, MessengerTest::echo);
        NettyLoops own = new NettyLoops(2, "short-lived");
        Told told = new Told();
        Connection connection =
                messenger.connect(peer.address(), EntityName.OSD, new TestAuth(ConnectionAuth.CRC), told, own.next());
        told.ready.get(30, TimeUnit.SECONDS);
        own.close().get(30, TimeUnit.SECONDS);
        ByteBuf late = direct(1000);
        connection.send(Payload.of(2, 1, 1, 1, late));
        connection.close();

        assertThat(told.closed()).isInstanceOf(ClosedException.class).hasMessageContaining("threads were stopped");
        assertThat(late.refCnt()).isZero();
        peer.sessions().get(0).ended().get(30, TimeUnit.SECONDS);
        for (Thread thread : Thread.getAllStackTraces().keySet()) {
            if (thread.getName().startsWith("short-lived")) {
                thread.join(10_000);
                assertThat(thread.isAlive()).isFalse();
            }
        }
    }

    /** The moment in which Netty ends a loop without a look at its channels: while a task of it runs. */
    @Test
    void aConnectionIsToldThatItsLoopEndsInTheMiddleOfATask() throws Exception {
        ScriptedPeer peer = osd(ConnectionAuth.CRC, MessengerTest::echo);
        NettyLoops own = new NettyLoops(1, "busy");
        Told told = new Told();
        NettyLoop loop = own.next();
        messenger.connect(peer.address(), EntityName.OSD, new TestAuth(ConnectionAuth.CRC), told, loop);
        told.ready.get(30, TimeUnit.SECONDS);
        CountDownLatch busy = new CountDownLatch(1);
        CountDownLatch closing = new CountDownLatch(1);
        loop.execute(() -> {
            busy.countDown();
            try {
                closing.await();
            } catch (InterruptedException never) {
                Thread.currentThread().interrupt();
            }
        });
        busy.await();
        CompletableFuture<Void> closed = own.close();
        closing.countDown();
        closed.get(30, TimeUnit.SECONDS);

        assertThat(told.closed()).isInstanceOf(ClosedException.class);
        peer.sessions().get(0).ended().get(30, TimeUnit.SECONDS);
    }

    @Test
    void aConnectionThatClosedLoopsAreAskedForIsToldSo() throws Exception {
        ScriptedPeer peer = osd(ConnectionAuth.CRC, MessengerTest::echo);
        NettyLoops own = new NettyLoops(1, "ended");
        own.close().get(30, TimeUnit.SECONDS);
        Told told = new Told();
        messenger.connect(peer.address(), EntityName.OSD, new TestAuth(ConnectionAuth.CRC), told, own.next());

        assertThat(told.closed()).isInstanceOf(ClosedException.class);
        assertThat(peer.sessions()).isEmpty();
    }

    @Test
    void aTranslatorThatThrowsFailsTheConnection() throws Exception {
        Told told = new Told();
        Messenger broken = messenger(address -> {
            throw new IllegalArgumentException("no such network");
        });
        connect(broken, EntityAddr.msgr2(new InetSocketAddress("127.0.0.1", 1)), ConnectionAuth.CRC, told);

        assertThat(told.closed()).hasRootCauseMessage("no such network");
    }

    @Test
    void aLoopRefusesToWait() throws Exception {
        CompletableFuture<Throwable> thrown = new CompletableFuture<>();
        CompletableFuture<Void> never = new CompletableFuture<>();
        loops.next().execute(() -> {
            try {
                Wait.on(never);
            } catch (RadosException | IllegalStateException refused) {
                thrown.complete(refused);
            }
        });

        assertThat(thrown.get(30, TimeUnit.SECONDS)).isInstanceOf(IllegalStateException.class);
        assertThat(Thread.currentThread()).isNotInstanceOf(LoopThread.class);
    }

    @Test
    void timersOfALoopRunOnItAndCanBeCancelled() throws Exception {
        NettyLoop loop = loops.next();
        CompletableFuture<Boolean> on = new CompletableFuture<>();
        CompletableFuture<Boolean> cancelled = new CompletableFuture<>();
        loop.schedule(Duration.ofMillis(5), () -> cancelled.complete(true)).cancel();
        loop.schedule(Duration.ofMillis(20), () -> on.complete(loop.inLoop()));

        assertThat(on.get(30, TimeUnit.SECONDS)).isTrue();
        assertThat(cancelled).isNotDone();
        assertThat(loop.inLoop()).isFalse();
    }

    @Test
    void aBlankAddressIsACallersMistake() {
        assertThatThrownBy(() -> connect(messenger, EntityAddr.BLANK, 1, new Told()))
                .isInstanceOf(IllegalStateException.class);
    }
}
