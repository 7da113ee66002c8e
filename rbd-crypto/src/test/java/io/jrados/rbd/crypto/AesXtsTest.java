package io.jrados.rbd.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** XTS-AES by the vectors of its standard, and what callers may rely on besides. */
class AesXtsTest {
    private static final HexFormat HEX = HexFormat.of();

    record Vector(int number, byte[] key, long sector, byte[] plain, byte[] encrypted) {
        @Override
        public String toString() {
            return "vector " + number;
        }
    }

    static List<Vector> vectors() throws IOException {
        List<Vector> vectors = new ArrayList<>();
        try (InputStream in = AesXtsTest.class.getResourceAsStream("/ieee1619.txt")) {
            String text = new String(in.readAllBytes(), StandardCharsets.US_ASCII);
            for (String part : text.split("(?m)^vector ")) {
                if (!part.startsWith("#")) {
                    vectors.add(vector(part.lines().toList()));
                }
            }
        }
        assertThat(vectors).hasSize(6);
        return vectors;
    }

    private static Vector vector(List<String> lines) {
        Map<String, String> fields = new HashMap<>();
        for (String line : lines.subList(1, lines.size())) {
            String[] words = line.split(" ");
            fields.merge(words[0], words[1], String::concat);
        }
        return new Vector(
                Integer.parseInt(lines.get(0)),
                HEX.parseHex(fields.get("key")),
                Long.parseUnsignedLong(fields.get("sector"), 16),
                HEX.parseHex(fields.get("plain")),
                HEX.parseHex(fields.get("encrypted")));
    }

    private static byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }

    private static byte[] encrypted(SectorCipher cipher, long sector, byte[] plain) {
        ByteBuffer out = ByteBuffer.allocate(plain.length);
        cipher.encrypt(sector, ByteBuffer.wrap(plain), out);
        return out.array();
    }

    @ParameterizedTest
    @MethodSource("vectors")
    void agreesWithTheStandard(Vector vector) {
        try (AesXts cipher = new AesXts(vector.key(), vector.plain().length)) {
            assertThat(encrypted(cipher, vector.sector(), vector.plain())).isEqualTo(vector.encrypted());
            ByteBuffer back = ByteBuffer.allocate(vector.plain().length);
            cipher.decrypt(vector.sector(), ByteBuffer.wrap(vector.encrypted()), back);
            assertThat(back.array()).isEqualTo(vector.plain());
        }
    }

    @Test
    void sectorsAreNumberedOnAndStandAlone() {
        try (AesXts cipher = new AesXts(bytes(64), 512)) {
            byte[] plain = bytes(4 * 512);
            ByteBuffer whole = ByteBuffer.wrap(encrypted(cipher, -2, plain));
            for (int i = 0; i < 4; i++) {
                byte[] one = new byte[512];
                whole.get(one);
                ByteBuffer alone = ByteBuffer.allocate(512);
                cipher.decrypt(i - 2, ByteBuffer.wrap(one), alone);
                assertThat(alone.array()).isEqualTo(java.util.Arrays.copyOfRange(plain, i * 512, (i + 1) * 512));
            }
            byte[] same = new byte[2 * 512];
            ByteBuffer out = ByteBuffer.wrap(encrypted(cipher, 7, same));
            assertThat(out.slice(0, 512)).as("equal sectors look different").isNotEqualTo(out.slice(512, 512));
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void encryptsInPlaceAndInBuffersOfEveryKind(boolean direct) {
        try (AesXts cipher = new AesXts(bytes(32), 4096)) {
            byte[] plain = bytes(2 * 4096);
            ByteBuffer buffer =
                    direct ? ByteBuffer.allocateDirect(plain.length + 9) : ByteBuffer.allocate(plain.length + 9);
            buffer.position(5).put(plain).flip().position(5);
            ByteBuffer in = buffer.duplicate();
            cipher.encrypt(3, in, buffer);
            assertThat(in.hasRemaining()).isFalse();
            assertThat(buffer.position()).isEqualTo(5 + plain.length);
            assertThat(buffer.flip().position(5)).isEqualTo(ByteBuffer.wrap(encrypted(cipher, 3, plain)));
            cipher.decrypt(3, buffer.duplicate(), buffer.duplicate());
            assertThat(buffer).isEqualTo(ByteBuffer.wrap(plain));
            ByteBuffer asReadOnly = ByteBuffer.wrap(plain).asReadOnlyBuffer();
            cipher.encrypt(3, asReadOnly, ByteBuffer.allocate(plain.length));
        }
    }

    @Test
    void manyThreadsUseOne() {
        try (AesXts cipher = new AesXts(bytes(64), 512)) {
            byte[] plain = bytes(64 * 512);
            byte[] expected = encrypted(cipher, 0, plain);
            List<CompletableFuture<byte[]>> all = new ArrayList<>();
            for (int i = 0; i < 32; i++) {
                all.add(CompletableFuture.supplyAsync(() -> encrypted(cipher, 0, plain)));
            }
            for (CompletableFuture<byte[]> one : all) {
                assertThat(one).succeedsWithin(java.time.Duration.ofSeconds(60)).isEqualTo(expected);
            }
        }
    }

    @Test
    void refusesWhatDoesNotFit() {
        for (int length : new int[] {0, 16, 31, 33, 48, 63, 65}) {
            assertThatThrownBy(() -> new AesXts(new byte[length], 512)).hasMessageStartingWith("key: ");
        }
        for (int size : new int[] {0, -512, 15, 520, (1 << 20) + 16}) {
            assertThatThrownBy(() -> new AesXts(new byte[32], size)).hasMessageStartingWith("sectorSize: ");
        }
        AesXts cipher = new AesXts(new byte[32], 512);
        assertThatThrownBy(() -> cipher.encrypt(0, ByteBuffer.allocate(513), ByteBuffer.allocate(1024)))
                .hasMessageStartingWith("in: ");
        assertThatThrownBy(() -> cipher.encrypt(0, ByteBuffer.allocate(512), ByteBuffer.allocate(511)))
                .hasMessageStartingWith("out: ");
        cipher.encrypt(0, ByteBuffer.allocate(0), ByteBuffer.allocate(0));
        cipher.close();
        cipher.close();
        assertThatThrownBy(() -> cipher.encrypt(0, ByteBuffer.allocate(512), ByteBuffer.allocate(512)))
                .isInstanceOf(IllegalStateException.class);
    }
}
