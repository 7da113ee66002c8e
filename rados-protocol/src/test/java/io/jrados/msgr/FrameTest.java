package io.jrados.msgr;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jrados.crypto.AesGcm;
import io.jrados.crypto.Crc32c;
import io.jrados.error.MalformedException;
import io.jrados.testkit.Covers;
import io.jrados.wire.Payload;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Frames as bytes, in both modes. */
class FrameTest {
    private static final byte[] KEY = new byte[AesGcm.KEY];
    private static final byte[] NONCE = new byte[AesGcm.NONCE];

    private final List<ByteBuf> written = new ArrayList<>();

    enum Mode {
        CRC {
            @Override
            FrameWriter writer(Sink sink) {
                return new CrcFrameWriter(new Pieces(ByteBufAllocator.DEFAULT, sink), true);
            }

            @Override
            FrameReader reader(FrameLimits limits) {
                return new CrcFrameReader(limits, true);
            }

            @Override
            long length(Preamble preamble) {
                return FrameLayout.crcLength(preamble);
            }
        },
        SECURE {
            @Override
            FrameWriter writer(Sink sink) {
                return new SecureFrameWriter(new Pieces(ByteBufAllocator.DEFAULT, sink), AesGcm.sealing(KEY, NONCE));
            }

            @Override
            FrameReader reader(FrameLimits limits) {
                return new SecureFrameReader(limits, AesGcm.opening(KEY, NONCE));
            }

            @Override
            long length(Preamble preamble) {
                return FrameLayout.secureLength(preamble);
            }
        };

        abstract FrameWriter writer(Sink sink);

        abstract FrameReader reader(FrameLimits limits);

        abstract long length(Preamble preamble);
    }

    /** Collects copies of what is written. */
    private final Sink sink = new Sink() {
        @Override
        public void write(ByteBuf piece) {
            written.add(Unpooled.copiedBuffer(piece));
            piece.release();
        }

        @Override
        public void write(ByteBuf piece, ByteBuf owner) {
            write(piece);
            owner.release();
        }
    };

    @AfterEach
    void forget() {
        written.clear();
    }

    private byte[] bytes(Mode mode, Frame... frames) {
        FrameWriter writer = mode.writer(sink);
        for (Frame frame : frames) {
            writer.write(frame);
        }
        writer.finish();
        byte[] all = ByteBufUtil.getBytes(Unpooled.wrappedBuffer(written.toArray(ByteBuf[]::new)));
        written.clear();
        return all;
    }

    private static byte[] random(int length, int seed) {
        byte[] bytes = new byte[length];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    private static Frame message(int front, int middle, int data) {
        Payload payload = new Payload(
                42, 8, 3, 77, 127, direct(random(front, 1)), direct(random(middle, 2)), direct(random(data, 3)));
        return ControlFrames.message(MessageHeader.of(payload, 1, 0), payload);
    }

    private static ByteBuf direct(byte[] bytes) {
        return bytes.length == 0
                ? Unpooled.EMPTY_BUFFER
                : Unpooled.directBuffer(bytes.length).writeBytes(bytes);
    }

    private static Frame control(int length) {
        return Frame.control(Tag.AUTH_REQUEST, Unpooled.wrappedBuffer(random(length, 4)));
    }

    /** Its segments, one after the other with their lengths; releases it. */
    private static String dump(Frame frame) {
        String dump = frame.tag() + " " + ByteBufUtil.hexDump(frame.header()) + " "
                + ByteBufUtil.hexDump(frame.front()) + " " + ByteBufUtil.hexDump(frame.middle()) + " "
                + ByteBufUtil.hexDump(frame.data());
        frame.release();
        return dump;
    }

    static Stream<Arguments> shapes() {
        return Stream.of(Mode.values())
                .flatMap(mode -> Stream.of(
                        Arguments.of(mode, 0, 0, 0),
                        Arguments.of(mode, 1, 0, 0),
                        Arguments.of(mode, 16, 0, 0),
                        Arguments.of(mode, 0, 5, 0),
                        Arguments.of(mode, 17, 33, 0),
                        Arguments.of(mode, 0, 0, 4096),
                        Arguments.of(mode, 300, 0, 4097),
                        Arguments.of(mode, 1023, 1024, 1025),
                        Arguments.of(mode, 5000, 3, 70000)));
    }

    @ParameterizedTest
    @MethodSource("shapes")
    @Covers({"A04", "A06", "A07", "A15", "A22"})
    void aMessageComesBackAsItWas(Mode mode, int front, int middle, int data) {
        byte[] bytes = bytes(mode, message(front, middle, data));

        assertThat(bytes.length).isEqualTo((int) mode.length(Preamble.of(released(message(front, middle, data)))));
        ByteBuf in = Unpooled.wrappedBuffer(bytes);
        FrameReader reader = mode.reader(FrameLimits.AUTHENTICATED);
        Frame back = reader.read(in);
        assertThat(back).isNotNull();
        assertThat(back.segments()).isEqualTo(data > 0 ? 4 : middle > 0 ? 3 : front > 0 ? 2 : 1);
        assertThat(dump(back)).isEqualTo(dump(message(front, middle, data)));
        assertThat(in.isReadable()).isFalse();
        reader.release();
    }

    private static Frame released(Frame frame) {
        Frame lengths = new Frame(
                frame.tag(),
                Unpooled.wrappedBuffer(new byte[frame.header().readableBytes()]),
                Unpooled.wrappedBuffer(new byte[frame.front().readableBytes()]),
                Unpooled.wrappedBuffer(new byte[frame.middle().readableBytes()]),
                Unpooled.wrappedBuffer(new byte[frame.data().readableBytes()]));
        frame.release();
        return lengths;
    }

    @ParameterizedTest
    @EnumSource(Mode.class)
    @Covers("A15")
    void aControlFrameOfAnyLengthComesBack(Mode mode) {
        for (int length = 0; length <= 130; length++) {
            byte[] bytes = bytes(mode, control(length));
            FrameReader reader = mode.reader(FrameLimits.BEFORE_AUTH);
            Frame back = reader.read(Unpooled.wrappedBuffer(bytes));
            assertThat(back).as("%d bytes", length).isNotNull();
            assertThat(dump(back)).isEqualTo(dump(control(length)));
            assertThat(bytes.length).isEqualTo((int) mode.length(Preamble.of(control(length))));
        }
    }

    @Test
    @Covers("A05")
    void thePreambleIsCheckedWithSeedZeroAndSegmentsWithMinusOne() {
        ByteBuf bytes = Unpooled.wrappedBuffer(bytes(Mode.CRC, control(3)));

        assertThat(ByteBufUtil.hexDump(bytes, 0, 28))
                .isEqualTo("0201" + "03000000" + "0800" + "000000000000".repeat(3) + "0000");
        assertThat(bytes.getIntLE(28)).isEqualTo(bitwiseCrc(0, bytes, 0, 28));
        assertThat(bytes.getIntLE(35)).isEqualTo(bitwiseCrc(-1, bytes, 32, 3));
    }

    @Test
    @Covers({"A07", "K24"})
    void checksumsOfTheOtherSegmentsAreInTheEpilogue() {
        ByteBuf bytes = Unpooled.wrappedBuffer(bytes(Mode.CRC, message(2, 0, 5)));
        int epilogue = bytes.readableBytes() - 13;

        assertThat(bytes.getByte(epilogue)).isEqualTo((byte) 0x0e);
        assertThat(bytes.getIntLE(epilogue + 1)).isEqualTo(bitwiseCrc(-1, bytes, 77, 2));
        assertThat(bytes.getIntLE(epilogue + 5)).as("of an empty one").isEqualTo(-1);
        assertThat(bytes.getIntLE(epilogue + 9)).isEqualTo(bitwiseCrc(-1, bytes, 79, 5));
        assertThat(bytes.getUnsignedShortLE(2 + 3 * 6 + 4))
                .as("alignment of data")
                .isEqualTo(4096);
    }

    /** CRC-32C by its definition. */
    private static int bitwiseCrc(int seed, ByteBuf bytes, int index, int length) {
        int crc = seed;
        for (int i = 0; i < length; i++) {
            crc ^= bytes.getByte(index + i) & 0xff;
            for (int bit = 0; bit < 8; bit++) {
                crc = (crc & 1) != 0 ? crc >>> 1 ^ 0x82F63B78 : crc >>> 1;
            }
        }
        return crc;
    }

    /** A conversation of all sizes, cut at every byte into two reads, and into reads of one byte. */
    @ParameterizedTest
    @EnumSource(Mode.class)
    @Covers("A04")
    void bytesMayComeInAnyPortions(Mode mode) {
        Frame[] frames = {control(0), message(20, 0, 0), control(60), message(9, 7, 40), message(0, 0, 0)};
        List<String> expected = Stream.of(
                        control(0), message(20, 0, 0), control(60), message(9, 7, 40), message(0, 0, 0))
                .map(FrameTest::dump)
                .toList();
        byte[] stream = bytes(mode, frames);

        for (int cut = 0; cut <= stream.length; cut++) {
            assertThat(dumps(mode, stream, cut, stream.length))
                    .as("cut at %d", cut)
                    .isEqualTo(expected);
        }
        int[] every = new int[stream.length];
        for (int i = 0; i < every.length; i++) {
            every[i] = i + 1;
        }
        assertThat(dumps(mode, stream, every)).isEqualTo(expected);
    }

    private static List<String> dumps(Mode mode, byte[] stream, int... ends) {
        FrameReader reader = mode.reader(FrameLimits.AUTHENTICATED);
        ByteBuf in = Unpooled.buffer(stream.length);
        List<String> frames = new ArrayList<>();
        int from = 0;
        for (int end : ends) {
            in.writeBytes(stream, from, end - from);
            from = end;
            Frame frame = reader.read(in);
            while (frame != null) {
                frames.add(dump(frame));
                frame = reader.read(in);
            }
            assertThat(reader.wanted()).isGreaterThan(in.readableBytes());
        }
        reader.release();
        return frames;
    }

    @ParameterizedTest
    @EnumSource(Mode.class)
    void noTruncationIsAFrame(Mode mode) {
        byte[] bytes = bytes(mode, message(9, 7, 40));
        for (int length = 0; length < bytes.length; length++) {
            FrameReader reader = mode.reader(FrameLimits.AUTHENTICATED);
            assertThat(reader.read(Unpooled.wrappedBuffer(bytes, 0, length))).isNull();
            assertThat(reader.wanted()).isBetween(length + 1, bytes.length);
        }
    }

    /** In crc mode the bytes that no checksum covers are the status, whose two values are four bits apart. */
    @ParameterizedTest
    @EnumSource(Mode.class)
    @Covers({"A05", "A07", "A15"})
    void everyFlippedBitIsFound(Mode mode) {
        byte[] bytes = bytes(mode, message(9, 7, 40));
        int status = mode == Mode.CRC ? bytes.length - 13 : -1;
        for (int bit = 0; bit < bytes.length * 8; bit++) {
            byte[] flipped = bytes.clone();
            flipped[bit / 8] ^= (byte) (1 << bit % 8);
            FrameReader reader = mode.reader(FrameLimits.AUTHENTICATED);
            if (bit / 8 == status && bit % 8 >= 4) {
                // The upper half of the status is reserved.
                Frame frame = reader.read(Unpooled.wrappedBuffer(flipped));
                assertThat(frame).isNotNull();
                frame.release();
            } else {
                assertThatThrownBy(() -> reader.read(Unpooled.wrappedBuffer(flipped)))
                        .as("bit %d", bit)
                        .isInstanceOf(MalformedException.class);
            }
            reader.release();
        }
    }

    @Test
    @Covers("A07")
    void anAbortedFrameIsSteppedOver() {
        byte[] aborted = bytes(Mode.CRC, message(9, 0, 20));
        byte[] next = bytes(Mode.CRC, message(3, 0, 0));
        // What the sender had not sent yet is zeroes; the checksums are of what it wanted to send.
        java.util.Arrays.fill(aborted, 77, aborted.length - 13, (byte) 0);
        aborted[aborted.length - 13] = 0x01;

        FrameReader reader = Mode.CRC.reader(FrameLimits.AUTHENTICATED);
        Frame frame = reader.read(Unpooled.wrappedBuffer(aborted, next));

        assertThat(frame).isNotNull();
        assertThat(dump(frame)).isEqualTo(dump(message(3, 0, 0)));
    }

    @Test
    @Covers("A15")
    void anAbortedFrameIsSteppedOverInSecureMode() {
        AesGcm box = AesGcm.sealing(KEY, NONCE);
        ByteBuf stream = Unpooled.buffer();
        ByteBuf plain = Unpooled.buffer();
        Frame frame = message(16, 0, 0);
        Preamble.of(frame).write(plain, new byte[0]);
        plain.writeBytes(frame.header()).writeZero(80 - plain.readableBytes());
        box.seal(plain, stream);
        box.seal(Unpooled.buffer().writeBytes(frame.front()).writeByte(0x01).writeZero(15), stream);
        frame.release();
        ByteBuf second = Unpooled.buffer();
        Preamble.of(control(4)).write(second, new byte[0]);
        second.writeBytes(random(4, 4)).writeZero(44);
        box.seal(second, stream);

        FrameReader reader = Mode.SECURE.reader(FrameLimits.AUTHENTICATED);
        Frame read = reader.read(stream);

        assertThat(read).isNotNull();
        assertThat(dump(read)).isEqualTo(dump(control(4)));
    }

    @Test
    @Covers("A14")
    void aFrameOfSecureModeIsNotReadTwice() {
        byte[] bytes = bytes(Mode.SECURE, control(4));
        FrameReader reader = Mode.SECURE.reader(FrameLimits.AUTHENTICATED);
        ByteBuf twice = Unpooled.wrappedBuffer(bytes, bytes);

        assertThat(reader.read(twice)).isNotNull();
        assertThatThrownBy(() -> reader.read(twice)).isInstanceOf(MalformedException.class);
    }

    @Test
    @Covers("A07")
    void aPeerWithoutChecksumsIsReadOnlyIfSoConfigured() {
        FrameWriter without = new CrcFrameWriter(new Pieces(ByteBufAllocator.DEFAULT, sink), false);
        without.write(message(9, 0, 20));
        without.finish();
        byte[] bytes = ByteBufUtil.getBytes(Unpooled.wrappedBuffer(written.toArray(ByteBuf[]::new)));

        assertThat(Unpooled.wrappedBuffer(bytes).getIntLE(73)).isZero();
        assertThatThrownBy(() -> Mode.CRC.reader(FrameLimits.AUTHENTICATED).read(Unpooled.wrappedBuffer(bytes)))
                .isInstanceOf(MalformedException.class)
                .hasMessageContaining("checksum of a segment of MESSAGE");
        Frame frame = new CrcFrameReader(FrameLimits.AUTHENTICATED, false).read(Unpooled.wrappedBuffer(bytes));
        assertThat(frame).isNotNull();
        assertThat(dump(frame)).isEqualTo(dump(message(9, 0, 20)));
    }

    static Stream<Arguments> hostilePreambles() {
        return Stream.of(
                Arguments.of("tag 0 is unknown", preamble(0, 1, 0, 0, 0, 0, 0)),
                Arguments.of("tag 23 is unknown", preamble(23, 1, 0, 0, 0, 0, 0)),
                Arguments.of("MESSAGE of 0 segments", preamble(17, 0, 41, 0, 0, 0, 0)),
                Arguments.of("MESSAGE of 5 segments", preamble(17, 5, 41, 1, 1, 1, 0)),
                Arguments.of("HELLO of 2 segments", preamble(1, 2, 41, 1, 0, 0, 0)),
                Arguments.of("last segment is empty", preamble(17, 4, 41, 1, 1, 0, 0)),
                Arguments.of("compressed", preamble(17, 2, 41, 1, 0, 0, 1)),
                Arguments.of("4294967295 bytes in a segment", preamble(17, 4, 41, 1, 1, -1, 0)),
                Arguments.of("150994944 bytes in a segment, after 41", preamble(17, 2, 41, 144 << 20, 0, 0, 0)),
                Arguments.of("after 125829161", preamble(17, 3, 41, 120 << 20, 120 << 20, 0, 0)),
                Arguments.of("1048577 bytes", preamble(1, 1, (1 << 20) + 1, 0, 0, 0, 0)));
    }

    private static byte[] preamble(int tag, int count, int header, int front, int middle, int data, int flags) {
        ByteBuf out = Unpooled.buffer().writeByte(tag).writeByte(count);
        for (int length : new int[] {header, front, middle, data}) {
            out.writeIntLE(length).writeShortLE(8);
        }
        out.writeByte(flags).writeByte(0);
        out.writeIntLE(Crc32c.of(0, out));
        return ByteBufUtil.getBytes(out);
    }

    @ParameterizedTest
    @MethodSource("hostilePreambles")
    @Covers({"A05", "A06", "A17"})
    void refusesAHostilePreambleAtOnce(String sentence, byte[] preamble) {
        assertThatThrownBy(() ->
                        new CrcFrameReader(FrameLimits.AUTHENTICATED, true).read(Unpooled.wrappedBuffer(preamble)))
                .isInstanceOf(MalformedException.class)
                .hasMessageContaining(sentence);
    }

    @Test
    void beforeAuthenticationAMegabyteIsTheMost() {
        byte[] large = preamble(17, 2, 41, 1 << 20, 0, 0, 0);
        assertThatThrownBy(() -> new CrcFrameReader(FrameLimits.BEFORE_AUTH, true).read(Unpooled.wrappedBuffer(large)))
                .isInstanceOf(MalformedException.class);
        assertThat(new CrcFrameReader(FrameLimits.AUTHENTICATED, true).read(Unpooled.wrappedBuffer(large)))
                .isNull();
    }

    @ParameterizedTest
    @EnumSource(Mode.class)
    @Covers({"A06", "A17"})
    void aMessageThatIsRefusedForItsLengthIsKnownByItsTid(Mode mode) {
        byte[] bytes = bytes(mode, message(10, 0, 0), message(1 << 20, 0, 1));
        ByteBuf in = Unpooled.wrappedBuffer(bytes);
        FrameReader reader = mode.reader(FrameLimits.BEFORE_AUTH);
        Frame first = reader.read(in);
        assertThat(first).isNotNull();
        first.release();
        assertThatThrownBy(() -> reader.read(in)).isInstanceOf(MalformedException.class);
        assertThat(reader.tid(in)).isEqualTo(77);
        reader.release();
    }

    /** The operation that is answered is only known by bytes that can be trusted. */
    @ParameterizedTest
    @EnumSource(Mode.class)
    @Covers({"A06", "A17"})
    void aFrameThatIsRefusedForAnythingElseNamesNobody(Mode mode) {
        byte[] bytes = bytes(mode, message(10, 0, 0), message(10, 0, 0));
        bytes[Preamble.LENGTH + MessageHeader.LENGTH + FrameLayout.CRC] ^= 1;
        ByteBuf in = Unpooled.wrappedBuffer(bytes);
        FrameReader reader = mode.reader(FrameLimits.AUTHENTICATED);
        assertThatThrownBy(() -> reader.read(in)).isInstanceOf(RuntimeException.class);
        assertThat(reader.tid(in)).isZero();
        reader.release();

        byte[] damaged = preamble(17, 2, 41, 1 << 20, 0, 0, 0);
        damaged[3] ^= 64;
        ByteBuf rubbish = Unpooled.wrappedBuffer(damaged, new byte[100]);
        FrameReader crc = new CrcFrameReader(FrameLimits.BEFORE_AUTH, true);
        assertThatThrownBy(() -> crc.read(rubbish)).isInstanceOf(MalformedException.class);
        assertThat(crc.tid(rubbish)).isZero();
    }

    @Test
    @Covers({"A22", "A42"})
    void aMessageHeaderHas41Bytes() {
        ByteBuf out = Unpooled.buffer();
        new MessageHeader(0x0807060504030201L, 0x1817161514131211L, 42, 196, 8, 3, 0x2827262524232221L).write(out);

        assertThat(ByteBufUtil.hexDump(out))
                .isEqualTo("0102030405060708" + "1112131415161718" + "2a00" + "c400" + "0800" + "00000000" + "0000"
                        + "2122232425262728" + "01" + "0300" + "0000");
        assertThat(MessageHeader.read(out.duplicate()))
                .isEqualTo(new MessageHeader(
                        0x0807060504030201L, 0x1817161514131211L, 42, 196, 8, 3, 0x2827262524232221L));
        assertThatThrownBy(() -> MessageHeader.read(out.slice(0, 40))).isInstanceOf(MalformedException.class);
    }
}
