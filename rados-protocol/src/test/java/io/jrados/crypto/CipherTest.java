package io.jrados.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.jrados.error.MalformedException;
import io.jrados.testkit.Covers;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.bouncycastle.crypto.engines.AESEngine;
import org.bouncycastle.crypto.modes.CBCBlockCipher;
import org.bouncycastle.crypto.paddings.PKCS7Padding;
import org.bouncycastle.crypto.paddings.PaddedBufferedBlockCipher;
import org.bouncycastle.crypto.params.KeyParameter;
import org.bouncycastle.crypto.params.ParametersWithIV;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CipherTest {
    private static final byte[] KEY = hex("000102030405060708090a0b0c0d0e0f");
    /** The base key of the examples of RFC 8009, appendix A, for aes256-cts-hmac-sha384-192. */
    private static final Aes256Cts RFC8009 =
            new Aes256Cts(hex("6D404D37FAF79F9DF0D33568D320669800EB4836472EA8A026D16B7182460C52"));

    private final Random random = new Random(2);

    private static byte[] hex(String digits) {
        return HexFormat.of().parseHex(digits);
    }

    private byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    /** Computed with OpenSSL. */
    @Test
    @Covers("B11")
    void anAesKeyEncryptsWithTheFixedVector() {
        byte[] plain = "cephx envelopes have no tag".getBytes(StandardCharsets.US_ASCII);
        CephCipher cipher = CephCipher.of(CephCipher.AES, KEY);
        byte[] encrypted = hex("0737f394cc42c6699b6bc09dcdc34b05c5ce7ec3b5c11a8befa618213431b649");
        assertThat(cipher.encrypt(KeyUsage.AUTHORIZE, plain, random)).isEqualTo(encrypted);
        assertThat(cipher.decrypt(KeyUsage.TICKET_BLOB, encrypted)).isEqualTo(plain);
    }

    @Test
    @Covers("B11")
    void anAesKeyAgreesWithAnotherImplementation() throws Exception {
        for (int length = 0; length < 50; length++) {
            byte[] key = bytes(16);
            byte[] plain = bytes(length);
            var other = new PaddedBufferedBlockCipher(
                    CBCBlockCipher.newInstance(AESEngine.newInstance()), new PKCS7Padding());
            byte[] vector = "cephsageyudagreg".getBytes(StandardCharsets.US_ASCII);
            other.init(true, new ParametersWithIV(new KeyParameter(key), vector));
            byte[] expected = new byte[other.getOutputSize(length)];
            other.doFinal(expected, other.processBytes(plain, 0, length, expected, 0));
            CephCipher cipher = CephCipher.of(CephCipher.AES, key);
            assertThat(cipher.encrypt(KeyUsage.AUTHORIZE, plain, random)).isEqualTo(expected);
            assertThat(cipher.decrypt(KeyUsage.AUTHORIZE, expected)).isEqualTo(plain);
        }
    }

    @Test
    @Covers("B11")
    void anAesKeyUsesTheFirst16BytesOfALongerSecret() {
        byte[] longer = Arrays.copyOf(KEY, 32);
        byte[] plain = bytes(20);
        assertThat(CephCipher.of(CephCipher.AES, longer).encrypt(KeyUsage.AUTHORIZE, plain, random))
                .isEqualTo(CephCipher.of(CephCipher.AES, KEY).encrypt(KeyUsage.AUTHORIZE, plain, random));
    }

    @ParameterizedTest
    @CsvSource({"1, 15", "1, 0", "2, 16", "2, 31", "2, 33", "0, 16", "3, 32"})
    @Covers("B14")
    void secretsOfWrongLengthAndUnknownTypesAreRefused(int type, int length) {
        assertThatExceptionOfType(MalformedException.class).isThrownBy(() -> CephCipher.of(type, new byte[length]));
    }

    @ParameterizedTest
    @CsvSource({"1, 0", "1, 1", "1, 15", "1, 17", "1, 31", "2, 0", "2, 23", "2, 24", "2, 39"})
    void ciphertextsOfImpossibleLengthAreRefused(int type, int length) {
        CephCipher cipher = CephCipher.of(type, new byte[type == CephCipher.AES ? 16 : 32]);
        assertThatExceptionOfType(MalformedException.class)
                .isThrownBy(() -> cipher.decrypt(KeyUsage.AUTHORIZE, new byte[length]));
    }

    @Test
    @Covers("B12")
    void keysDeriveAsInRfc8009() {
        assertThat(RFC8009.derive(2, 0x99, 24)).isEqualTo(hex("EF5718BE86CC84963D8BBB5031E9F5C4BA41F28FAF69E73D"));
        assertThat(RFC8009.derive(2, 0xAA, 32))
                .isEqualTo(hex("56AB22BEE63D82D7BC5227F6773F8EA7A5EB1C825160C38312980C442E5C7E49"));
        assertThat(RFC8009.derive(2, 0x55, 24)).isEqualTo(hex("69B16514E3CD8E56B82010D5C73012B622C4D00FFC23ED1F"));
    }

    /** RFC 8009, appendix A: confounder, plaintext, ciphertext with its tag; key usage 2. */
    @ParameterizedTest
    @CsvSource({
        "F764E9FA15C276478B2C7D0C4E5F58E4, '',"
                + " 41F53FA5BFE7026D91FAF9BE959195A058707273A96A40F0A01960621AC612748B9BBFBE7EB4CE3C",
        "B80D3251C1F6471494256FFE712D0B9A, 000102030405,"
                + " 4ED7B37C2BCAC8F74F23C1CF07E62BC7B75FB3F637B9F559C7F664F69EAB7B6092237526EA0D1F61CB20D69D10F2",
        "53BF8A0D105265D4E276428624CE5E63, 000102030405060708090A0B0C0D0E0F,"
                + " BC47FFEC7998EB91E8115CF8D19DAC4BBBE2E163E87DD37F49BECA92027764F68CF51F14D798C2273F35DF574D1F932E40C4"
                + "FF255B36A266",
        "763E65367E864F02F55153C7E3B58AF1, 000102030405060708090A0B0C0D0E0F1011121314,"
                + " 40013E2DF58E8751957D2878BCD2D6FE101CCFD556CB1EAE79DB3C3EE86429F2B2A602AC86FEF6ECB647D6295FAE077A1FEB"
                + "517508D2C16B4192E01F62"
    })
    @Covers("B12")
    void anAes256kKeyEncryptsAsInRfc8009(String confounder, String plain, String encrypted) {
        assertThat(RFC8009.encrypt(2, hex(plain), hex(confounder))).isEqualTo(hex(encrypted));
        assertThat(RFC8009.decrypt(2, hex(encrypted))).isEqualTo(hex(plain));
    }

    @Test
    @Covers({"B12", "B13"})
    void anAes256kKeyTellsAnotherUsageAndEveryFlippedByte() {
        CephCipher cipher = CephCipher.of(CephCipher.AES256K, bytes(32));
        byte[] plain = bytes(50);
        byte[] encrypted = cipher.encrypt(KeyUsage.AUTHORIZE, plain, random);
        assertThat(cipher.decrypt(KeyUsage.AUTHORIZE, encrypted)).isEqualTo(plain);
        assertThat(cipher.encrypt(KeyUsage.AUTHORIZE, plain, random)).isNotEqualTo(encrypted);
        assertThatExceptionOfType(MalformedException.class)
                .isThrownBy(() -> cipher.decrypt(KeyUsage.AUTHORIZE_REPLY, encrypted));
        for (int at = 0; at < encrypted.length; at++) {
            byte[] flipped = encrypted.clone();
            flipped[at] ^= 0x10;
            assertThatExceptionOfType(MalformedException.class)
                    .isThrownBy(() -> cipher.decrypt(KeyUsage.AUTHORIZE, flipped));
        }
    }

    /** RFC 4231, test case 2. */
    @Test
    void hmacOfRfc4231() {
        byte[] key = "Jefe".getBytes(StandardCharsets.US_ASCII);
        byte[] expected = hex("5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
        assertThat(Hmac.sha256(key, ascii("what do ya want "), ascii("for nothing?")))
                .isEqualTo(expected);
        var composite = Unpooled.wrappedBuffer(ascii("what do ya want "), ascii("for nothing?"));
        assertThat(Hmac.sha256(key, composite)).isEqualTo(expected);
        assertThat(composite.readableBytes()).isEqualTo(28);
        composite.release();
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
