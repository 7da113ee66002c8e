package io.jrados.msgr;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jrados.error.MalformedException;
import io.jrados.testkit.Covers;
import io.jrados.testkit.Golden;
import io.jrados.wire.Encoder;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Data that other implementations compressed, and data that none did. */
class CompressionTest {
    private static final byte[] PLAIN = golden("plain");

    private static byte[] golden(String name) {
        return Golden.file("other", "compressed/" + name).bytes();
    }

    /** As Ceph puts it on the wire: zlib with a mark, LZ4 with the lengths of its blocks. */
    private static byte[] sent(Compression method) {
        return switch (method) {
            case SNAPPY -> golden("snappy");
            case ZLIB -> Encoder.bytesOf(out -> out.u8(0).raw(golden("zlib")));
            case LZ4 -> lz4(golden("lz4"), PLAIN.length);
        };
    }

    private static byte[] lz4(byte[] block, int size) {
        return Encoder.bytesOf(out -> out.u32(1).u32(size).u32(block.length).raw(block));
    }

    @ParameterizedTest
    @EnumSource
    @Covers("A17")
    void undoesWhatOthersCompressed(Compression method) {
        assertThat(method.expand(sent(method), 1 << 20)).isEqualTo(PLAIN);
        assertThat(method.expand(sent(method), PLAIN.length)).isEqualTo(PLAIN);
        assertThatThrownBy(() -> method.expand(sent(method), PLAIN.length - 1)).isInstanceOf(MalformedException.class);
    }

    @ParameterizedTest
    @EnumSource
    @Covers("A17")
    void refusesEveryTruncation(Compression method) {
        byte[] whole = sent(method);
        for (int length = 0; length < whole.length; length++) {
            byte[] cut = Arrays.copyOf(whole, length);
            assertThatThrownBy(() -> method.expand(cut, 1 << 20))
                    .as("%d of %d bytes", length, whole.length)
                    .isInstanceOf(MalformedException.class);
        }
    }

    @ParameterizedTest
    @EnumSource
    @Covers("A17")
    void survivesEveryDamage(Compression method) {
        Random random = new Random(5);
        byte[] whole = sent(method);
        for (int i = 0; i < 20_000; i++) {
            byte[] damaged = whole.clone();
            for (int flips = 1 + random.nextInt(3); flips > 0; flips--) {
                damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
            }
            try {
                assertThat(method.expand(damaged, 10_000).length).isLessThanOrEqualTo(10_000);
            } catch (MalformedException refused) {
                assertThat(refused.getMessage()).isNotEmpty();
            }
        }
    }

    /** A block of LZ4 may repeat what a block before it said. */
    @Test
    @Covers("A17")
    void blocksOfLz4GoOnWhereTheLastEnded() {
        byte[] two = Encoder.bytesOf(out -> out.u32(2)
                .u32(4)
                .u32(5)
                .u32(9)
                .u32(5)
                .u8(0x40)
                .raw(new byte[] {1, 2, 3, 4})
                .u8(0x14)
                .u8(9)
                .u16(5)
                .u8(0));
        assertThat(Compression.LZ4.expand(two, 100)).containsExactly(1, 2, 3, 4, 9, 1, 2, 3, 4, 9, 1, 2, 3);
    }

    /** Repetitions that overlap themselves, and long literals, made at random with what they stand for. */
    @Test
    @Covers("A17")
    void everyKindOfElementOfSnappy() {
        Random random = new Random(3);
        for (int round = 0; round < 300; round++) {
            ByteArrayOutputStream elements = new ByteArrayOutputStream();
            byte[] plain = new byte[70_000];
            int at = 0;
            while (at < 300 + random.nextInt(2000)) {
                int kind = at == 0 ? 0 : random.nextInt(4);
                int length = kind == 1 ? 4 + random.nextInt(8) : 1 + random.nextInt(kind == 0 ? 300 : 64);
                int distance = at == 0 ? 0 : 1 + random.nextInt(Math.min(at, kind == 1 ? 2047 : 65_535));
                if (kind == 0) {
                    byte[] literal = new byte[length];
                    random.nextBytes(literal);
                    if (length > 60) {
                        elements.write(length > 256 ? 61 << 2 : 60 << 2);
                        elements.write(length - 1);
                        if (length > 256) {
                            elements.write(length - 1 >> 8);
                        }
                    } else {
                        elements.write(length - 1 << 2);
                    }
                    elements.writeBytes(literal);
                    System.arraycopy(literal, 0, plain, at, length);
                } else {
                    elements.write(kind == 1 ? 1 | length - 4 << 2 | distance >> 8 << 5 : kind | length - 1 << 2);
                    elements.write(distance);
                    for (int i = 1; i < (kind == 1 ? 1 : kind == 2 ? 2 : 4); i++) {
                        elements.write(distance >> 8 * i);
                    }
                    for (int i = 0; i < length; i++) {
                        plain[at + i] = plain[at + i - distance];
                    }
                }
                at += length;
            }
            int size = at;
            byte[] sent = Encoder.bytesOf(out -> out.u8(size & 0x7f | 0x80)
                    .u8(size >> 7 & 0x7f | 0x80)
                    .u8(size >> 14)
                    .raw(elements.toByteArray()));
            assertThat(Compression.SNAPPY.expand(sent, 1 << 20)).isEqualTo(Arrays.copyOf(plain, size));
        }
    }

    @Test
    @Covers("A17")
    void lengthsThatLieAllocateNothing() {
        byte[] snappy = {(byte) 0xff, (byte) 0xff, (byte) 0xff, 0x7f, 0, 0};
        assertThatThrownBy(() -> Compression.SNAPPY.expand(snappy, Integer.MAX_VALUE))
                .isInstanceOf(MalformedException.class);
        assertThatThrownBy(() -> Compression.LZ4.expand(lz4(new byte[] {0}, Integer.MAX_VALUE), Integer.MAX_VALUE))
                .isInstanceOf(MalformedException.class);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @Covers("A17")
    void aFrameIsExpandedOnceThatIsAgreed(boolean agreed) {
        FrameCodec codec = new FrameCodec(UnpooledByteBufAllocator.DEFAULT, new Discarding(), true);
        if (agreed) {
            codec.compressed(Compression.SNAPPY);
        }
        byte[] payload = golden("snappy");
        ByteBuf in = Unpooled.buffer();
        new Preamble(Tag.KEEPALIVE2_ACK, 1, payload.length, 0, 0, 0, true).write(in, new byte[Preamble.LENGTH]);
        in.writeBytes(payload)
                .writeIntLE(io.jrados.crypto.Crc32c.of(-1, Unpooled.wrappedBuffer(payload), 0, payload.length));
        if (!agreed) {
            assertThatThrownBy(() -> codec.read(in)).hasMessageContaining("not negotiated");
            return;
        }
        Frame frame = codec.read(in);
        assertThat(frame.compressed()).isFalse();
        assertThat(io.netty.buffer.ByteBufUtil.getBytes(frame.header())).isEqualTo(PLAIN);
        frame.release();
    }

    private static final class Discarding implements Sink {
        @Override
        public void write(ByteBuf piece) {
            piece.release();
        }

        @Override
        public void write(ByteBuf piece, ByteBuf owner) {
            owner.release();
        }
    }

    @Test
    void waysAreNamedAsCephDoes() {
        assertThat(List.of("snappy", "zstd", "lz4", "zlib").stream().map(Compression::named))
                .containsExactly(
                        java.util.Optional.of(Compression.SNAPPY),
                        java.util.Optional.empty(),
                        java.util.Optional.of(Compression.LZ4),
                        java.util.Optional.of(Compression.ZLIB));
    }
}
