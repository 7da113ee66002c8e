package io.jrados.crypto;

import static org.assertj.core.api.Assertions.assertThat;

import io.jrados.testkit.Covers;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

@Covers("A05")
class Crc32cTest {
    private static final int[] SEEDS = {0, -1, 1, 0x80000000, 0x12345678, 0xcafebabe};

    private final Random random = new Random(1);

    /** The definition, bit by bit. */
    private static int slow(int seed, byte[] data) {
        int crc = seed;
        for (byte b : data) {
            crc ^= b & 0xff;
            for (int bit = 0; bit < 8; bit++) {
                crc = (crc & 1) != 0 ? crc >>> 1 ^ 0x82F63B78 : crc >>> 1;
            }
        }
        return crc;
    }

    private byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    @Test
    void theCheckValueOfTheAlgorithmWithoutItsFinalInversion() {
        assertThat(~Crc32c.of(Crc32c.SEED, "123456789".getBytes(StandardCharsets.US_ASCII)))
                .isEqualTo(0xE3069283);
    }

    @Test
    void anEmptyPartIsItsSeed() {
        for (int seed : SEEDS) {
            assertThat(Crc32c.of(seed, new byte[0])).isEqualTo(seed);
            assertThat(Crc32c.of(seed, Unpooled.EMPTY_BUFFER)).isEqualTo(seed);
        }
    }

    @Test
    void everySeedAndLengthAsDefined() {
        for (int seed : SEEDS) {
            for (int length = 0; length < 70; length++) {
                byte[] data = bytes(length);
                assertThat(Crc32c.of(seed, data)).isEqualTo(slow(seed, data));
            }
        }
        int seed = random.nextInt();
        byte[] large = bytes(100_003);
        assertThat(Crc32c.of(seed, large)).isEqualTo(slow(seed, large));
    }

    @Test
    void partsChain() {
        byte[] data = bytes(5000);
        int first = Crc32c.of(0, data, 0, 1234);
        assertThat(Crc32c.of(first, data, 1234, data.length - 1234)).isEqualTo(slow(0, data));
    }

    @Test
    void everyKindOfBufferWithoutMovingIt() {
        byte[] data = bytes(1000);
        byte[] part = Arrays.copyOfRange(data, 10, 990);
        ByteBuf heap = Unpooled.copiedBuffer(data);
        ByteBuf direct = Unpooled.directBuffer(data.length).writeBytes(data);
        ByteBuf wrapped = Unpooled.wrappedBuffer(
                ByteBuffer.allocateDirect(data.length).put(data).flip().asReadOnlyBuffer());
        ByteBuf composite = Unpooled.wrappedBuffer(
                Unpooled.copiedBuffer(data, 0, 300),
                Unpooled.directBuffer(400).writeBytes(data, 300, 400),
                Unpooled.wrappedBuffer(ByteBuffer.wrap(data, 700, 300).asReadOnlyBuffer()));
        for (ByteBuf buffer : new ByteBuf[] {heap, direct, wrapped, composite, composite.slice(), heap.slice()}) {
            buffer.setIndex(10, 990);
            for (int seed : SEEDS) {
                assertThat(Crc32c.of(seed, buffer)).isEqualTo(slow(seed, part));
                assertThat(Crc32c.of(seed, buffer, 0, 1000)).isEqualTo(slow(seed, data));
            }
            assertThat(buffer.readerIndex()).isEqualTo(10);
            assertThat(buffer.readableBytes()).isEqualTo(980);
        }
        heap.release();
        direct.release();
        wrapped.release();
        composite.release();
    }

    @Test
    void byteBuffersToo() {
        byte[] data = bytes(333);
        ByteBuffer direct = ByteBuffer.allocateDirect(333).put(data).flip();
        ByteBuffer readOnly = ByteBuffer.wrap(data).asReadOnlyBuffer();
        assertThat(Crc32c.of(0, direct)).isEqualTo(slow(0, data));
        assertThat(Crc32c.of(-1, readOnly)).isEqualTo(slow(-1, data));
        assertThat(direct.remaining()).isEqualTo(333);
        assertThat(readOnly.remaining()).isEqualTo(333);
    }
}
