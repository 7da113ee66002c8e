package io.jrados.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.jrados.error.Errno;
import io.jrados.error.RadosException;
import io.jrados.testkit.Covers;
import io.jrados.wire.EntityName;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ServiceLoginTest {
    private static final List<Integer> BOTH_MODES = List.of(ConnectionAuth.CRC, ConnectionAuth.SECURE);
    private static final List<Integer> CEPHX = List.of(ConnectionAuth.CEPHX);

    private final TestEnvironment environment = new TestEnvironment(6);
    private final ScriptedCluster cluster = new ScriptedCluster(CryptoKey.of(1, new byte[16]));
    private final ClientAuth client = new ClientAuth(
            new Entity(EntityName.CLIENT, "cinder"),
            Optional.of(CryptoKey.of(1, new byte[16])),
            AuthPolicy.DEFAULT,
            environment);
    private final ConnectionAuth osd = client.toService(EntityName.OSD);

    private MonitorLogin session;

    @BeforeEach
    void login() throws RadosException {
        session = client.toMonitor();
        session.begin();
        byte[] reply = cluster.admit(cluster.authenticate(session.onMore(cluster.challenge())));
        session.onDone(4711, ConnectionAuth.SECURE, reply);
        session.confirmed();
    }

    private static void fails(Errno errno, String words, ThrowingCallable call) {
        assertThatExceptionOfType(RadosException.class)
                .isThrownBy(call)
                .withMessageContaining(words)
                .satisfies(e -> assertThat(e.errno()).isEqualTo(errno));
    }

    @Test
    @Covers({"B04", "B21", "B22"})
    void showsItsTicketAnswersTheChallengeWithTheSameNonceAndChecksTheReply() throws RadosException {
        ScriptedCluster.Shown first = cluster.authorizer(osd.begin(), false);
        assertThat(first.globalId()).isEqualTo(4711);
        assertThat(first.service()).isEqualTo(EntityName.OSD);
        ScriptedCluster.Shown second = cluster.authorizer(osd.onMore(cluster.serviceChallenge(first)), true);
        assertThat(second.nonce()).isEqualTo(first.nonce());
        AuthDone done = osd.onDone(4711, ConnectionAuth.SECURE, cluster.serviceReply(second));
        assertThat(done.connectionSecret()).isEqualTo(cluster.secret);
        assertThat(done.sessionKey()).isEqualTo(second.session().secret());
        assertThat(done.toString()).doesNotContain("secret", "[B@");
    }

    @Test
    @Covers("B22")
    void anUnprovenServiceIsRefused() throws RadosException {
        ScriptedCluster.Shown shown = cluster.authorizer(osd.begin(), false);
        osd.onMore(cluster.serviceChallenge(shown));
        cluster.nonceError = 1;
        byte[] wrong = cluster.serviceReply(shown);
        fails(Errno.EACCES, "did not answer what we asked", () -> osd.onDone(4711, ConnectionAuth.CRC, wrong));
        ScriptedCluster.Shown other = new ScriptedCluster.Shown(
                4711,
                EntityName.OSD,
                CryptoKey.of(1, new byte[] {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16}),
                shown.nonce());
        byte[] forged = cluster.serviceReply(other);
        fails(Errno.EACCES, "key rejected: the reply of the osd", () -> osd.onDone(4711, ConnectionAuth.CRC, forged));
    }

    @Test
    @Covers("B21")
    void challengesThatAreForgedOrNeverEndAreRefused() throws RadosException {
        ScriptedCluster.Shown shown = cluster.authorizer(osd.begin(), false);
        ScriptedCluster.Shown other = new ScriptedCluster.Shown(4711, EntityName.OSD, CryptoKey.of(1, new byte[16]), 0);
        ConnectionAuth second = client.toService(EntityName.OSD);
        second.begin();
        fails(Errno.EACCES, "challenge of the osd", () -> second.onMore(cluster.serviceChallenge(other)));
        osd.onMore(cluster.serviceChallenge(shown));
        fails(Errno.EBADMSG, "again and again", () -> osd.onMore(cluster.serviceChallenge(shown)));
    }

    /** OSDs of the last years always do: without it, who saw one authorizer could have it accepted elsewhere. */
    @Test
    void aServiceThatDoesNotChallengeIsRefused() throws RadosException {
        ScriptedCluster.Shown shown = cluster.authorizer(osd.begin(), false);
        byte[] reply = cluster.serviceReply(shown);
        fails(Errno.EBADMSG, "without a challenge", () -> osd.onDone(4711, ConnectionAuth.SECURE, reply));
    }

    @Test
    void answersBeforeAQuestionAreRefused() {
        fails(Errno.EBADMSG, "before it is asked", () -> osd.onMore(new byte[32]));
        fails(Errno.EBADMSG, "before it is asked", () -> osd.onDone(4711, ConnectionAuth.CRC, new byte[36]));
    }

    @Test
    @Covers("A13")
    void secureModeNeedsASecret() throws RadosException {
        ScriptedCluster.Shown shown = cluster.authorizer(osd.begin(), false);
        osd.onMore(cluster.serviceChallenge(shown));
        cluster.secret = new byte[0];
        byte[] reply = cluster.serviceReply(shown);
        fails(Errno.EBADMSG, "too short", () -> osd.onDone(4711, ConnectionAuth.SECURE, reply));
        assertThat(osd.onDone(4711, ConnectionAuth.CRC, reply).connectionSecret())
                .isEmpty();
    }

    @Test
    @Covers("B24")
    void aTicketThatOneDaemonRefusesIsRenewedAtAPaceAndOpensSessionsWithTheOthers() throws RadosException {
        osd.begin();
        fails(
                Errno.EACCES,
                "ticket may be too old",
                () -> osd.onBadMethod(ConnectionAuth.CEPHX, -13, CEPHX, BOTH_MODES));
        assertThat(client.tickets().usable(EntityName.OSD)).isTrue();
        cluster.authorizer(client.toService(EntityName.OSD).begin(), false);
        assertThat(client.tickets().untilRenewal()).contains(Duration.ZERO);
        session.onRenewal(0, cluster.renew(session.renewal().orElseThrow()));

        ConnectionAuth again = client.toService(EntityName.OSD);
        again.begin();
        fails(Errno.EACCES, "", () -> again.onBadMethod(ConnectionAuth.CEPHX, -13, CEPHX, BOTH_MODES));
        assertThat(session.renewal()).isEmpty();
        assertThat(client.tickets().untilRenewal()).contains(Duration.ofSeconds(10));
        cluster.authorizer(client.toService(EntityName.OSD).begin(), false);
    }

    @Test
    @Covers("B24")
    void aTicketWithoutAnEndIsRenewedAfterARefusalToo() throws RadosException {
        cluster.validity = 0;
        environment.pass(Duration.ofMinutes(45));
        session.onRenewal(0, cluster.renew(session.renewal().orElseThrow()));
        ConnectionAuth refused = client.toService(EntityName.OSD);
        refused.begin();
        fails(Errno.EACCES, "", () -> refused.onBadMethod(ConnectionAuth.CEPHX, -13, CEPHX, BOTH_MODES));
        assertThat(client.tickets().usable(EntityName.OSD)).isTrue();
        environment.pass(Duration.ofSeconds(10));
        session.onRenewal(0, cluster.renew(session.renewal().orElseThrow()));
        assertThat(client.tickets().untilRenewal()).isEmpty();
    }

    @Test
    @Covers("B24")
    void aTicketThatWasRenewedMeanwhileIsKept() throws RadosException {
        osd.begin();
        client.tickets().invalidate(EntityName.OSD);
        session.onRenewal(0, cluster.renew(session.renewal().orElseThrow()));
        fails(Errno.EACCES, "", () -> osd.onBadMethod(ConnectionAuth.CEPHX, -13, CEPHX, BOTH_MODES));
        assertThat(client.tickets().usable(EntityName.OSD)).isTrue();
    }

    @Test
    @Covers("B19")
    void aTicketOpensSessionsUntilItsEndByTheMonotonicClock() throws RadosException {
        environment.pass(Duration.ofSeconds(3599));
        assertThat(client.tickets().usable(EntityName.OSD)).isTrue();
        cluster.authorizer(osd.begin(), false);
        environment.pass(Duration.ofSeconds(1));
        assertThat(client.tickets().usable(EntityName.OSD)).isFalse();
        fails(Errno.EAGAIN, "has to be renewed", () -> client.toService(EntityName.OSD)
                .begin());
    }

    @Test
    @Covers("B19")
    void aTicketWithoutValidityLasts() throws RadosException {
        cluster.validity = 0;
        environment.pass(Duration.ofMinutes(45));
        session.onRenewal(0, cluster.renew(session.renewal().orElseThrow()));
        environment.pass(Duration.ofDays(1000));
        assertThat(client.tickets().usable(EntityName.OSD)).isTrue();
        assertThat(client.tickets().untilRenewal()).isEmpty();
    }

    @Test
    @Covers("B19")
    void theLongestValidityDoesNotOverflow() throws RadosException {
        cluster.validity = 0xffffffffL;
        environment.pass(Duration.ofMinutes(45));
        session.onRenewal(0, cluster.renew(session.renewal().orElseThrow()));
        environment.pass(Duration.ofDays(20000));
        assertThat(client.tickets().usable(EntityName.OSD)).isTrue();
    }

    @Test
    @Covers("B30")
    void managersGetTheMonitorsModesAndOsdsTheirOwn() {
        assertThat(client.toService(EntityName.MGR).modes()).containsExactly(ConnectionAuth.SECURE, ConnectionAuth.CRC);
        assertThat(osd.modes()).containsExactly(ConnectionAuth.CRC, ConnectionAuth.SECURE);
        assertThat(client.toMonitor().modes()).containsExactly(ConnectionAuth.SECURE, ConnectionAuth.CRC);
    }
}
