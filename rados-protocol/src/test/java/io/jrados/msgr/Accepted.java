package io.jrados.msgr;

import io.jrados.auth.ConnectionAuth;
import io.jrados.crypto.AesGcm;
import io.jrados.error.MalformedException;
import io.jrados.error.RadosException;
import io.jrados.wire.Decoder;
import io.jrados.wire.Encoder;
import io.jrados.wire.EntityAddr;
import io.jrados.wire.Payload;
import io.jrados.wire.Utime;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Function;

/**
 * A daemon's end of one connection, as src/msg/async/ProtocolV2.cc accepts it. Pure: bytes in, bytes out to a sink.
 * Checks what it gets as a daemon does and ends with an exception where a daemon would hang up.
 */
final class Accepted {
    private static final long LOSSY = 1;

    private final int type;
    private final EntityAddr address;
    private final int mode;
    private final ByteBufAllocator allocator = ByteBufAllocator.DEFAULT;
    private final BiConsumer<Accepted, Payload> script;
    private final Pieces pieces;
    private final Transcript transcript = new Transcript();
    private final ByteBuf in = Unpooled.buffer();
    private final List<Tag> seen = new ArrayList<>();
    private Function<Frame, List<Frame>> sabotage = List::of;

    private boolean bannerRead;
    private boolean recording = true;
    private FrameReader reader = new CrcFrameReader(FrameLimits.AUTHENTICATED, true);
    private FrameWriter writer;
    private byte[] expectedSignature = new byte[0];
    private EntityAddr client = EntityAddr.BLANK;
    private long globalSeq;
    private long sent;
    private long received;

    /**
     * @param type what this daemon is
     * @param address where the client thinks it is
     * @param mode of the connection
     * @param script gets every message, and owns it
     */
    Accepted(int type, EntityAddr address, int mode, Sink sink, BiConsumer<Accepted, Payload> script) {
        this.type = type;
        this.address = address;
        this.mode = mode;
        this.script = script;
        this.pieces = new Pieces(allocator, recorder(sink));
        this.writer = new CrcFrameWriter(pieces, true);
    }

    private Sink recorder(Sink sink) {
        return new Sink() {
            @Override
            public void write(ByteBuf piece) {
                if (recording) {
                    transcript.sent(piece);
                }
                sink.write(piece);
            }

            @Override
            public void write(ByteBuf piece, ByteBuf owner) {
                sink.write(piece, owner);
            }
        };
    }

    /** The connection is there: sends the banner. */
    void begin() {
        pieces.add(Banner.ours());
    }

    /** Owns the bytes. */
    void received(ByteBuf bytes) throws RadosException {
        in.discardReadBytes().writeBytes(bytes);
        bytes.release();
        boolean more = true;
        while (more) {
            int from = in.readerIndex();
            more = takeOne(from);
        }
        writer.finish();
    }

    private boolean takeOne(int from) throws RadosException {
        if (!bannerRead) {
            bannerRead = Banner.read(in, "accepting a client").isPresent();
            transcript.received(in, from, in.readerIndex() - from);
            return bannerRead;
        }
        Frame frame = reader.read(in);
        if (frame == null) {
            return false;
        }
        if (recording) {
            transcript.received(in, from, in.readerIndex() - from);
        }
        seen.add(frame.tag());
        try {
            on(frame);
        } finally {
            frame.release();
        }
        return true;
    }

    private void on(Frame frame) {
        Decoder payload = new Decoder(frame.header());
        switch (frame.tag()) {
            case HELLO -> hello(payload);
            case AUTH_REQUEST -> authRequest(payload);
            case AUTH_REQUEST_MORE -> authRequestMore(payload);
            case AUTH_SIGNATURE -> authSignature(payload);
            case COMPRESSION_REQUEST -> {
                check(!payload.bool() && payload.u32() == 0, "compression is declined");
                send(ControlFrames.of(
                        Tag.COMPRESSION_DONE, out -> out.bool(false).u32(0)));
            }
            case CLIENT_IDENT -> clientIdent(payload);
            case MESSAGE -> message(frame);
            case KEEPALIVE2 -> send(ControlFrames.keepalive(Tag.KEEPALIVE2_ACK, Utime.decode(payload)));
            case KEEPALIVE2_ACK, ACK -> {}
            default -> throw new MalformedException("unexpected " + frame.tag());
        }
    }

    private void hello(Decoder in) {
        in.u8();
        check(EntityAddr.decode(in).equals(address), "HELLO names the daemon");
        send(ControlFrames.hello(type, EntityAddr.of(EntityAddr.MSGR2, 99, new byte[] {127, 0, 0, 1}, 40000)));
    }

    private void authRequest(Decoder in) {
        int method = in.i32();
        List<Integer> modes = in.list(4, Decoder::i32);
        in.bytes();
        boolean none = method == ConnectionAuth.NONE;
        if (!none && method != TestAuth.METHOD || !modes.contains(mode)) {
            send(ControlFrames.of(Tag.AUTH_BAD_METHOD, out -> out.i32(method)
                    .i32(-95)
                    .list(List.of(ConnectionAuth.NONE, TestAuth.METHOD), Encoder::i32)
                    .list(List.of(mode), Encoder::i32)));
        } else if (none) {
            done(new byte[0], new byte[0]);
        } else {
            send(ControlFrames.of(Tag.AUTH_REPLY_MORE, out -> out.bytes(TestAuth.challenge())));
        }
    }

    private void authRequestMore(Decoder in) {
        check(Arrays.equals(in.bytes(), TestAuth.answer(TestAuth.challenge())), "the answer to the challenge");
        done(TestAuth.sessionKey(), TestAuth.connectionSecret());
    }

    /** The roles of the two nonces are those of the connecting side. */
    private void done(byte[] sessionKey, byte[] secret) {
        send(ControlFrames.of(
                Tag.AUTH_DONE, out -> out.u64(TestAuth.GLOBAL_ID).i32(mode).bytes(new byte[0])));
        writer.finish();
        recording = false;
        byte[] signature = transcript.signatureOfReceived(sessionKey);
        expectedSignature = transcript.signatureOfSent(sessionKey);
        if (mode == ConnectionAuth.SECURE) {
            byte[] key = Arrays.copyOf(secret, 16);
            AesGcm opening = AesGcm.opening(key, Arrays.copyOfRange(secret, 28, 40));
            AesGcm sealing = AesGcm.sealing(key, Arrays.copyOfRange(secret, 16, 28));
            reader = new SecureFrameReader(FrameLimits.AUTHENTICATED, opening);
            writer = new SecureFrameWriter(pieces, sealing);
        }
        send(ControlFrames.authSignature(signature));
    }

    private void authSignature(Decoder in) {
        check(MessageDigest.isEqual(in.raw(32), expectedSignature), "the client's signature");
    }

    private void clientIdent(Decoder in) {
        client = EntityAddr.decodeVector(in).get(0);
        check(EntityAddr.decode(in).equals(address), "CLIENT_IDENT names the daemon");
        check(in.u64() == TestAuth.GLOBAL_ID, "the global id");
        globalSeq = in.u64();
        check(in.u64() == FeatureBits.OFFERED, "the features");
        in.u64();
        check(in.u64() == LOSSY, "a lossy client");
        check(in.u64() == 0, "a lossy client's cookie");
        send(ControlFrames.of(Tag.SERVER_IDENT, out -> {
            EntityAddr.encodeVector(out, List.of(address));
            out.u64(3)
                    .u64(globalSeq)
                    .u64(FeatureBits.OFFERED)
                    .u64(FeatureBits.REQUIRED)
                    .u64(LOSSY)
                    .u64(0);
        }));
    }

    private void message(Frame frame) {
        MessageHeader header = MessageHeader.read(frame.header());
        check(header.seq() == received + 1, "message numbers without gaps");
        check(header.ackSeq() <= sent, "acknowledgement of what was sent");
        received = header.seq();
        // Copies: what was received is overwritten by what comes next.
        script.accept(
                this,
                header.with(
                        frame.front().copy(),
                        frame.middle().copy(),
                        frame.data().copy()));
    }

    private static void check(boolean holds, String what) {
        if (!holds) {
            throw new MalformedException(what);
        }
    }

    /** Sends other frames in the place of each from now on. */
    void sabotage(Function<Frame, List<Frame>> how) {
        sabotage = how;
    }

    /** Sends a frame as it is; what is sent is written at the end of {@link #received} or by {@link #flush}. */
    void send(Frame frame) {
        sabotage.apply(frame).forEach(each -> writer.write(each));
    }

    /** Sends a message. Owns it. */
    void send(Payload message) {
        send(ControlFrames.message(MessageHeader.of(message, ++sent, received), message));
    }

    void flush() {
        writer.finish();
    }

    /** The client's address, blank before it is known. */
    EntityAddr client() {
        return client;
    }

    long globalSeq() {
        return globalSeq;
    }

    /** The frames that came, in order. */
    List<Tag> seen() {
        return seen;
    }

    /** Releases what was not written. */
    void release() {
        reader.release();
        writer.release();
    }
}
