package io.jrados.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.jrados.error.MalformedException;
import io.jrados.testkit.Covers;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import javax.crypto.Cipher;
import org.bouncycastle.crypto.engines.AESEngine;
import org.bouncycastle.crypto.modes.GCMBlockCipher;
import org.bouncycastle.crypto.params.AEADParameters;
import org.bouncycastle.crypto.params.KeyParameter;
import org.junit.jupiter.api.Test;

@Covers({"A13", "A14"})
class AesGcmTest {
    private static final byte[] KEY = HexFormat.of().parseHex("000102030405060708090a0b0c0d0e0f");
    private static final byte[] NONCE = HexFormat.of().parseHex("a1a2a3a4feffffffffffffff");
    /** Computed with OpenSSL, nonces a1a2a3a4feff..ff, a1a2a3a4ffff..ff and a1a2a3a40000..00. */
    private static final String[] BOXES = {
        "e42c108879245d35d591f6e6e6abd39238aa71e6e85e6f",
        "46d60bc8ebe149cd19dfcb5db8f8523d45763a69497e3f",
        "57c1e6503d462cb06a3549c6853003e9221b7b61de5939"
    };

    private final Random random = new Random(3);

    private static ByteBuf frame(int number) {
        return Unpooled.copiedBuffer("frame " + number, StandardCharsets.US_ASCII);
    }

    @Test
    void theFixedPartStaysAndTheCounterCountsLittleEndian() {
        AesGcm sealing = AesGcm.sealing(KEY, NONCE);
        AesGcm opening = AesGcm.opening(KEY, NONCE);
        for (int i = 0; i < BOXES.length; i++) {
            ByteBuf box = Unpooled.buffer();
            sealing.seal(frame(i), box);
            assertThat(ByteBufUtil.hexDump(box)).isEqualTo(BOXES[i]);
            ByteBuf opened = Unpooled.buffer();
            opening.open(box, opened);
            assertThat(box.isReadable()).isFalse();
            assertThat(opened).isEqualTo(frame(i));
        }
    }

    @Test
    void agreesWithAnotherImplementation() throws Exception {
        for (int length : new int[] {0, 1, 15, 16, 80, 4096, 100_001}) {
            byte[] plain = new byte[length];
            random.nextBytes(plain);
            GCMBlockCipher other = (GCMBlockCipher) GCMBlockCipher.newInstance(AESEngine.newInstance());
            other.init(true, new AEADParameters(new KeyParameter(KEY), 128, NONCE));
            byte[] expected = new byte[other.getOutputSize(length)];
            other.doFinal(expected, other.processBytes(plain, 0, length, expected, 0));
            ByteBuf box = Unpooled.directBuffer();
            AesGcm.sealing(KEY, NONCE).seal(Unpooled.wrappedBuffer(plain), box);
            assertThat(ByteBufUtil.getBytes(box)).isEqualTo(expected);
            box.release();
        }
    }

    @Test
    void buffersOfEveryKindAndInPlace() {
        byte[] plain = new byte[10_000];
        random.nextBytes(plain);
        ByteBuf pieces = Unpooled.wrappedBuffer(
                Unpooled.copiedBuffer(plain, 0, 33),
                Unpooled.directBuffer().writeBytes(plain, 33, 7000),
                Unpooled.copiedBuffer(plain, 7033, 2967));
        ByteBuf box = Unpooled.directBuffer().writeZero(5).skipBytes(5);
        AesGcm.sealing(KEY, NONCE).seal(pieces, box);
        assertThat(pieces.isReadable()).isFalse();
        assertThat(box.readableBytes()).isEqualTo(plain.length + AesGcm.TAG);

        ByteBuf split = Unpooled.wrappedBuffer(box.retainedSlice(5, 4321), box.retainedSlice(4326, 10_016 - 4321));
        ByteBuf opened = Unpooled.buffer();
        AesGcm.opening(KEY, NONCE).open(split, opened);
        assertThat(ByteBufUtil.getBytes(opened)).isEqualTo(plain);

        ByteBuf inPlace = box.duplicate().setIndex(5, 5);
        AesGcm.opening(KEY, NONCE).open(box, inPlace);
        assertThat(ByteBufUtil.getBytes(inPlace)).isEqualTo(plain);
        pieces.release();
        split.release();
        box.release();
    }

    @Test
    void everyFlippedByteIsToldAndNothingIsHandedOut() {
        ByteBuf box = Unpooled.buffer();
        AesGcm.sealing(KEY, NONCE).seal(frame(0), box);
        byte[] bytes = ByteBufUtil.getBytes(box);
        for (int at = 0; at < bytes.length; at++) {
            byte[] flipped = bytes.clone();
            flipped[at] ^= 1;
            ByteBuf out = Unpooled.buffer();
            assertThatExceptionOfType(MalformedException.class)
                    .isThrownBy(() -> AesGcm.opening(KEY, NONCE).open(Unpooled.wrappedBuffer(flipped), out));
            assertThat(out.readableBytes()).isZero();
        }
        for (int length = 0; length < bytes.length; length++) {
            ByteBuf cut = Unpooled.wrappedBuffer(Arrays.copyOf(bytes, length));
            assertThatExceptionOfType(MalformedException.class)
                    .isThrownBy(() -> AesGcm.opening(KEY, NONCE).open(cut, Unpooled.buffer()));
        }
    }

    @Test
    void aRepeatedBoxIsRefused() {
        ByteBuf box = Unpooled.buffer();
        AesGcm.sealing(KEY, NONCE).seal(frame(0), box);
        AesGcm opening = AesGcm.opening(KEY, NONCE);
        opening.open(box.duplicate(), Unpooled.buffer());
        assertThatExceptionOfType(MalformedException.class)
                .isThrownBy(() -> opening.open(box.duplicate(), Unpooled.buffer()));
    }

    @Test
    void stopsBeforeANonceRepeats() {
        AesGcm sealing = new AesGcm(Cipher.ENCRYPT_MODE, KEY, NONCE, 2);
        sealing.seal(frame(0), Unpooled.buffer());
        sealing.seal(frame(1), Unpooled.buffer());
        ByteBuf out = Unpooled.buffer();
        assertThatExceptionOfType(MalformedException.class)
                .isThrownBy(() -> sealing.seal(frame(2), out))
                .withMessageContaining("nonces");
        assertThat(out.readableBytes()).isZero();
    }

    @Test
    void shortKeysAndNoncesAreRefused() {
        assertThatExceptionOfType(MalformedException.class).isThrownBy(() -> AesGcm.sealing(new byte[15], NONCE));
        assertThatExceptionOfType(MalformedException.class).isThrownBy(() -> AesGcm.opening(KEY, new byte[11]));
    }

    @Test
    void saysNothingOfItsKey() {
        assertThat(AesGcm.sealing(KEY, NONCE)).hasToString("AesGcm[sealing]");
    }
}
