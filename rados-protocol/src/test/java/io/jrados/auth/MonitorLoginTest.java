package io.jrados.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.jrados.error.Errno;
import io.jrados.error.RadosException;
import io.jrados.testkit.Covers;
import io.jrados.wire.Decoder;
import io.jrados.wire.EntityName;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MonitorLoginTest {
    private static final int EACCES = -13;
    private static final int EBUSY = -16;
    private static final int EOPNOTSUPP = -95;
    private static final List<Integer> BOTH_MODES = List.of(ConnectionAuth.SECURE, ConnectionAuth.CRC);
    private static final List<Integer> CEPHX = List.of(ConnectionAuth.CEPHX);

    private static final AuthPolicy EITHER = AuthPolicy.of("cephx, none", "secure crc", "crc secure");

    private final TestEnvironment environment = new TestEnvironment(5);
    private final ScriptedCluster cluster = new ScriptedCluster(key());
    private final ClientAuth client = client(AuthPolicy.DEFAULT, Optional.of(key()));

    private static CryptoKey key() {
        return CryptoKey.of(ScriptedCluster.KEY_TYPE, "sixteen bytes it".getBytes(StandardCharsets.UTF_8));
    }

    private ClientAuth client(AuthPolicy policy, Optional<CryptoKey> key) {
        return new ClientAuth(new Entity(EntityName.CLIENT, "glance"), key, policy, environment);
    }

    private MonitorLogin login(long globalId) throws RadosException {
        MonitorLogin login = client.toMonitor();
        login.begin();
        byte[] reply = cluster.admit(cluster.authenticate(login.onMore(cluster.challenge())));
        login.onDone(globalId, ConnectionAuth.SECURE, reply);
        login.confirmed();
        return login;
    }

    private static void fails(Errno errno, String words, ThrowingCallable call) {
        assertThatExceptionOfType(RadosException.class)
                .isThrownBy(call)
                .withMessageContaining(words)
                .satisfies(e -> assertThat(e.errno()).isEqualTo(errno));
    }

    @Test
    @Covers({"B03", "B06", "B17"})
    void aFirstLoginAsksForNoGlobalIdAndShowsNoTicket() throws RadosException {
        MonitorLogin login = client.toMonitor();
        Decoder request = Decoder.of(login.begin());
        assertThat(request.u8()).isEqualTo(10);
        assertThat(Entity.decode(request)).hasToString("client.glance");
        assertThat(request.u64()).isZero();
        request.expectEnd();
        Authenticate sent = cluster.authenticate(login.onMore(cluster.challenge()));
        assertThat(sent.oldTicket().blob()).isEmpty();
        assertThat(sent.otherKeys() & EntityName.OSD).isNotZero();

        AuthDone done = login.onDone(4711, ConnectionAuth.SECURE, cluster.admit(sent));
        assertThat(done.connectionSecret()).isEqualTo(cluster.secret);
        login.confirmed();
        assertThat(client.tickets().globalId()).isEqualTo(4711);
        assertThat(client.tickets().usable(EntityName.OSD)).isTrue();
    }

    @Test
    @Covers({"B06", "B23"})
    void aReturnShowsTheOldTicketAndKeepsTheGlobalId() throws RadosException {
        login(4711);
        MonitorLogin again = client.toMonitor();
        Decoder request = Decoder.of(again.begin()).skip(1);
        Entity.decode(request);
        assertThat(request.u64()).isEqualTo(4711);
        Authenticate sent = cluster.authenticate(again.onMore(cluster.challenge()));
        assertThat(sent.oldTicket().blob()).isNotEmpty();
        byte[] reply = cluster.admit(sent);
        fails(Errno.EBADMSG, "4712", () -> again.onDone(4712, ConnectionAuth.SECURE, reply));
        assertThat(login(4711).method()).isEqualTo(ConnectionAuth.CEPHX);
    }

    @Test
    void ofTwoFirstLoginsSideBySideOneWins() throws RadosException {
        MonitorLogin loser = client.toMonitor();
        loser.begin();
        byte[] reply = cluster.admit(cluster.authenticate(loser.onMore(cluster.challenge())));
        login(4711);
        fails(Errno.ECANCELED, "4711", () -> loser.onDone(4712, ConnectionAuth.SECURE, reply));
        assertThat(client.tickets().globalId()).isEqualTo(4711);
    }

    /** Nothing but the signature protects the global_id: it is not in what is encrypted. */
    @Test
    void whatNobodySignedIsForgotten() throws RadosException {
        MonitorLogin changed = client.toMonitor();
        changed.begin();
        byte[] reply = cluster.admit(cluster.authenticate(changed.onMore(cluster.challenge())));
        changed.onDone(666, ConnectionAuth.SECURE, reply);
        assertThat(client.tickets().globalId()).isZero();
        assertThat(client.tickets().usable(EntityName.OSD)).isFalse();

        MonitorLogin honest = login(4711);
        assertThat(client.tickets().globalId()).isEqualTo(4711);
        fails(Errno.ECANCELED, "4711", changed::confirmed);
        fails(Errno.EBADMSG, "goes on before it is done", honest::confirmed);
        assertThat(client.tickets().globalId()).isEqualTo(4711);
    }

    @Test
    void whoHasAKeyDoesNotGoWithoutUnlessTold() throws Exception {
        List<Integer> open = List.of(ConnectionAuth.NONE);
        MonitorLogin login = client.toMonitor();
        login.begin();
        fails(
                Errno.EACCES,
                "auth_client_required = none",
                () -> login.onBadMethod(ConnectionAuth.CEPHX, EOPNOTSUPP, open, BOTH_MODES));

        PrintStream stderr = System.err;
        ByteArrayOutputStream log = new ByteArrayOutputStream();
        try {
            System.setErr(new PrintStream(log, true, StandardCharsets.UTF_8));
            MonitorLogin told = client(EITHER, Optional.of(key())).toMonitor();
            told.begin();
            told.onBadMethod(ConnectionAuth.CEPHX, EOPNOTSUPP, open, BOTH_MODES);
            told.onDone(4711, ConnectionAuth.CRC, new byte[0]);
            told.confirmed();
        } finally {
            System.setErr(stderr);
        }
        assertThat(log.toString(StandardCharsets.UTF_8).lines())
                .singleElement()
                .asString()
                .contains("WARN", "client.glance has a key and logged in without it");
    }

    @Test
    void aSeparateLoginKeepsTheRuleOfTheFirst() throws RadosException {
        ClientAuth either = client(EITHER, Optional.of(key()));
        assertThat(either.separate().methods()).containsExactly(ConnectionAuth.CEPHX, ConnectionAuth.NONE);
        MonitorLogin login = either.toMonitor();
        login.begin();
        byte[] reply = cluster.admit(cluster.authenticate(login.onMore(cluster.challenge())));
        login.onDone(4711, ConnectionAuth.SECURE, reply);
        login.confirmed();
        assertThat(either.separate().methods()).containsExactly(ConnectionAuth.CEPHX);
    }

    @Test
    void noKeyBelowTheLeastTypeIsUsed() throws RadosException {
        AuthPolicy strong = AuthPolicy.DEFAULT.withLeastKey("aes256k");
        MonitorLogin own = client(strong, Optional.of(key())).toMonitor();
        own.begin();
        fails(Errno.EACCES, "of type aes where this client wants aes256k", () -> own.onMore(cluster.challenge()));
        fails(Errno.EINVAL, "neither aes nor aes256k", () -> AuthPolicy.DEFAULT.withLeastKey("aes512"));

        CryptoKey newer = CryptoKey.of(2, new byte[32]);
        ScriptedCluster weak = new ScriptedCluster(CryptoKey.of(2, new byte[32]));
        MonitorLogin granted = client(strong, Optional.of(newer)).toMonitor();
        granted.begin();
        byte[] reply = weak.admit(weak.authenticate(granted.onMore(weak.challenge())));
        fails(Errno.EACCES, "the session key of a ticket", () -> granted.onDone(1, ConnectionAuth.CRC, reply));
    }

    @Test
    @Covers("A10")
    void aSecondChallengeOrNoneIsRefused() throws RadosException {
        MonitorLogin login = client.toMonitor();
        login.begin();
        fails(Errno.EBADMSG, "without a challenge", () -> login.onDone(1, ConnectionAuth.CRC, new byte[0]));
        login.onMore(cluster.challenge());
        fails(Errno.EBADMSG, "once too often", () -> login.onMore(cluster.challenge()));
    }

    @Test
    @Covers("A11")
    void theModeMustHaveBeenOfferedAndItsSecretLongEnough() throws RadosException {
        for (int mode : new int[] {0, 3, -1}) {
            fails(Errno.EBADMSG, "chose mode", () -> done(mode));
        }
        ClientAuth secureOnly = client(AuthPolicy.of("cephx", "secure", "secure"), Optional.of(key()));
        MonitorLogin login = secureOnly.toMonitor();
        login.begin();
        byte[] reply = cluster.admit(cluster.authenticate(login.onMore(cluster.challenge())));
        fails(Errno.EBADMSG, "chose mode crc of [secure]", () -> login.onDone(1, ConnectionAuth.CRC, reply));
        cluster.secret = new byte[39];
        fails(Errno.EBADMSG, "too short", () -> done(ConnectionAuth.SECURE));
        cluster.secret = new byte[0];
        assertThat(done(ConnectionAuth.CRC).connectionSecret()).isEmpty();
    }

    private AuthDone done(int mode) throws RadosException {
        MonitorLogin login = client.toMonitor();
        login.begin();
        byte[] reply = cluster.admit(cluster.authenticate(login.onMore(cluster.challenge())));
        return login.onDone(4711, mode, reply);
    }

    @Test
    void globalIdZeroIsImpossible() {
        fails(Errno.EBADMSG, "global_id", () -> login(0));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 4, 65536, Integer.MAX_VALUE})
    @Covers("B07")
    void positiveResultsAreImpossible(int result) throws RadosException {
        cluster.status = result;
        fails(Errno.EBADMSG, "impossible result " + result, () -> login(4711));
        cluster.status = 0;
        MonitorLogin login = login(4711);
        environment.pass(Duration.ofHours(1));
        byte[] request = login.renewal().orElseThrow();
        byte[] reply = cluster.renew(request);
        fails(Errno.EBADMSG, "impossible result " + result, () -> login.onRenewal(result, reply));
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, EACCES, -22, -9999, Integer.MIN_VALUE})
    @Covers("B07")
    void negativeResultsAreErrors(int result) {
        cluster.status = result;
        assertThatExceptionOfType(RadosException.class)
                .isThrownBy(() -> login(4711))
                .satisfies(e -> assertThat(e.errno()).isEqualTo(Errno.of(result)));
    }

    @Test
    @Covers("B07")
    void theReplyMustBeToTheRequest() {
        cluster.replyType = Cephx.GET_PRINCIPAL_SESSION_KEY;
        fails(Errno.EBADMSG, "reply to request 200 instead of 100", () -> login(4711));
    }

    @Test
    @Covers({"A09", "B01"})
    void anotherMethodIsTriedOnceAndThenNoMore() throws RadosException {
        MonitorLogin login = client(EITHER, Optional.of(key())).toMonitor();
        login.begin();
        assertThat(login.method()).isEqualTo(ConnectionAuth.CEPHX);
        List<Integer> allowed = List.of(4, ConnectionAuth.NONE);
        byte[] request = login.onBadMethod(ConnectionAuth.CEPHX, EOPNOTSUPP, allowed, BOTH_MODES);
        assertThat(login.method()).isEqualTo(ConnectionAuth.NONE);
        assertThat(login.modes()).containsExactly(ConnectionAuth.CRC);
        assertThat(request).isEqualTo(client.toMonitor().begin());
        fails(
                Errno.EACCES,
                "[gss, none]",
                () -> login.onBadMethod(ConnectionAuth.NONE, EOPNOTSUPP, allowed, BOTH_MODES));
    }

    @Test
    void afterALoginWithAKeyThereIsNoneWithout() throws RadosException {
        login(4711);
        MonitorLogin again = client.toMonitor();
        again.begin();
        List<Integer> allowed = List.of(ConnectionAuth.NONE);
        fails(
                Errno.EACCES,
                "we offer [cephx]",
                () -> again.onBadMethod(ConnectionAuth.CEPHX, EOPNOTSUPP, allowed, BOTH_MODES));
    }

    @Test
    @Covers("B33")
    void aKeyOfATypeThatTheClusterDoesNotTakeIsNamed() throws RadosException {
        client.allowedKeys(List.of(2));
        MonitorLogin login = client.toMonitor();
        login.begin();
        assertThatExceptionOfType(RadosException.class)
                .isThrownBy(() -> login.onBadMethod(ConnectionAuth.CEPHX, EACCES, CEPHX, BOTH_MODES))
                .withMessageContaining("a key of type aes, where the cluster takes only [aes256k]");
        client.allowedKeys(List.of(1, 2));
        MonitorLogin other = client.toMonitor();
        other.begin();
        assertThatExceptionOfType(RadosException.class)
                .isThrownBy(() -> other.onBadMethod(ConnectionAuth.CEPHX, EACCES, CEPHX, BOTH_MODES))
                .withMessageContaining("a wrong key");
    }

    @Test
    @Covers("A09")
    void aRefusedKeyIsAnErrorThatNamesWhoAndWhatIsAllowed() throws RadosException {
        MonitorLogin login = client.toMonitor();
        login.begin();
        assertThatExceptionOfType(RadosException.class)
                .isThrownBy(() -> login.onBadMethod(ConnectionAuth.CEPHX, EACCES, CEPHX, BOTH_MODES))
                .withMessageContaining("client.glance")
                .withMessageContaining("EACCES: an unknown name, no mon caps, or a wrong key")
                .withMessageContaining("[cephx] and modes [secure, crc], we offer [cephx]")
                .satisfies(e -> assertThat(e.errno()).isEqualTo(Errno.EACCES));
        fails(Errno.EACCES, "error 7", () -> client.toMonitor()
                .onBadMethod(ConnectionAuth.CEPHX, 7, CEPHX, BOTH_MODES));
    }

    @Test
    void aMonitorWithoutQuorumIsToBeAskedLater() throws RadosException {
        MonitorLogin login = client.toMonitor();
        login.begin();
        fails(Errno.EAGAIN, "no quorum", () -> login.onBadMethod(ConnectionAuth.CEPHX, EBUSY, CEPHX, BOTH_MODES));
    }

    @Test
    @Covers("B02")
    void withoutAuthenticationThereIsOnlyAGlobalId() throws RadosException {
        ClientAuth keyless = client(EITHER, Optional.empty());
        MonitorLogin login = keyless.toMonitor();
        assertThat(login.method()).isEqualTo(ConnectionAuth.NONE);
        login.begin();
        fails(Errno.EBADMSG, "once too often", () -> login.onMore(new byte[9]));
        AuthDone done = login.onDone(4711, ConnectionAuth.CRC, new byte[0]);
        login.confirmed();
        assertThat(done.sessionKey()).isEmpty();
        assertThat(keyless.tickets().untilRenewal()).isEmpty();
        assertThat(login.renewal()).isEmpty();

        ConnectionAuth osd = keyless.toService(EntityName.OSD);
        assertThat(osd.method()).isEqualTo(ConnectionAuth.NONE);
        Decoder request = Decoder.of(osd.begin());
        assertThat(request.u8()).isEqualTo(1);
        assertThat(Entity.decode(request)).isEqualTo(keyless.entity());
        assertThat(request.u64()).isEqualTo(4711);
        request.expectEnd();
        assertThat(osd.onDone(4711, ConnectionAuth.CRC, new byte[0]).sessionKey())
                .isEmpty();
        fails(Errno.EBADMSG, "chose mode", () -> osd.onDone(4711, ConnectionAuth.SECURE, new byte[0]));
        fails(Errno.EBADMSG, "more than nothing", () -> osd.onMore(new byte[9]));
        fails(
                Errno.EACCES,
                "client.glance to the osd",
                () -> osd.onBadMethod(ConnectionAuth.NONE, EOPNOTSUPP, CEPHX, BOTH_MODES));
    }

    @Test
    void cephxWithoutAKeyIsRefusedBeforeAnythingIsSent() {
        ClientAuth keyless = client(AuthPolicy.of("cephx", "secure", "crc"), Optional.empty());
        fails(Errno.EACCES, "client.glance without a key", () -> keyless.toMonitor()
                .begin());
    }

    @Test
    @Covers({"B19", "B20"})
    void serviceTicketsAreRenewedWithTheAuthTicket() throws RadosException {
        MonitorLogin login = login(4711);
        assertThat(login.renewal()).isEmpty();
        environment.pass(Duration.ofMinutes(10));
        client.tickets().invalidate(EntityName.OSD);
        assertThat(client.tickets().usable(EntityName.OSD)).isFalse();
        assertThat(client.tickets().untilRenewal()).contains(Duration.ZERO);

        byte[] reply = cluster.renew(login.renewal().orElseThrow());
        assertThat(login.renewal()).isEmpty();
        login.onRenewal(0, reply);
        assertThat(client.tickets().usable(EntityName.OSD)).isTrue();
        assertThat(client.tickets().untilRenewal()).contains(Duration.ofMinutes(35));
        fails(Errno.EBADMSG, "without having asked", () -> login.onRenewal(0, reply));
    }

    @Test
    @Covers({"B19", "B20", "B06"})
    void theAuthTicketIsRenewedByProvingTheKeyAgainAndRenewsAll() throws RadosException {
        MonitorLogin login = login(4711);
        environment.pass(Duration.ofMinutes(45));
        assertThat(client.tickets().untilRenewal()).contains(Duration.ZERO);
        assertThat(client.tickets().usable(EntityName.OSD)).isTrue();
        login.onRenewal(0, cluster.renew(login.renewal().orElseThrow()));
        assertThat(client.tickets().untilRenewal()).contains(Duration.ofMinutes(45));
        environment.pass(Duration.ofMinutes(45));
        login.onRenewal(0, cluster.renew(login.renewal().orElseThrow()));
        assertThat(login(4711).renewal()).isEmpty();
    }

    @Test
    void aNewAuthEpochRenewsAllAndKeepsTheGlobalId() throws RadosException {
        MonitorLogin login = login(4711);
        client.tickets().invalidateAll();
        assertThat(client.tickets().usable(EntityName.OSD)).isFalse();
        assertThat(client.tickets().globalId()).isEqualTo(4711);
        login.onRenewal(0, cluster.renew(login.renewal().orElseThrow()));
        assertThat(client.tickets().usable(EntityName.OSD)).isTrue();
    }

    @Test
    @Covers("B19")
    void aRefusedRenewalLeavesTheTicketsAndIsNotRepeatedAtOnce() throws RadosException {
        MonitorLogin login = login(4711);
        environment.pass(Duration.ofMinutes(45));
        login.renewal().orElseThrow();
        fails(Errno.EACCES, "renewing the tickets of client.glance", () -> login.onRenewal(EACCES, new byte[0]));
        assertThat(client.tickets().usable(EntityName.OSD)).isTrue();
        assertThat(login.renewal()).isEmpty();
        assertThat(client.tickets().untilRenewal()).contains(Duration.ofSeconds(10));
        environment.pass(Duration.ofSeconds(10));
        login.onRenewal(0, cluster.renew(login.renewal().orElseThrow()));
        assertThat(client.tickets().untilRenewal()).contains(Duration.ofMinutes(45));
    }

    @Test
    @Covers("B19")
    void aRenewalWhoseAnswerIsLostIsAskedForAgain() throws RadosException {
        MonitorLogin login = login(4711);
        for (Duration age : List.of(Duration.ofMinutes(1), Duration.ofMinutes(45))) {
            environment.pass(age);
            client.tickets().invalidate(EntityName.OSD);
            byte[] lost = login.renewal().orElseThrow();
            environment.pass(Duration.ofSeconds(9));
            assertThat(login.renewal()).as("its answer may still come").isEmpty();
            environment.pass(Duration.ofSeconds(1));
            login.onRenewal(0, cluster.renew(login.renewal().orElseThrow()));
            assertThat(client.tickets().usable(EntityName.OSD)).isTrue();
            assertThat(lost).isNotEmpty();
        }
    }

    @Test
    @Covers("K23")
    void everyTruncationOfARenewalIsRefusedAndLeavesTheTickets() throws RadosException {
        MonitorLogin login = login(4711);
        for (Duration age : List.of(Duration.ofMinutes(1), Duration.ofMinutes(45))) {
            environment.pass(age);
            client.tickets().invalidate(EntityName.MGR);
            byte[] reply = cluster.renew(login.renewal().orElseThrow());
            for (int length = 0; length < reply.length; length++) {
                byte[] cut = Arrays.copyOf(reply, length);
                fails(Errno.EBADMSG, "", () -> login.onRenewal(0, cut));
                assertThat(client.tickets().usable(EntityName.MGR)).isFalse();
                environment.pass(Duration.ofSeconds(10));
                cluster.renew(login.renewal().orElseThrow());
            }
            login.onRenewal(0, reply);
            assertThat(client.tickets().usable(EntityName.MGR)).isTrue();
        }
    }

    @Test
    @Covers("B25")
    void aMissingManagerTicketIsNotAskedForForEver() throws RadosException {
        cluster.services = EntityName.OSD;
        MonitorLogin login = login(4711);
        assertThat(client.tickets().usable(EntityName.MGR)).isFalse();
        assertThat(client.tickets().untilRenewal()).contains(Duration.ofMinutes(45));
        assertThat(login.renewal()).isEmpty();
        fails(Errno.EACCES, "client.glance to the mgr without a ticket", () -> client.toService(EntityName.MGR)
                .begin());
    }

    @Test
    void aRotatedKeyIsUsedFromTheNextLoginOn() throws RadosException {
        login(4711);
        CryptoKey old = key();
        client.replaceKey(old);
        client.replaceKey(key());
        assertThat(old).hasToString("CryptoKey[aes]");
        assertThatExceptionOfType(IllegalStateException.class).isThrownBy(old::secret);
        login(4711);
    }

    @Test
    void closedItOpensNothingMore() throws RadosException {
        login(4711);
        client.close();
        assertThat(client.tickets().usable(EntityName.OSD)).isFalse();
        fails(Errno.EACCES, "", () -> client.toService(EntityName.OSD).begin());
    }
}
