package io.jrados.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.jrados.error.Errno;
import io.jrados.error.RadosException;
import io.jrados.testkit.Covers;
import io.jrados.wire.EntityName;
import java.util.Arrays;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Plays recorded conversations again: what we send is the same to the byte, what real daemons answered is understood.
 */
class RecordedLoginTest {
    private static ClientAuth client(Transcript transcript, String name) throws RadosException {
        AuthPolicy policy = name.endsWith("secure")
                ? AuthPolicy.of("cephx", "secure crc", "crc secure")
                : AuthPolicy.of("cephx", "crc", "secure");
        return new ClientAuth(
                Entity.parse("client.admin"),
                Optional.of(CryptoKey.fromBase64(transcript.key())),
                policy,
                new TestEnvironment(7));
    }

    private static AuthDone play(Transcript.Part part, ConnectionAuth auth) throws RadosException {
        begin(part, auth);
        AuthDone done =
                auth.onDone(part.globalId(), part.mode(), part.received().get(1));
        auth.confirmed();
        return done;
    }

    private static void begin(Transcript.Part part, ConnectionAuth auth) throws RadosException {
        assertThat(auth.begin()).isEqualTo(part.sent().get(0));
        assertThat(auth.onMore(part.received().get(0))).isEqualTo(part.sent().get(1));
    }

    @ParameterizedTest
    @ValueSource(strings = {"16.2.15/cephx/crc", "16.2.15/cephx/secure", "20.2.4/cephx/crc", "20.2.4/cephx/secure"})
    @Covers({"B03", "B04", "B05", "B06", "B08", "B09", "B10", "B15", "B17", "B18", "B21", "B22", "B23", "K23"})
    void loginReturnAndSessionWithAnOsd(String name) throws Exception {
        Transcript transcript = Transcript.load(name);
        ClientAuth client = client(transcript, name);
        for (String connection : transcript.parts().keySet()) {
            Transcript.Part part = transcript.parts().get(connection);
            ConnectionAuth auth = connection.equals("osd") ? client.toService(EntityName.OSD) : client.toMonitor();
            AuthDone done = play(part, auth);
            assertThat(done.globalId()).isEqualTo(part.globalId());
            assertThat(done.sessionKey()).hasSize(name.startsWith("16") ? 16 : 32);
            assertThat(done.connectionSecret()).hasSize(done.mode() == ConnectionAuth.SECURE ? 64 : 0);
        }
        assertThat(transcript.parts()).hasSize(3);
        assertThat(client.tickets().usable(EntityName.MGR)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"16.2.15/cephx/secure", "20.2.4/cephx/secure", "16.2.15/cephx/crc", "20.2.4/cephx/crc"})
    @Covers("K23")
    void everyTruncationOfWhatDaemonsAnswerIsRefused(String name) throws Exception {
        Transcript transcript = Transcript.load(name);
        Transcript.Part login = transcript.parts().get("login");
        byte[] challenge = login.received().get(0);
        for (int length = 0; length < challenge.length; length++) {
            byte[] cut = Arrays.copyOf(challenge, length);
            MonitorLogin auth = client(transcript, name).toMonitor();
            auth.begin();
            refuses(() -> auth.onMore(cut));
        }
        byte[] reply = login.received().get(1);
        for (int length = 0; length < reply.length; length++) {
            byte[] cut = Arrays.copyOf(reply, length);
            ClientAuth client = client(transcript, name);
            MonitorLogin auth = client.toMonitor();
            begin(login, auth);
            refuses(() -> auth.onDone(login.globalId(), login.mode(), cut));
            assertThat(client.tickets().globalId()).isZero();
        }
        Transcript.Part osd = transcript.parts().get("osd");
        for (int round = 0; round < 2; round++) {
            byte[] answer = osd.received().get(round);
            for (int length = 0; length < answer.length; length++) {
                byte[] cut = Arrays.copyOf(answer, length);
                ClientAuth client = client(transcript, name);
                play(login, client.toMonitor());
                play(transcript.parts().get("return"), client.toMonitor());
                ConnectionAuth auth = client.toService(EntityName.OSD);
                auth.begin();
                if (round == 0) {
                    refuses(() -> auth.onMore(cut));
                } else {
                    auth.onMore(osd.received().get(0));
                    refuses(() -> auth.onDone(osd.globalId(), osd.mode(), cut));
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"16.2.15/cephx/secure", "20.2.4/cephx/crc"})
    void aFlippedByteIsATypedErrorOrHarmless(String name) throws Exception {
        Transcript transcript = Transcript.load(name);
        Transcript.Part login = transcript.parts().get("login");
        byte[] reply = login.received().get(1);
        int refused = 0;
        for (int at = 0; at < reply.length; at++) {
            for (int bit = 0; bit < 8; bit++) {
                byte[] flipped = reply.clone();
                flipped[at] ^= (byte) (1 << bit);
                MonitorLogin auth = client(transcript, name).toMonitor();
                begin(login, auth);
                try {
                    auth.onDone(login.globalId(), login.mode(), flipped);
                } catch (RadosException expected) {
                    refused++;
                }
            }
        }
        assertThat(refused).isGreaterThan(reply.length);
    }

    @ParameterizedTest
    @ValueSource(strings = {"16.2.15/cephx/secure", "20.2.4/cephx/secure"})
    @Covers("B10")
    void anotherKeyIsTold(String name) throws Exception {
        Transcript transcript = Transcript.load(name);
        Transcript.Part login = transcript.parts().get("login");
        ClientAuth client = client(transcript, name);
        byte[] other = new byte[32];
        client.replaceKey(CryptoKey.of(name.startsWith("16") ? 1 : 2, other));
        MonitorLogin auth = client.toMonitor();
        auth.begin();
        auth.onMore(login.received().get(0));
        assertThatExceptionOfType(RadosException.class)
                .isThrownBy(() -> auth.onDone(
                        login.globalId(), login.mode(), login.received().get(1)))
                .withMessageContaining("key rejected")
                .withMessageContaining("client.admin")
                .satisfies(e -> assertThat(e.errno()).isEqualTo(Errno.EACCES));
    }

    private static void refuses(ThrowingCallable call) {
        assertThatExceptionOfType(RadosException.class).isThrownBy(call).satisfies(e -> assertThat(e.errno())
                .isIn(Errno.EBADMSG, Errno.EACCES));
    }
}
