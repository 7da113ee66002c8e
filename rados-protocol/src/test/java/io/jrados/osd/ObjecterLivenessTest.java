package io.jrados.osd;

import static org.assertj.core.api.Assertions.assertThat;

import io.jrados.error.Errno;
import io.jrados.error.RadosException;
import io.jrados.osd.op.WriteResult;
import io.jrados.testkit.Covers;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** The treatment of a silent, refusing or idle OSD. */
class ObjecterLivenessTest extends ObjecterCase {
    @Test
    @Covers({"E18", "A24"})
    void pingsAfterFiveSecondsOfSilenceAndReplacesTheConnectionAfterTen() {
        FakeCluster cluster = FakeCluster.at(16);
        write(cluster, cluster.objectOn(0));
        FakeConnection first = cluster.to(0).ready();
        cluster.loop.pass(Duration.ofMillis(4800));
        assertThat(first.keepalives).isZero();
        cluster.loop.pass(Duration.ofMillis(400));
        assertThat(first.keepalives).isEqualTo(1);
        cluster.loop.pass(Duration.ofMillis(5000));
        assertThat(first.closed).isTrue();

        FakeConnection second = cluster.to(0).ready();
        cluster.loop.pass(Duration.ofSeconds(19));
        assertThat(second.closed)
                .as("each replacement without an answer doubles the limit")
                .isFalse();
        cluster.loop.pass(Duration.ofMillis(1500));
        assertThat(second.closed).isTrue();
    }

    @Test
    void leavesAnIdleConnectionAlone() {
        FakeCluster cluster = FakeCluster.at(16);
        write(cluster, cluster.objectOn(0));
        FakeConnection osd = cluster.to(0).ready();
        osd.reply(osd.next(), 0);
        cluster.loop.pass(Duration.ofMinutes(30));
        assertThat(osd.closed).isFalse();
        assertThat(osd.keepalives).isZero();
        osd.reset();
        cluster.loop.pass(Duration.ofSeconds(5));
        assertThat(cluster.connections).as("nothing to connect for").hasSize(1);
    }

    @Test
    @Covers("A26")
    void triesAgainEverySecondAtMost() {
        FakeCluster cluster = FakeCluster.at(16);
        write(cluster, cluster.objectOn(0));
        for (int second = 0; second < 20; second++) {
            cluster.to(0).fail(new RadosException(Errno.ECONNREFUSED, "connecting"));
            cluster.loop.pass(Duration.ofSeconds(1));
            assertThat(cluster.to(0).closed)
                    .as("tried again after second %d", second)
                    .isFalse();
        }
        assertThat(cluster.connections).hasSize(21);
    }

    @Test
    @Covers("B04")
    void hasItsTicketsRenewedWhenAnOsdRefusesThem() {
        FakeCluster cluster = FakeCluster.at(16);
        write(cluster, cluster.objectOn(0));
        cluster.to(0).fail(new RadosException(Errno.EACCES, "authenticating"));
        assertThat(cluster.renewals).isEqualTo(1);
    }

    @Test
    @Covers({"A26", "E13"})
    void anAttemptWithoutAnAnswerGetsCompanyAndTheFirstThatIsReadyWins() {
        FakeCluster cluster = FakeCluster.at(16);
        CompletableFuture<WriteResult> write = write(cluster, cluster.objectOn(0));
        FakeConnection first = cluster.to(0);
        cluster.loop.pass(Duration.ofMillis(900));
        assertThat(cluster.connections).hasSize(1);
        cluster.loop.pass(Duration.ofMillis(300));
        FakeConnection second = cluster.to(0);
        assertThat(second).isNotSameAs(first);
        cluster.loop.pass(Duration.ofSeconds(40));
        assertThat(cluster.connections).as("as many at a time as there may be").hasSize(12);
        second.ready();
        assertThat(first.closed).isTrue();
        assertThat(cluster.connections).filteredOn(attempt -> !attempt.closed).containsExactly(second);
        second.reply(second.next(), 0);
        assertThat(write).isCompleted();
        first.fail(new RadosException(Errno.ECONNRESET, "too late to matter"));
        assertThat(second.closed).isFalse();
    }
}
