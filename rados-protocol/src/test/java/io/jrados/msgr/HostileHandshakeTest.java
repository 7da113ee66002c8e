package io.jrados.msgr;

import static org.assertj.core.api.Assertions.assertThat;

import io.jrados.auth.ConnectionAuth;
import io.jrados.crypto.AesGcm;
import io.jrados.crypto.Crc32c;
import io.jrados.crypto.Hmac;
import io.jrados.error.MalformedException;
import io.jrados.error.RadosException;
import io.jrados.testkit.Covers;
import io.jrados.testkit.Fuzz;
import io.jrados.testkit.FuzzCampaign;
import io.jrados.testkit.Golden;
import io.jrados.wire.Encoder;
import io.jrados.wire.EntityAddr;
import io.jrados.wire.EntityName;
import io.jrados.wire.Utime;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Everything that a peer may send before and around messages, damaged below checksums and tags ({@link FuzzCampaign}).
 */
@Covers({"A02", "A06", "A09", "A10", "A11", "A12", "A16", "A17", "A21", "K24"})
class HostileHandshakeTest {
    private static final Logger LOG = LoggerFactory.getLogger(HostileHandshakeTest.class);
    private static final EntityAddr OSD = EntityAddr.of(EntityAddr.MSGR2, 1234, new byte[] {10, 0, 0, 7}, 6800);
    private static final EntityAddr OWN = EntityAddr.of(EntityAddr.ANY, 77, new byte[] {10, 0, 0, 99}, 0);
    private static final byte[] SIGNATURE = new byte[Hmac.SHA256_LENGTH];
    private static final byte[] PLAIN = Golden.file("other", "compressed/plain").bytes();

    private final FuzzCampaign campaign = new FuzzCampaign();

    private interface Decode {
        Object of(byte[] bytes) throws RadosException;
    }

    /** A connection ends with a {@link RadosException} as well as with a {@link MalformedException}. */
    private static Function<byte[], Object> ending(Decode decode) {
        return bytes -> {
            try {
                return decode.of(bytes);
            } catch (RadosException end) {
                throw new MalformedException(end.getMessage(), end);
            }
        };
    }

    private void add(String name, byte[] good, Decode decode) {
        add(name, good, decode, UnaryOperator.identity());
    }

    private void add(String name, byte[] good, Decode decode, UnaryOperator<byte[]> repair) {
        campaign.add(name, new Fuzz(name, good, ending(decode), MalformedException.class).repairing(repair));
    }

    private static Terms terms() {
        return new Terms(
                OSD,
                EntityName.OSD,
                OWN,
                true,
                List.of(Compression.values()),
                3,
                new TestAuth(ConnectionAuth.SECURE, ConnectionAuth.CRC),
                new ClientIdentity(77),
                new Transcript());
    }

    private void phase(Tag tag, Supplier<Phase> phase, byte[] payload) {
        add(tag.name(), payload, bytes -> phase.get().on(Frame.control(tag, Unpooled.wrappedBuffer(bytes))));
    }

    private void phases() {
        phase(Tag.HELLO, () -> new Hello(terms()), Encoder.bytesOf(out -> OWN.encode(out.u8(EntityName.OSD))));
        Supplier<Phase> authenticate = () -> new Authenticate(terms(), OWN, 0);
        phase(Tag.AUTH_BAD_METHOD, authenticate, Encoder.bytesOf(out -> out.i32(2)
                .i32(-11)
                .list(List.of(1, 2), Encoder::i32)
                .list(List.of(2, 1), Encoder::i32)));
        phase(Tag.AUTH_REPLY_MORE, authenticate, Encoder.bytesOf(out -> out.bytes(TestAuth.challenge())));
        phase(Tag.AUTH_DONE, authenticate, Encoder.bytesOf(out -> out.u64(TestAuth.GLOBAL_ID)
                .i32(ConnectionAuth.SECURE)
                .bytes(new byte[40])));
        phase(Tag.AUTH_SIGNATURE, () -> new Sign(terms(), OWN, 1, ConnectionAuth.CRC, SIGNATURE), SIGNATURE);
        phase(
                Tag.COMPRESSION_DONE,
                () -> new Compress(terms(), OWN, 1, ConnectionAuth.CRC),
                Encoder.bytesOf(out -> out.bool(true).u32(Compression.LZ4.number())));
        Supplier<Phase> identify = () -> new Identify(terms(), OWN, 1, ConnectionAuth.CRC);
        phase(Tag.SERVER_IDENT, identify, Encoder.bytesOf(out -> {
            EntityAddr.encodeVector(out, List.of(OSD, OWN));
            out.u64(3).u64(4).u64(-1).u64(FeatureBits.REQUIRED).u64(1).u64(0);
        }));
        // what it says is how the connection ends: telling that is to decode it
        add(Tag.IDENT_MISSING_FEATURES.name(), Encoder.bytesOf(out -> out.u64(1L << 50)), bytes -> {
            try {
                return identify.get().on(Frame.control(Tag.IDENT_MISSING_FEATURES, Unpooled.wrappedBuffer(bytes)));
            } catch (RadosException told) {
                return told.errno();
            }
        });
        Supplier<Phase> open = () -> new Open(OWN, 1, ConnectionAuth.CRC, 0);
        phase(Tag.KEEPALIVE2, open, Encoder.bytesOf(new Utime(1, 2)::encode));
        phase(Tag.KEEPALIVE2_ACK, open, Encoder.bytesOf(new Utime(1, 2)::encode));
        phase(Tag.ACK, open, Encoder.bytesOf(out -> out.u64(0)));
        add("message header", header(), bytes -> {
            Open phase = new Open(OWN, 1, ConnectionAuth.CRC, 0);
            return phase.on(new Frame(
                    Tag.MESSAGE,
                    Unpooled.wrappedBuffer(bytes),
                    Unpooled.EMPTY_BUFFER,
                    Unpooled.EMPTY_BUFFER,
                    Unpooled.EMPTY_BUFFER));
        });
        byte[] banner = ByteBufUtil.getBytes(Banner.ours());
        add("banner", banner, bytes -> Banner.read(Unpooled.wrappedBuffer(bytes), "connecting"));
    }

    private static byte[] header() {
        ByteBuf out = Unpooled.buffer();
        new MessageHeader(1, 2, 43, 127, 8, 2, 0).write(out);
        return ByteBufUtil.getBytes(out);
    }

    /** As an OSD puts it on the wire. */
    static byte[] compressed(Compression method) {
        byte[] bytes = Golden.file("other", "compressed/" + method.name().toLowerCase(Locale.ROOT))
                .bytes();
        return switch (method) {
            case SNAPPY -> bytes;
            case ZLIB -> Encoder.bytesOf(out -> out.u8(0).raw(bytes));
            case LZ4 ->
                Encoder.bytesOf(
                        out -> out.u32(1).u32(PLAIN.length).u32(bytes.length).raw(bytes));
        };
    }

    /**
     * A message of four segments, as bytes in crc mode: its lengths and contents are damaged, its checksums are right.
     */
    private void frames() {
        byte[] front = {1, 2, 3};
        byte[] middle = {4};
        byte[] data = PLAIN;
        byte[] frame = frame(header(), front, middle, data, 0);
        Decode crc = bytes -> {
            ByteBuf in = Unpooled.wrappedBuffer(bytes);
            return read(new CrcFrameReader(FrameLimits.AUTHENTICATED, true).read(in));
        };
        add("frame in crc mode", frame, crc, HostileHandshakeTest::checked);
        add(
                "frame in crc mode, checksums not looked at",
                frame,
                bytes -> read(new CrcFrameReader(FrameLimits.AUTHENTICATED, false).read(Unpooled.wrappedBuffer(bytes))),
                HostileHandshakeTest::checked);
        byte[] boxes = boxes(header(), front, middle, data);
        add("frame in secure mode", boxes, HostileHandshakeTest::openSecure, HostileHandshakeTest::checkedPreamble);
    }

    private static Object read(@Nullable Frame frame) {
        return frame == null ? "more bytes are needed" : frame.tag();
    }

    private static byte[] frame(byte[] header, byte[] front, byte[] middle, byte[] data, int flags) {
        ByteBuf out = Unpooled.buffer();
        out.writeByte(Tag.MESSAGE.number()).writeByte(4);
        for (byte[] segment : new byte[][] {header, front, middle, data}) {
            out.writeIntLE(segment.length).writeShortLE(8);
        }
        out.writeByte(flags).writeByte(0).writeIntLE(0);
        out.writeBytes(header)
                .writeIntLE(0)
                .writeBytes(front)
                .writeBytes(middle)
                .writeBytes(data);
        out.writeByte(FrameLayout.STATUS_COMPLETE).writeIntLE(0).writeIntLE(0).writeIntLE(0);
        return checked(ByteBufUtil.getBytes(out));
    }

    /** With all checksums made right for the lengths that the preamble says, as far as there are bytes. */
    private static byte[] checked(byte[] bytes) {
        if (bytes.length < Preamble.LENGTH) {
            return bytes;
        }
        ByteBuf in = Unpooled.wrappedBuffer(bytes);
        in.setIntLE(Preamble.LENGTH - 4, Crc32c.of(0, bytes, 0, Preamble.LENGTH - 4));
        int[] lengths = new int[4];
        long end = Preamble.LENGTH;
        for (int i = 0; i < 4; i++) {
            lengths[i] = in.getIntLE(2 + 6 * i);
            end += lengths[i] & 0xffffffffL;
        }
        if (end + 4 + FrameLayout.CRC_EPILOGUE > bytes.length) {
            return bytes;
        }
        int at = Preamble.LENGTH;
        in.setIntLE(at + lengths[0], Crc32c.of(-1, bytes, at, lengths[0]));
        at += lengths[0] + 4;
        int epilogue = at + lengths[1] + lengths[2] + lengths[3];
        for (int i = 1; i < 4; i++) {
            in.setIntLE(epilogue + 1 + 4 * (i - 1), Crc32c.of(-1, bytes, at, lengths[i]));
            at += lengths[i];
        }
        return bytes;
    }

    /** Returns the contents of the boxes of a secure frame, one after the other. */
    private static byte[] boxes(byte[] header, byte[] front, byte[] middle, byte[] data) {
        ByteBuf out = Unpooled.buffer();
        out.writeByte(Tag.MESSAGE.number()).writeByte(4);
        for (byte[] segment : new byte[][] {header, front, middle, data}) {
            out.writeIntLE(segment.length).writeShortLE(8);
        }
        out.writeByte(0).writeByte(0).writeIntLE(0);
        out.writeBytes(header).writeZero(FrameLayout.INLINE - header.length);
        for (byte[] segment : new byte[][] {front, middle, data}) {
            out.writeBytes(segment).writeZero(FrameLayout.padding(segment.length));
        }
        out.writeByte(FrameLayout.STATUS_COMPLETE).writeZero(FrameLayout.BLOCK - 1);
        return checkedPreamble(ByteBufUtil.getBytes(out));
    }

    private static byte[] checkedPreamble(byte[] bytes) {
        if (bytes.length >= Preamble.LENGTH) {
            Unpooled.wrappedBuffer(bytes).setIntLE(Preamble.LENGTH - 4, Crc32c.of(0, bytes, 0, Preamble.LENGTH - 4));
        }
        return bytes;
    }

    /** Seals the boxes where the preamble says that they are, and reads the frame. */
    private static Object openSecure(byte[] plain) {
        byte[] key = new byte[AesGcm.KEY];
        byte[] nonce = new byte[AesGcm.NONCE];
        AesGcm sealing = AesGcm.sealing(key, nonce);
        ByteBuf sealed = Unpooled.buffer(plain.length + 3 * AesGcm.TAG);
        int first = Preamble.LENGTH + FrameLayout.INLINE;
        if (plain.length < first) {
            throw new MalformedException("no box");
        }
        sealing.seal(Unpooled.wrappedBuffer(plain, 0, first), sealed);
        long header = Unpooled.wrappedBuffer(plain).getUnsignedIntLE(2);
        int at = first;
        long second = header <= FrameLayout.INLINE ? 0 : header + FrameLayout.BLOCK - 1 & -FrameLayout.BLOCK;
        if (second > 0 && second - FrameLayout.INLINE <= plain.length - at) {
            int length = (int) second - FrameLayout.INLINE;
            sealing.seal(Unpooled.wrappedBuffer(plain, at, length), sealed);
            at += length;
        }
        if (at < plain.length) {
            sealing.seal(Unpooled.wrappedBuffer(plain, at, plain.length - at), sealed);
        }
        SecureFrameReader reader = new SecureFrameReader(FrameLimits.AUTHENTICATED, AesGcm.opening(key, nonce));
        return read(reader.read(sealed));
    }

    /** Segments that are expanded, by themselves and in a frame. */
    private void compressed() {
        for (Compression method : Compression.values()) {
            add("expansion of " + method, compressed(method), bytes -> method.expand(bytes, 1 << 20));
            byte[] segment = compressed(method);
            ByteBuf out = Unpooled.buffer();
            new Preamble(Tag.KEEPALIVE2_ACK, 1, segment.length, 0, 0, 0, true).write(out, new byte[Preamble.LENGTH]);
            out.writeBytes(segment).writeIntLE(Crc32c.of(-1, segment, 0, segment.length));
            byte[] frame = ByteBufUtil.getBytes(out);
            add(
                    "frame compressed by " + method,
                    frame,
                    bytes -> {
                        FrameCodec codec = new FrameCodec(UnpooledByteBufAllocator.DEFAULT, new Nowhere(), true);
                        codec.compressed(method);
                        return read(codec.read(Unpooled.wrappedBuffer(bytes)));
                    },
                    HostileHandshakeTest::checkedSegment);
        }
    }

    private static final class Nowhere implements Sink {
        @Override
        public void write(ByteBuf piece) {
            piece.release();
        }

        @Override
        public void write(ByteBuf piece, ByteBuf owner) {
            owner.release();
        }
    }

    private static byte[] checkedSegment(byte[] bytes) {
        checkedPreamble(bytes);
        if (bytes.length > Preamble.LENGTH + 4) {
            long length = Unpooled.wrappedBuffer(bytes).getUnsignedIntLE(2);
            if (length > 0 && length <= bytes.length - Preamble.LENGTH - 4) {
                Unpooled.wrappedBuffer(bytes)
                        .setIntLE(Preamble.LENGTH + (int) length, Crc32c.of(-1, bytes, Preamble.LENGTH, (int) length));
            }
        }
        return bytes;
    }

    @Test
    void endsOrGoesOn() {
        phases();
        frames();
        compressed();
        FuzzCampaign.Outcome outcome = campaign.run();
        LOG.info("{}", outcome);
        assertThat(outcome.decoders()).isGreaterThan(20);
        assertThat(outcome.decoded()).isPositive();
        assertThat(outcome.refused()).isGreaterThan(outcome.goldens());
    }
}
