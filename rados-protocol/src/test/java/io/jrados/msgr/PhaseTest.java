package io.jrados.msgr;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jrados.auth.AuthDone;
import io.jrados.auth.ConnectionAuth;
import io.jrados.crypto.Hmac;
import io.jrados.error.Errno;
import io.jrados.error.MalformedException;
import io.jrados.error.RadosException;
import io.jrados.testkit.Covers;
import io.jrados.wire.Decoder;
import io.jrados.wire.Encoder;
import io.jrados.wire.EntityAddr;
import io.jrados.wire.EntityName;
import io.jrados.wire.Payload;
import io.jrados.wire.Utime;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class PhaseTest {
    /** The drawing of {@link Phase}. */
    private static final Map<Class<? extends Phase>, Set<Tag>> EXPECTED = Map.of(
            Hello.class, EnumSet.of(Tag.HELLO),
            Authenticate.class, EnumSet.of(Tag.AUTH_BAD_METHOD, Tag.AUTH_REPLY_MORE, Tag.AUTH_DONE),
            Sign.class, EnumSet.of(Tag.AUTH_SIGNATURE),
            Compress.class, EnumSet.of(Tag.COMPRESSION_DONE),
            Identify.class, EnumSet.of(Tag.SERVER_IDENT, Tag.IDENT_MISSING_FEATURES),
            Open.class, EnumSet.of(Tag.MESSAGE, Tag.KEEPALIVE2, Tag.KEEPALIVE2_ACK, Tag.ACK));

    /** The frames that only a peer sends that remembers an earlier session. */
    private static final Set<Tag> EARLIER_SESSION = EnumSet.of(
            Tag.SESSION_RESET, Tag.SESSION_RETRY, Tag.SESSION_RETRY_GLOBAL, Tag.SESSION_RECONNECT_OK, Tag.WAIT);

    private static final EntityAddr OSD = EntityAddr.of(EntityAddr.MSGR2, 1234, new byte[] {10, 0, 0, 7}, 6800);
    private static final EntityAddr SEEN = EntityAddr.of(EntityAddr.MSGR2, 5, new byte[] {10, 0, 0, 99}, 41000);
    private static final EntityAddr LOCAL = EntityAddr.of(EntityAddr.MSGR2, 0, new byte[] {127, 0, 0, 1}, 41000);
    private static final EntityAddr OWN = EntityAddr.of(EntityAddr.ANY, 77, new byte[] {10, 0, 0, 99}, 0);
    private static final byte[] SIGNATURE = new byte[Hmac.SHA256_LENGTH];

    private final Terms terms = terms(new TestAuth(ConnectionAuth.SECURE, ConnectionAuth.CRC));

    private static Terms terms(ConnectionAuth auth) {
        return new Terms(
                OSD, EntityName.OSD, LOCAL, false, List.of(), 3, auth, new ClientIdentity(77), new Transcript());
    }

    private static List<Phase> phases() {
        Terms terms = terms(new TestAuth(ConnectionAuth.CRC));
        return List.of(
                new Hello(terms),
                new Authenticate(terms, SEEN, 0),
                new Sign(terms, SEEN, 1, ConnectionAuth.CRC, SIGNATURE),
                new Compress(terms, OWN, 1, ConnectionAuth.CRC),
                new Identify(terms, OWN, 1, ConnectionAuth.CRC),
                new Open(OWN, 1, ConnectionAuth.CRC, 0));
    }

    static Stream<Arguments> everyPair() {
        return phases().stream().flatMap(phase -> Stream.of(Tag.values()).map(tag -> Arguments.of(phase, tag)));
    }

    @ParameterizedTest
    @MethodSource("everyPair")
    @Covers("A21")
    void takesTheFramesOfItsTableAndNoOther(Phase phase, Tag tag) {
        Frame empty = Frame.control(tag, Unpooled.EMPTY_BUFFER);
        if (EXPECTED.get(phase.getClass()).contains(tag)) {
            assertThatThrownBy(() -> phase.on(empty))
                    .as("an empty frame is read, and too short")
                    .isInstanceOf(MalformedException.class)
                    .hasMessageNotContaining("while waiting");
        } else if (phase instanceof Identify && EARLIER_SESSION.contains(tag)) {
            assertThatThrownBy(() -> phase.on(empty))
                    .isInstanceOfSatisfying(RadosException.class, reset -> assertThat(reset.errno())
                            .isEqualTo(Errno.ECONNRESET))
                    .hasMessageContaining(tag.name());
        } else {
            assertThatThrownBy(() -> phase.on(empty))
                    .isInstanceOf(MalformedException.class)
                    .hasMessageContaining(tag.name())
                    .hasMessageContaining("while waiting for " + phase.awaits());
        }
    }

    static Stream<Arguments> wellFormed() {
        Terms terms = terms(new TestAuth(ConnectionAuth.CRC));
        return Stream.of(
                Arguments.of(new Hello(terms), hello(EntityName.OSD, SEEN)),
                Arguments.of(new Authenticate(terms, SEEN, 0), badMethod(-11)),
                Arguments.of(
                        new Authenticate(terms, SEEN, 0), frame(Tag.AUTH_REPLY_MORE, out -> out.bytes(new byte[5]))),
                Arguments.of(new Authenticate(terms, SEEN, 0), authDone(ConnectionAuth.CRC)),
                Arguments.of(
                        new Sign(terms, SEEN, 1, ConnectionAuth.CRC, SIGNATURE),
                        ControlFrames.authSignature(SIGNATURE)),
                Arguments.of(new Compress(terms, OWN, 1, ConnectionAuth.CRC), compressionDone(false, 0)),
                Arguments.of(new Identify(terms, OWN, 1, ConnectionAuth.CRC), serverIdent(List.of(OSD), -1, 0)),
                Arguments.of(new Open(OWN, 1, 1, 0), ControlFrames.keepalive(Tag.KEEPALIVE2, new Utime(1, 2))),
                Arguments.of(new Open(OWN, 1, 1, 0), ControlFrames.keepalive(Tag.KEEPALIVE2_ACK, new Utime(1, 2))),
                Arguments.of(new Open(OWN, 1, 1, 0), frame(Tag.ACK, out -> out.u64(0))));
    }

    @ParameterizedTest
    @MethodSource("wellFormed")
    void refusesEveryTruncation(Phase phase, Frame frame) throws RadosException {
        byte[] whole = ByteBufUtil.getBytes(frame.header());
        for (int length = 0; length < whole.length; length++) {
            Frame cut = Frame.control(frame.tag(), Unpooled.wrappedBuffer(whole, 0, length));
            assertThatThrownBy(() -> phase.on(cut)).as("%d bytes", length).isInstanceOf(MalformedException.class);
        }
        assertThat(phase.on(frame)).isNotNull();
    }

    @Test
    @Covers("A02")
    void beginsWithHelloThatNamesTheTarget() {
        Step step = Hello.begin(terms);

        assertThat(step.next()).isEqualTo(new Hello(terms));
        Decoder hello = only(step, Tag.HELLO);
        assertThat(hello.u8()).isEqualTo(EntityName.CLIENT);
        assertThat(EntityAddr.decode(hello)).isEqualTo(OSD);
    }

    @Test
    @Covers({"A02", "A08"})
    void helloIsFollowedByAuthRequest() throws RadosException {
        Step step = new Hello(terms).on(hello(EntityName.OSD, SEEN));

        assertThat(step.next()).isEqualTo(new Authenticate(terms, SEEN, 0));
        Decoder request = only(step, Tag.AUTH_REQUEST);
        assertThat(request.i32()).isEqualTo(TestAuth.METHOD);
        assertThat(request.list(4, Decoder::i32)).containsExactly(ConnectionAuth.SECURE, ConnectionAuth.CRC);
        assertThat(request.bytes()).containsExactly(1);
        request.expectEnd();
    }

    @Test
    void peerThatDoesNotSeeTheClientLeavesItsSocketsAddress() throws RadosException {
        Step step = new Hello(terms).on(hello(EntityName.OSD, EntityAddr.BLANK));

        assertThat(step.next()).isEqualTo(new Authenticate(terms, LOCAL, 0));
    }

    @Test
    @Covers("A02")
    void refusesAPeerOfAnotherType() {
        assertThatThrownBy(() -> new Hello(terms).on(hello(EntityName.MON, SEEN)))
                .isInstanceOf(RadosException.class)
                .hasMessageContaining("connecting to osd v2:10.0.0.7:6800/1234")
                .hasMessageContaining("mon answers");
    }

    @Test
    @Covers("A09")
    void badMethodLeadsToAnotherRequest() throws RadosException {
        Step step = new Authenticate(terms, SEEN, 0).on(badMethod(-Errno.EAGAIN.number()));

        assertThat(only(step, Tag.AUTH_REQUEST).skip(4 + 4 + 2 * 4).bytes()).containsExactly(2);
    }

    @Test
    @Covers("A09")
    void badMethodWithoutAnotherEndsWithItsReason() {
        assertThatThrownBy(() -> new Authenticate(terms, SEEN, 0).on(badMethod(-Errno.EACCES.number())))
                .isInstanceOf(RadosException.class)
                .hasMessageContaining("where [2] are allowed")
                .extracting(thrown -> ((RadosException) thrown).errno())
                .isEqualTo(Errno.EACCES);
    }

    @Test
    @Covers("A10")
    void anyNumberOfChallengesIsAnsweredUpToALimit() throws RadosException {
        Phase phase = new Authenticate(terms, SEEN, 0);
        for (int round = 1; round <= 16; round++) {
            byte[] challenge = {1, 2, (byte) round};
            Step step = phase.on(frame(Tag.AUTH_REPLY_MORE, out -> out.bytes(challenge)));
            assertThat(only(step, Tag.AUTH_REQUEST_MORE).bytes()).containsExactly(round, 2, 1);
            phase = step.next();
        }
        Phase tired = phase;
        assertThatThrownBy(() -> tired.on(frame(Tag.AUTH_REPLY_MORE, out -> out.bytes(new byte[1]))))
                .isInstanceOf(MalformedException.class)
                .hasMessageContaining("16 rounds");
    }

    @Test
    @Covers({"A11", "A12"})
    void authDoneIsAnsweredWithTheSignatureOfAllThatWasReceivedUnderTheNewKeys() throws RadosException {
        terms.transcript().received(Unpooled.wrappedBuffer("what came".getBytes()), 0, 9);
        terms.transcript().sent(Unpooled.wrappedBuffer("what went".getBytes()));

        Step step = new Authenticate(terms, SEEN, 0).on(authDone(ConnectionAuth.SECURE));

        assertThat(step.keys()).isNotNull().extracting(AuthDone::mode).isEqualTo(ConnectionAuth.SECURE);
        assertThat(only(step, Tag.AUTH_SIGNATURE).raw(32))
                .isEqualTo(Hmac.sha256(TestAuth.sessionKey(), "what came".getBytes()));
        assertThat(((Sign) step.next()).expected())
                .isEqualTo(Hmac.sha256(TestAuth.sessionKey(), "what went".getBytes()));
    }

    @Test
    @Covers("A12")
    void withoutAKeyTheSignatureIsZero() {
        Transcript transcript = new Transcript();
        transcript.received(Unpooled.wrappedBuffer(new byte[9]), 0, 9);

        assertThat(transcript.signatureOfReceived(new byte[0])).isEqualTo(new byte[32]);
    }

    @Test
    void refusesEndlessTalkBeforeAuthentication() {
        Transcript transcript = new Transcript();
        ByteBuf megabyte = Unpooled.wrappedBuffer(new byte[1 << 20]);
        for (int i = 0; i < 4; i++) {
            transcript.sent(megabyte);
        }
        assertThatThrownBy(() -> transcript.sent(megabyte)).isInstanceOf(MalformedException.class);
    }

    @Test
    @Covers("A11")
    void refusesAModeThatWasNotOffered() {
        Terms crcOnly = terms(new TestAuth(ConnectionAuth.CRC));
        assertThatThrownBy(() -> new Authenticate(crcOnly, SEEN, 0).on(authDone(ConnectionAuth.SECURE)))
                .isInstanceOf(RadosException.class)
                .hasMessageContaining("not offered");
    }

    @Test
    @Covers({"A18", "A33", "A35", "A37"})
    void signatureIsFollowedByTheIdentOfALossyClient() throws RadosException {
        Step step =
                new Sign(terms, SEEN, 4242, ConnectionAuth.CRC, SIGNATURE).on(ControlFrames.authSignature(SIGNATURE));

        assertThat(step.next()).isEqualTo(new Identify(terms, OWN, 4242, ConnectionAuth.CRC));
        Decoder ident = only(step, Tag.CLIENT_IDENT);
        assertThat(EntityAddr.decodeVector(ident)).containsExactly(OWN);
        assertThat(EntityAddr.decode(ident)).isEqualTo(OSD);
        assertThat(ident.i64()).as("global id").isEqualTo(4242);
        assertThat(ident.u64()).as("global seq").isEqualTo(3);
        assertThat(ident.u64()).as("supported").isEqualTo(FeatureBits.OFFERED);
        assertThat(ident.u64()).as("required").isEqualTo(FeatureBits.OSDREPLYMUX | FeatureBits.MSG_ADDR2);
        assertThat(ident.u64()).as("lossy").isEqualTo(1);
        assertThat(ident.u64()).as("cookie").isZero();
        ident.expectEnd();
    }

    private static Frame compressionDone(boolean compresses, int method) {
        return frame(Tag.COMPRESSION_DONE, out -> out.bool(compresses).u32(method));
    }

    private static Terms compressing(List<Compression> methods) {
        return new Terms(
                OSD,
                EntityName.OSD,
                LOCAL,
                true,
                methods,
                3,
                new TestAuth(ConnectionAuth.CRC),
                new ClientIdentity(77),
                new Transcript());
    }

    @Test
    @Covers("A16")
    void compressionIsDeclinedBeforeTheIdent() throws RadosException {
        Step step = new Sign(compressing(List.of()), SEEN, 4242, ConnectionAuth.CRC, SIGNATURE)
                .on(ControlFrames.authSignature(SIGNATURE));
        Decoder request = only(step, Tag.COMPRESSION_REQUEST);
        assertThat(request.bool()).isFalse();
        assertThat(request.u32()).isZero();
        request.expectEnd();

        Step declined = step.next().on(compressionDone(false, 0));
        assertThat(declined.next()).isInstanceOf(Identify.class);
        assertThat(declined.compression()).isNull();
        only(declined, Tag.CLIENT_IDENT);
        assertThatThrownBy(() -> step.next().on(compressionDone(true, 1)))
                .isInstanceOf(MalformedException.class)
                .hasMessageContaining("not offered");
    }

    @Test
    @Covers({"A16", "A17"})
    void compressionIsAskedForInOrderOfPreference() throws RadosException {
        Step step = new Sign(
                        compressing(List.of(Compression.LZ4, Compression.SNAPPY)),
                        SEEN,
                        4242,
                        ConnectionAuth.CRC,
                        SIGNATURE)
                .on(ControlFrames.authSignature(SIGNATURE));
        Decoder request = only(step, Tag.COMPRESSION_REQUEST);
        assertThat(request.bool()).isTrue();
        assertThat(request.list(4, Decoder::i32)).containsExactly(4, 1);

        Step agreed = step.next().on(compressionDone(true, 4));
        assertThat(agreed.compression()).isEqualTo(Compression.LZ4);
        only(agreed, Tag.CLIENT_IDENT);
        assertThatThrownBy(() -> step.next().on(compressionDone(true, 77))).isInstanceOf(MalformedException.class);
    }

    @Test
    @Covers("A12")
    void refusesAWrongSignature() {
        byte[] wrong = SIGNATURE.clone();
        wrong[31] = 1;
        assertThatThrownBy(() ->
                        new Sign(terms, SEEN, 1, ConnectionAuth.CRC, SIGNATURE).on(ControlFrames.authSignature(wrong)))
                .isInstanceOf(RadosException.class)
                .extracting(thrown -> ((RadosException) thrown).errno())
                .isEqualTo(Errno.EBADMSG);
        assertThat(terms.identity().address())
                .as("learned from nobody in between")
                .isEqualTo(EntityAddr.BLANK);
    }

    @Test
    @Covers({"A33", "A46"})
    void theAddressIsLearnedOnce() throws RadosException {
        EntityAddr elsewhere = EntityAddr.of(EntityAddr.MSGR2, 5, new byte[] {10, 0, 1, 1}, 1);
        Step first = new Sign(terms, SEEN, 1, ConnectionAuth.CRC, SIGNATURE).on(ControlFrames.authSignature(SIGNATURE));
        assertThat(terms.identity().address())
                .as("the peer may have sent another, and refuse our signature")
                .isEqualTo(EntityAddr.BLANK);
        first.next().on(serverIdent(List.of(OSD), -1, 0));
        assertThat(terms.identity().address()).isEqualTo(OWN);
        Step step =
                new Sign(terms, elsewhere, 1, ConnectionAuth.CRC, SIGNATURE).on(ControlFrames.authSignature(SIGNATURE));

        assertThat(EntityAddr.decodeVector(only(step, Tag.CLIENT_IDENT))).containsExactly(OWN);
    }

    @Test
    @Covers({"A19", "A35"})
    void serverIdentOpensTheConnectionWithTheFeaturesOfBoth() throws RadosException {
        long supported = FeatureBits.REQUIRED | FeatureBits.SERVER_PACIFIC | 1L << 44;
        Step step = new Identify(terms, OWN, 4242, ConnectionAuth.SECURE)
                .on(serverIdent(List.of(OSD.withType(EntityAddr.LEGACY), OSD), supported, FeatureBits.SERVER_LUMINOUS));

        Open open = (Open) step.next();
        assertThat(step.send()).isEmpty();
        assertThat(FeatureBits.has(open.features(), FeatureBits.SERVER_PACIFIC)).isTrue();
        assertThat(FeatureBits.has(open.features(), 1L << 44)).isFalse();
        assertThat(FeatureBits.has(open.features(), FeatureBits.SERVER_QUINCY)).isFalse();
        assertThat(open.own()).isEqualTo(OWN);
        assertThat(open.globalId()).isEqualTo(4242);
        assertThat(open.mode()).isEqualTo(ConnectionAuth.SECURE);
    }

    @Test
    @Covers("A19")
    void refusesAServerThatIsAnother() {
        assertThatThrownBy(() -> new Identify(terms, OWN, 1, 1).on(serverIdent(List.of(OSD.withNonce(1235)), -1, 0)))
                .isInstanceOf(RadosException.class)
                .hasMessageContaining("10.0.0.7:6800/1234, where [v2:10.0.0.7:6800/1235]")
                .extracting(thrown -> ((RadosException) thrown).errno())
                .isEqualTo(Errno.ECONNRESET);
    }

    @Test
    @Covers({"A20", "A35"})
    void namesTheFeaturesThatThePeerMisses() {
        Identify identify = new Identify(terms, OWN, 1, 1);
        long missing = 1L << 44 | 1L << 21 | 1L << 55;

        assertThatThrownBy(() -> identify.on(frame(Tag.IDENT_MISSING_FEATURES, out -> out.u64(missing))))
                .isInstanceOf(RadosException.class)
                .hasMessageContaining("bit 21 (SERVER_LUMINOUS, RESEND_ON_SPLIT, RADOS_BACKOFF")
                .hasMessageContaining("bit 44 (NVMEOFHA), bit 55:");
        assertThatThrownBy(() -> identify.on(serverIdent(List.of(OSD), -1, missing)))
                .hasMessageContaining("requires features this client lacks: bit 44 (NVMEOFHA), bit 55:");
        assertThatThrownBy(() -> identify.on(serverIdent(List.of(OSD), ~(1L << 12), 0)))
                .hasMessageContaining("lacks features this client requires: bit 12 (OSDREPLYMUX)");
    }

    @Test
    @Covers({"A22", "A23"})
    void messagesAreNumberedFromOneAndAcknowledgeWhatCame() {
        Open open = new Open(OWN, 1, 1, 0);

        assertThat(header(open.frame(ping())))
                .extracting(MessageHeader::seq, MessageHeader::ackSeq)
                .containsExactly(1L, 0L);
        Payload received = open.on(message(5, 1)).message();
        assertThat(received).isNotNull();
        assertThat(received.tid()).isEqualTo(88);
        assertThat(header(open.frame(ping())))
                .extracting(MessageHeader::seq, MessageHeader::ackSeq)
                .containsExactly(2L, 5L);
    }

    @Test
    @Covers("A23")
    void refusesOldNumbersAndAcknowledgementsOfTheFuture() {
        Open open = new Open(OWN, 1, 1, 0);
        open.on(message(5, 0));

        assertThatThrownBy(() -> open.on(message(5, 0))).isInstanceOf(MalformedException.class);
        assertThatThrownBy(() -> open.on(message(4, 0))).isInstanceOf(MalformedException.class);
        assertThatThrownBy(() -> open.on(message(6, 1))).isInstanceOf(MalformedException.class);
        assertThatThrownBy(() -> open.on(frame(Tag.ACK, out -> out.u64(1)))).isInstanceOf(MalformedException.class);
        assertThat(open.on(message(9, 0)).message()).as("a gap").isNotNull();
    }

    @Test
    @Covers("A24")
    void answersAKeepaliveWithItsStampAndRemembersAnAnswer() {
        Open open = new Open(OWN, 1, 1, 0);

        Step step = open.on(ControlFrames.keepalive(Tag.KEEPALIVE2, new Utime(17, 900)));
        assertThat(Utime.decode(only(step, Tag.KEEPALIVE2_ACK))).isEqualTo(new Utime(17, 900));
        assertThat(open.keepaliveAck()).isEqualTo(Utime.ZERO);
        assertThat(open.on(ControlFrames.keepalive(Tag.KEEPALIVE2_ACK, new Utime(3, 4)))
                        .send())
                .isEmpty();
        assertThat(open.keepaliveAck()).isEqualTo(new Utime(3, 4));
    }

    private static Payload ping() {
        return Payload.of(2, 1, 1, 88, Unpooled.EMPTY_BUFFER);
    }

    private static MessageHeader header(Frame frame) {
        return MessageHeader.read(frame.header());
    }

    private static Frame message(long seq, long ack) {
        return ControlFrames.message(MessageHeader.of(ping(), seq, ack), ping());
    }

    private static Decoder only(Step step, Tag tag) {
        assertThat(step.send()).singleElement().extracting(Frame::tag).isEqualTo(tag);
        return new Decoder(step.send().get(0).header());
    }

    private static Frame frame(Tag tag, Consumer<Encoder> payload) {
        return ControlFrames.of(tag, payload);
    }

    private static Frame hello(int type, EntityAddr seenAs) {
        return frame(Tag.HELLO, out -> seenAs.encode(out.u8(type)));
    }

    private static Frame badMethod(int result) {
        return frame(Tag.AUTH_BAD_METHOD, out -> out.i32(TestAuth.METHOD)
                .i32(result)
                .list(List.of(ConnectionAuth.CEPHX), Encoder::i32)
                .list(List.of(ConnectionAuth.SECURE), Encoder::i32));
    }

    private static Frame authDone(int mode) {
        return frame(Tag.AUTH_DONE, out -> out.u64(4242).i32(mode).bytes(new byte[3]));
    }

    private static Frame serverIdent(List<EntityAddr> addresses, long supported, long required) {
        return frame(Tag.SERVER_IDENT, out -> {
            EntityAddr.encodeVector(out, addresses);
            out.u64(7).u64(1).u64(supported).u64(required).u64(1).u64(0);
        });
    }
}
