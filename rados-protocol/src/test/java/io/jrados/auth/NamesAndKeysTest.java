package io.jrados.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.jrados.error.Errno;
import io.jrados.error.RadosException;
import io.jrados.testkit.Covers;
import io.jrados.wire.Decoder;
import io.jrados.wire.Encoder;
import io.jrados.wire.EntityName;
import io.jrados.wire.Utime;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NamesAndKeysTest {
    /** Made by ceph-authtool of release 16 and by a monitor of release 20. */
    private static final String AES = "AQBPEQNrpUMlFBAAvuKmBZIK/vovM2WmbTTAGg==";

    private static final String AES256K = "AgD8FANrufQnLCAA40ACo212CeIFH7shT2515goZFAkpdPKaAHt49OrJvFQ=";

    @ParameterizedTest
    @CsvSource({"client.admin, 8, admin", "client.a.b, 8, a.b", "osd.0, 4, 0", "mgr.x, 16, x", "mon., 0, ''"})
    void namesReadAndWrite(String name, int type, String id) throws RadosException {
        if (type == 0) {
            refused(name);
            return;
        }
        assertThat(Entity.parse(name)).isEqualTo(new Entity(type, id)).hasToString(name);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "admin", ".admin", "client.", "user.admin", "Client.admin"})
    void wrongNamesAreRefused(String name) {
        refused(name);
    }

    private static void refused(String name) {
        assertThatExceptionOfType(RadosException.class)
                .isThrownBy(() -> Entity.parse(name))
                .withMessageContaining("'" + name + "'")
                .satisfies(e -> assertThat(e.errno()).isEqualTo(Errno.EINVAL));
    }

    @Test
    void aNameOnTheWire() {
        byte[] bytes = Encoder.bytesOf(new Entity(EntityName.CLIENT, "admin")::encode);
        assertThat(HexFormat.of().formatHex(bytes)).isEqualTo("080000000500000061646d696e");
        assertThat(Decoder.whole(bytes, Entity::decode)).hasToString("client.admin");
    }

    @ParameterizedTest
    @CsvSource({AES + ", 1, aes, 16", AES256K + ", 2, aes256k, 32"})
    @Covers("B14")
    void keysReadAndWrite(String text, int type, String name, int length) throws RadosException {
        CryptoKey key = CryptoKey.fromBase64(" " + text + "\n");
        assertThat(key.type()).isEqualTo(type);
        assertThat(key.typeName()).isEqualTo(name);
        assertThat(key.secret()).hasSize(length);
        assertThat(Base64.getEncoder().encodeToString(Encoder.bytesOf(key::encode)))
                .isEqualTo(text);
        assertThat(key).hasToString("CryptoKey[" + name + "]");
    }

    @Test
    @Covers("B14")
    void everyTruncationOfAKeyAndWhatFollowsOneIsRefused() {
        byte[] bytes = Base64.getDecoder().decode(AES);
        for (int length = 0; length < bytes.length; length++) {
            String cut = Base64.getEncoder().encodeToString(Arrays.copyOf(bytes, length));
            unreadable(cut);
        }
        unreadable(Base64.getEncoder().encodeToString(Arrays.copyOf(bytes, bytes.length + 1)));
        unreadable("no base 64!");
        unreadable("AABPEQNrpUMlFBAAvuKmBZIK/vovM2WmbTTAGg==");
    }

    private static void unreadable(String text) {
        assertThatExceptionOfType(RadosException.class)
                .isThrownBy(() -> CryptoKey.fromBase64(text))
                .satisfies(e -> assertThat(e.errno()).isEqualTo(Errno.EINVAL))
                .satisfies(e -> assertThat(text.isEmpty() || !e.getMessage().contains(text))
                        .isTrue());
    }

    @Test
    void aDestroyedKeyIsGone() throws RadosException {
        CryptoKey key = CryptoKey.fromBase64(AES);
        CryptoKey copy = key.copy();
        key.destroy();
        assertThatExceptionOfType(IllegalStateException.class).isThrownBy(key::copy);
        assertThatExceptionOfType(IllegalStateException.class).isThrownBy(() -> Encoder.bytesOf(key::encode));
        assertThat(copy.secret()).isEqualTo(CryptoKey.fromBase64(AES).secret());
    }

    @Test
    @Covers({"B01", "B30"})
    void policiesReadConfiguration() {
        AuthPolicy policy = AuthPolicy.of("cephx;gss, none none", "secure crc", "crc\tnew");
        assertThat(policy.methods()).containsExactly(ConnectionAuth.CEPHX, ConnectionAuth.NONE);
        assertThat(policy.modes(EntityName.MGR, ConnectionAuth.CEPHX))
                .containsExactly(ConnectionAuth.SECURE, ConnectionAuth.CRC);
        assertThat(policy.modes(EntityName.MON, ConnectionAuth.NONE)).containsExactly(ConnectionAuth.CRC);
        assertThat(policy.modes(EntityName.OSD, ConnectionAuth.CEPHX)).containsExactly(ConnectionAuth.CRC);
        assertThat(AuthPolicy.of("", "", "").methods()).isEmpty();
    }

    @Test
    void nothingSecretIsPrinted() throws RadosException {
        CryptoKey key = CryptoKey.fromBase64(AES);
        Ticket ticket = Ticket.granted(EntityName.OSD, key, TicketBlob.NONE, Utime.ZERO, 0);
        byte[] random = new byte[16];
        new Random(1).nextBytes(random);
        assertThat(ticket).hasToString("Ticket[osd]");
        assertThat(new AuthDone(1, 2, random, random)).hasToString("AuthDone[globalId=1, mode=2]");
        assertThat(new TicketBlob(3, random)).hasToString("TicketBlob[secretId=3, 16 bytes]");
        assertThat(new Grant(4, random, false, random)).hasToString("Grant[osd]");
    }
}
