package io.jrados.msgr;

import static org.assertj.core.api.Assertions.assertThat;

import io.jrados.auth.AuthDone;
import io.jrados.auth.ConnectionAuth;
import io.jrados.error.DeadlineException;
import io.jrados.error.Errno;
import io.jrados.testkit.Covers;
import io.jrados.wire.EntityAddr;
import io.jrados.wire.Payload;
import io.jrados.wire.Utime;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class WireConnectionTest {
    private final List<Talk> talks = new ArrayList<>();

    private Talk talk(Talk talk) {
        talks.add(talk);
        return talk;
    }

    @AfterEach
    void endAll() {
        talks.forEach(Talk::end);
    }

    private static Payload message(long tid, ByteBuf data) {
        return Payload.of(42, 8, 3, tid, Unpooled.copiedBuffer("front" + tid, StandardCharsets.US_ASCII), data);
    }

    private static ByteBuf direct(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return Unpooled.directBuffer(length).writeBytes(bytes);
    }

    @ParameterizedTest
    @ValueSource(ints = {ConnectionAuth.CRC, ConnectionAuth.SECURE})
    @Covers({"A01", "A02", "A08", "A10", "A11", "A12", "A13", "A16", "A18", "A19"})
    void shakesHands(int mode) {
        Talk talk = talk(new Talk(mode)).open();

        assertThat(talk.events).containsExactly("ready");
        assertThat(talk.daemon.seen())
                .containsExactly(
                        Tag.HELLO,
                        Tag.AUTH_REQUEST,
                        Tag.AUTH_REQUEST_MORE,
                        Tag.AUTH_SIGNATURE,
                        Tag.COMPRESSION_REQUEST,
                        Tag.CLIENT_IDENT);
        assertThat(talk.connection.mode()).isEqualTo(mode);
        assertThat(talk.connection.globalId()).isEqualTo(TestAuth.GLOBAL_ID);
        assertThat(talk.connection.features()).isEqualTo(FeatureBits.OFFERED);
        assertThat(talk.connection.peer()).isEqualTo(Talk.OSD);
        assertThat(talk.connection.ownAddress())
                .isEqualTo(EntityAddr.of(EntityAddr.ANY, talk.messenger.nonce(), new byte[] {127, 0, 0, 1}, 0))
                .isEqualTo(talk.daemon.client())
                .isEqualTo(talk.messenger.ownAddress());
    }

    @ParameterizedTest
    @ValueSource(ints = {ConnectionAuth.CRC, ConnectionAuth.SECURE})
    @Covers({"A22", "A27"})
    void messagesGoBothWays(int mode) {
        List<String> bodies = new ArrayList<>();
        Talk talk = talk(new Talk(mode, (connection, message) -> {
            bodies.add(message.type() + " " + message.front().toString(StandardCharsets.US_ASCII) + " "
                    + message.data().readableBytes());
            message.release();
        }));
        talk.connection.send(message(1, direct(100)));
        talk.open();
        talk.connection.send(message(2, direct(70_000)));
        talk.pump();
        for (Payload message : talk.received) {
            talk.daemon.send(message(message.tid(), message.data().retain()));
        }
        talk.pump();

        assertThat(talk.events).containsExactly("ready", "message 1", "message 2");
        assertThat(bodies).containsExactly("42 front1 100", "42 front2 70000");
    }

    /** An OSD that sends faster than the client's own loop works, and what it was not asked for. */
    @Test
    @Covers("A38")
    void aSocketIsNotReadWhileTooMuchIsPutAside() {
        List<Payload> aside = new ArrayList<>();
        Talk talk = talk(new Talk(ConnectionAuth.CRC, (connection, message) -> aside.add(message)));
        talk.open();
        int mib = 1 << 20;
        int sent = (int) (ReceiveBudget.MOST_ASIDE_BYTES / mib);
        for (int i = 0; i < sent; i++) {
            assertThat(talk.wire.config().isAutoRead()).isTrue();
            talk.daemon.send(message(i, direct(mib)));
            talk.pump();
        }
        assertThat(talk.wire.config().isAutoRead()).isFalse();
        assertThat(talk.connection.awaitsMemory()).isTrue();

        for (Payload message : aside) {
            talk.connection.takenUp(message);
            message.release();
        }
        talk.pump();
        assertThat(talk.wire.config().isAutoRead()).isTrue();
        assertThat(talk.connection.awaitsMemory()).isFalse();
    }

    @Test
    void withoutAuthenticationNothingIsSigned() {
        ConnectionAuth none = new ConnectionAuth() {
            @Override
            public int method() {
                return NONE;
            }

            @Override
            public List<Integer> modes() {
                return List.of(CRC);
            }

            @Override
            public byte[] begin() {
                return new byte[0];
            }

            @Override
            public byte[] onBadMethod(int method, int result, List<Integer> methods, List<Integer> modes) {
                throw new AssertionError();
            }

            @Override
            public byte[] onMore(byte[] challenge) {
                throw new AssertionError();
            }

            @Override
            public AuthDone onDone(long globalId, int mode, byte[] payload) {
                return new AuthDone(globalId, mode, new byte[0], new byte[0]);
            }
        };
        Talk talk = talk(new Talk(ConnectionAuth.CRC, none, (connection, message) -> message.release()))
                .open();

        assertThat(talk.events).containsExactly("ready");
    }

    @Test
    @Covers("A09")
    void modesThatDoNotMeetEndItWithBothLists() {
        Talk talk = talk(new Talk(
                        ConnectionAuth.SECURE,
                        new TestAuth(ConnectionAuth.CRC),
                        (connection, message) -> message.release()))
                .open();

        assertThat(talk.events).containsExactly("closed");
        assertThat(talk.closedBy).hasMessageContaining("[1]").hasMessageContaining("[2]");
        assertThat(talk.closedBy.errno()).isEqualTo(Errno.EACCES);
    }

    @Test
    void whatIsSentInOneTurnLeavesInOneFlush() {
        Talk talk = talk(new Talk(ConnectionAuth.CRC)).open();
        int before = talk.wire.flushes;
        for (int tid = 1; tid <= 50; tid++) {
            talk.connection.send(message(tid, direct(10)));
        }
        assertThat(talk.wire.outboundMessages())
                .as("nothing leaves inside of send")
                .isEmpty();
        talk.loop.run();

        assertThat(talk.wire.flushes - before).isOne();
        talk.pump();
        assertThat(talk.received).hasSize(50);
    }

    @Test
    void inCrcModeDataIsNotCopied() {
        Talk talk = talk(new Talk(ConnectionAuth.CRC)).open();
        ByteBuf data = direct(1 << 20);
        ByteBuf small = direct(16);
        talk.connection.send(message(1, data));
        talk.connection.send(message(2, small));
        talk.loop.run();

        List<Object> pieces = List.copyOf(talk.wire.outboundMessages());
        assertThat(pieces).as("glue and data take turns").hasSize(5);
        assertThat(pieces.get(1)).isSameAs(data);
        assertThat(pieces.get(3)).isSameAs(small);
        talk.pump();
        assertThat(talk.received).hasSize(2);
    }

    /** The channel would copy a composite buffer. */
    @Test
    void inCrcModeTheParentsOfACompositeAreNotCopied() {
        Talk talk = talk(new Talk(ConnectionAuth.CRC)).open();
        ByteBuf left = direct(5000);
        ByteBuf right = direct(3000);
        ByteBuf both = Unpooled.wrappedBuffer(left, right);
        String hex = ByteBufUtil.hexDump(both);
        talk.connection.send(message(1, both.retainedDuplicate()));
        talk.loop.run();

        List<Object> pieces = List.copyOf(talk.wire.outboundMessages());
        assertThat(pieces).hasSize(4);
        assertThat(Addresses.of((ByteBuf) pieces.get(1))).isEqualTo(Addresses.of(left));
        assertThat(Addresses.of((ByteBuf) pieces.get(2))).isEqualTo(Addresses.of(right));
        talk.pump();
        assertThat(ByteBufUtil.hexDump(talk.received.get(0).data())).isEqualTo(hex);
        both.release();
        assertThat(left.refCnt()).isZero();
        assertThat(right.refCnt()).isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {ConnectionAuth.CRC, ConnectionAuth.SECURE})
    void aUsersBufferMayBeOnTheHeap(int mode) {
        Talk talk = talk(new Talk(mode)).open();
        talk.connection.send(message(1, Unpooled.wrappedBuffer(ByteBuffer.wrap(new byte[] {0, 1, 2, 3, 4}, 1, 3))));
        talk.pump();

        assertThat(ByteBufUtil.hexDump(talk.received.get(0).data())).isEqualTo("010203");
    }

    /** The ways in which a message that was sent can end. */
    enum HowItEnds {
        WRITTEN {
            @Override
            void happen(Talk talk, Payload message) {
                talk.connection.send(message);
                talk.pump();
                talk.received.forEach(Payload::release);
                talk.received.clear();
            }
        },
        CLOSED_WHILE_QUEUED {
            @Override
            void happen(Talk talk, Payload message) {
                talk.connection.send(message);
                talk.connection.close();
                talk.pump();
            }
        },
        CLOSED_WHILE_IN_THE_CHANNEL {
            @Override
            void happen(Talk talk, Payload message) {
                talk.wire.stalled = true;
                talk.connection.send(message);
                talk.loop.run();
                talk.connection.close();
                talk.loop.run();
            }
        },
        PEER_GONE {
            @Override
            void happen(Talk talk, Payload message) {
                talk.wire.stalled = true;
                talk.connection.send(message);
                talk.loop.run();
                talk.wire.close();
                talk.loop.run();
                assertThat(talk.events).contains("closed");
            }
        },
        SENT_AFTER_CLOSE {
            @Override
            void happen(Talk talk, Payload message) {
                talk.connection.close();
                talk.connection.send(message);
                talk.pump();
            }
        },
        SENT_AFTER_THE_PEER_WENT {
            @Override
            void happen(Talk talk, Payload message) {
                talk.wire.close();
                talk.connection.send(message);
                talk.pump();
            }
        };

        abstract void happen(Talk talk, Payload message);
    }

    @ParameterizedTest
    @EnumSource(HowItEnds.class)
    void theMessageIsReleasedHoweverItEnds(HowItEnds end) {
        for (int mode : new int[] {ConnectionAuth.CRC, ConnectionAuth.SECURE}) {
            Talk talk = talk(new Talk(mode)).open();
            ByteBuf front = direct(3000);
            ByteBuf middle = direct(2000);
            ByteBuf data = direct(4096);
            end.happen(talk, new Payload(42, 8, 3, 9, 127, front, middle, data));
            for (Object piece : talk.wire.outboundMessages()) {
                ((ByteBuf) piece).release();
            }
            talk.wire.outboundMessages().clear();

            assertThat(front.refCnt()).isZero();
            assertThat(middle.refCnt()).isZero();
            assertThat(data.refCnt()).isZero();
        }
    }

    @Test
    void aMessageSentBeforeTheHandshakeIsReleasedWhenThatFails() {
        Talk talk = talk(new Talk(
                ConnectionAuth.SECURE, new TestAuth(ConnectionAuth.CRC), (connection, message) -> message.release()));
        ByteBuf data = direct(4096);
        talk.connection.send(message(1, data));
        talk.open();

        assertThat(talk.events).containsExactly("closed");
        assertThat(data.refCnt()).isZero();
    }

    @Test
    void aClosedConnectionSaysNothingMore() {
        Talk talk = talk(new Talk(ConnectionAuth.CRC)).open();
        talk.daemon.send(message(1, direct(5)));
        talk.connection.close();
        talk.pump();
        talk.loop.pass(Duration.ofSeconds(100));

        assertThat(talk.events).containsExactly("ready");
        assertThat(talk.wire.isOpen()).isFalse();
    }

    @Test
    void closingOnAMessageStopsTheRest() {
        Talk talk = talk(new Talk(ConnectionAuth.CRC, (connection, message) -> {
            message.release();
            connection.close();
        }));
        talk.open();
        talk.daemon.send(message(1, direct(5)));
        talk.daemon.send(message(2, direct(5)));
        talk.pump();

        assertThat(talk.events).containsExactly("ready", "message 1");
    }

    @Test
    void aListenerThatFailsCostsItsConnection() {
        Talk talk = talk(new Talk(ConnectionAuth.CRC, (connection, message) -> {
            message.release();
            throw new IllegalStateException("a bug");
        }));
        talk.open();
        talk.daemon.send(message(1, direct(5)));
        talk.pump();

        assertThat(talk.events).containsExactly("ready", "message 1", "closed");
        assertThat(talk.closedBy).hasRootCauseMessage("a bug");
        assertThat(talk.closedBy.errno()).isEqualTo(Errno.EIO);
    }

    @Test
    void aPeerThatHangsUpIsAReset() {
        Talk talk = talk(new Talk(ConnectionAuth.CRC)).open();
        talk.wire.close();

        assertThat(talk.closedBy)
                .hasMessage("talking to osd v2:10.0.0.3:6800/7, waiting for messages: connection reset (ECONNRESET)");
    }

    @Test
    @Covers("A25")
    void whatIsNotReadyInTimeSaysWhatItWaitedFor() {
        Talk talk = talk(new Talk(ConnectionAuth.CRC)).begin();
        talk.loop.run();
        talk.clientToDaemon();
        talk.daemonToClient();
        talk.loop.pass(Duration.ofMillis(9_999));
        assertThat(talk.events).isEmpty();
        talk.loop.pass(Duration.ofMillis(1));

        assertThat(talk.closedBy)
                .isInstanceOf(DeadlineException.class)
                .hasMessageContaining(
                        "connecting to osd v2:10.0.0.3:6800/7, waiting for HELLO for 10000 ms (never sent)");
        assertThat(talk.wire.isOpen()).isFalse();
    }

    @Test
    @Covers("A25")
    void aReadyConnectionStaysThoughNothingIsSaid() {
        Talk talk = talk(new Talk(ConnectionAuth.CRC)).open();
        talk.loop.pass(Duration.ofHours(3));

        assertThat(talk.events).containsExactly("ready");
    }

    @Test
    @Covers("A24")
    void answersKeepalivesAndRemembersWhenItsOwnWereSent() {
        Talk talk = talk(new Talk(ConnectionAuth.SECURE)).open();
        long ready = talk.loop.nanoTime();
        assertThat(talk.connection.lastKeepaliveAckNanos()).isEqualTo(ready);
        talk.loop.pass(Duration.ofSeconds(10));
        talk.connection.keepalive();
        talk.loop.run();
        talk.loop.pass(Duration.ofSeconds(3));
        talk.daemon.send(ControlFrames.keepalive(Tag.KEEPALIVE2, new Utime(1, 2)));
        talk.pump();

        assertThat(talk.daemon.seen()).endsWith(Tag.KEEPALIVE2, Tag.KEEPALIVE2_ACK);
        assertThat(talk.connection.lastKeepaliveAckNanos()).isEqualTo(ready + 10_000_000_000L);
        assertThat(talk.connection.lastReceivedNanos()).isEqualTo(ready + 13_000_000_000L);
    }

    @Test
    void aKeepaliveOfTheFutureIsNow() {
        Talk talk = talk(new Talk(ConnectionAuth.CRC)).open();
        talk.daemon.send(ControlFrames.keepalive(Tag.KEEPALIVE2_ACK, new Utime(4_000_000_000L, 0)));
        talk.pump();

        assertThat(talk.connection.lastKeepaliveAckNanos()).isEqualTo(talk.loop.nanoTime());
    }

    @Test
    void aPeerThatAsksAndDoesNotReadGetsOneAnswer() {
        Talk talk = talk(new Talk(ConnectionAuth.CRC)).open();
        talk.wire.stalled = true;
        talk.connection.send(message(1, direct(4 << 20)));
        talk.loop.run();
        assertThat(talk.wire.isWritable()).isFalse();
        for (int i = 0; i < 300; i++) {
            talk.daemon.send(ControlFrames.keepalive(Tag.KEEPALIVE2, new Utime(i, 0)));
            talk.daemonToClient();
        }
        talk.goOn();
        talk.pump();

        assertThat(talk.daemon.seen()).filteredOn(Tag.KEEPALIVE2_ACK::equals).hasSize(1);
    }

    @Test
    void aSlowPeerIsFelt() {
        Talk talk = talk(new Talk(ConnectionAuth.CRC)).open();
        talk.wire.stalled = true;
        ByteBuf data = direct(1 << 20);
        for (int tid = 1; tid <= 40; tid++) {
            talk.connection.send(message(tid, data.retainedDuplicate()));
            talk.loop.run();
        }
        assertThat(talk.connection.isWritable()).isFalse();
        assertThat(talk.events).containsExactly("ready");
        talk.goOn();
        talk.pump();

        assertThat(talk.events).containsExactly("ready", "writable");
        assertThat(talk.connection.isWritable()).isTrue();
        assertThat(talk.received).hasSize(40).extracting(Payload::tid).isSorted();
        data.release();
    }

    @Test
    void aQueueWithoutEndEndsTheConnection() {
        Talk talk = talk(new Talk(ConnectionAuth.CRC)).open();
        talk.wire.stalled = true;
        ByteBuf data = direct(16 << 20);
        for (int tid = 1; tid <= 40; tid++) {
            talk.connection.send(message(tid, data.retainedDuplicate()));
        }
        talk.loop.run();

        assertThat(talk.events).containsExactly("ready", "closed");
        assertThat(talk.closedBy.errno()).isEqualTo(Errno.ENOMEM);
        talk.wire.releaseOutbound();
        assertThat(data.refCnt()).isOne();
        data.release();
    }

    @ParameterizedTest
    @ValueSource(ints = {ConnectionAuth.CRC, ConnectionAuth.SECURE})
    void aFlippedBitCostsTheConnection(int mode) {
        Talk talk = talk(new Talk(mode)).open();
        talk.wire.writeInbound(Unpooled.wrappedBuffer(new byte[200]));

        assertThat(talk.events).containsExactly("ready", "closed");
        assertThat(talk.closedBy.errno()).isEqualTo(Errno.EBADMSG);
    }

    @Test
    @Covers("A22")
    void aMessageBeforeTheHandshakeIsRefused() {
        Talk talk = talk(new Talk(ConnectionAuth.CRC)).begin();
        talk.loop.run();
        talk.daemon.send(message(1, direct(5)));
        talk.daemonToClient();

        assertThat(talk.events).containsExactly("closed");
        assertThat(talk.closedBy).hasMessageContaining("MESSAGE while waiting for HELLO");
    }
}
