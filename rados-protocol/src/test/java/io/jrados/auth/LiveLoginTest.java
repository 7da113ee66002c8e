package io.jrados.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.jrados.conf.Environment;
import io.jrados.error.Errno;
import io.jrados.error.RadosException;
import io.jrados.testkit.CephCluster;
import io.jrados.testkit.CephTest;
import io.jrados.testkit.Covers;
import io.jrados.wire.EntityName;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** cephx with real monitors and OSDs, over real connections. */
@CephTest
class LiveLoginTest {
    private static final AuthPolicy CEPHX = AuthPolicy.of("cephx", "secure crc", "crc secure");

    private static LiveDaemons daemons;

    private final SkewedClock clock = new SkewedClock();

    @BeforeAll
    static void find(CephCluster cluster) throws IOException {
        daemons = new LiveDaemons(cluster);
    }

    @AfterAll
    static void leave() {
        daemons.close();
    }

    private ClientAuth client(AuthPolicy policy) throws IOException {
        return new ClientAuth(Entity.parse("client.admin"), Optional.of(daemons.key()), policy, clock);
    }

    private LiveDaemons.Session monitor(ClientAuth client) throws Exception {
        return daemons.open(daemons.monitor(), EntityName.MON, client.toMonitor());
    }

    private LiveDaemons.Session osd(ClientAuth client) throws Exception {
        return daemons.open(daemons.osd(), EntityName.OSD, client.toService(EntityName.OSD));
    }

    /**
     * AUTH_SIGNATURE, which both ends check, and a message after it show that keys and secrets are the same on both
     * ends.
     */
    @ParameterizedTest
    @CsvSource({"secure, secure, 2, 2", "secure, crc, 2, 1", "crc, secure, 1, 2", "crc, crc, 1, 1"})
    @Covers({"A11", "A12", "A13", "B03", "B04", "B06", "B21", "B22", "B30"})
    void logsInAndOpensASessionWithAnOsd(String monitorModes, String osdModes, int monitorMode, int osdMode)
            throws Exception {
        ClientAuth client = client(AuthPolicy.of("cephx", monitorModes, osdModes));
        LiveDaemons.Session monitor = monitor(client);
        assertThat(monitor.connection().mode()).isEqualTo(monitorMode);
        assertThat(client.tickets().globalId())
                .isPositive()
                .isEqualTo(monitor.connection().globalId());
        assertThat(osd(client).connection().mode()).isEqualTo(osdMode);
    }

    @Test
    @Covers({"B06", "B23", "K23"})
    void keepsItsGlobalIdWhenItReturns() throws Exception {
        ClientAuth client = client(CEPHX);
        monitor(client).connection().close();
        long globalId = client.tickets().globalId();
        for (int i = 0; i < 3; i++) {
            LiveDaemons.Session again = monitor(client);
            assertThat(again.connection().globalId()).isEqualTo(globalId);
            again.connection().close();
        }
        osd(client);
    }

    @Test
    @Covers({"B07", "B19", "B20"})
    void renewsServiceTicketsAndThenAll() throws Exception {
        ClientAuth client = client(CEPHX);
        MonitorLogin login = client.toMonitor();
        LiveDaemons.Session monitor = daemons.open(daemons.monitor(), EntityName.MON, login);
        client.tickets().invalidate(EntityName.OSD);
        assertThatExceptionOfType(RadosException.class)
                .isThrownBy(() -> client.toService(EntityName.OSD).begin());

        monitor.renew(login);
        assertThat(client.tickets().usable(EntityName.OSD)).isTrue();
        osd(client).connection().close();

        for (int i = 0; i < 2; i++) {
            clock.ahead = clock.ahead.plus(Duration.ofDays(60));
            assertThat(client.tickets().usable(EntityName.OSD)).isFalse();
            monitor.renew(login);
            assertThat(client.tickets().usable(EntityName.OSD)).isTrue();
            osd(client).connection().close();
        }
        monitor.connection().close();
        assertThat(monitor(client).connection().globalId())
                .isEqualTo(client.tickets().globalId());
    }

    @Test
    @Covers({"A09", "B10"})
    void aWrongKeyAndAnUnknownNameAreRefusedAtOnce() throws Exception {
        CryptoKey wrong = CryptoKey.of(1, new byte[16]);
        ClientAuth wrongKey = new ClientAuth(Entity.parse("client.admin"), Optional.of(wrong), CEPHX, clock);
        refused(wrongKey, "client.admin");
        refused(
                new ClientAuth(Entity.parse("client.jrados-nobody"), Optional.of(daemons.key()), CEPHX, clock),
                "client.jrados-nobody");
        wrongKey.replaceKey(daemons.key());
        monitor(wrongKey);
    }

    private void refused(ClientAuth client, String name) {
        assertThatExceptionOfType(RadosException.class)
                .isThrownBy(() -> monitor(client))
                .withMessageContaining("authenticating " + name)
                .withMessageContaining("it allows methods [cephx]")
                .satisfies(e -> assertThat(e.errno()).isEqualTo(Errno.EACCES));
    }

    /** A key that works, and a cluster that refuses it: the global_id of somebody else. */
    @Test
    @Covers({"B06", "B23"})
    void aGlobalIdWithoutItsTicketIsNotGiven() throws Exception {
        ClientAuth victim = client(CEPHX);
        monitor(victim);
        ClientAuth thief = client(CEPHX);
        monitor(thief).connection().close();
        long stolen = victim.tickets().globalId();
        assertThatExceptionOfType(RadosException.class)
                .isThrownBy(
                        () -> daemons.open(daemons.monitor(), EntityName.MON, new Impostor(thief.toMonitor(), stolen)))
                .satisfies(e -> assertThat(e.errno()).isEqualTo(Errno.EACCES));
    }

    /** The machine's clock, and then some. */
    private static final class SkewedClock implements Environment {
        private final Environment system = Environment.system();
        private volatile Duration ahead = Duration.ZERO;

        @Override
        public long nanoTime() {
            return system.nanoTime() + ahead.toNanos();
        }

        @Override
        public long wallClockMillis() {
            return system.wallClockMillis();
        }

        @Override
        public RandomGenerator random() {
            return system.random();
        }
    }
}
