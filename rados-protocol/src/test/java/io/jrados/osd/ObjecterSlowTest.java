package io.jrados.osd;

import static org.assertj.core.api.Assertions.assertThat;

import io.jrados.osd.op.WriteResult;
import io.jrados.testkit.Covers;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The patience with links, daemons and processes that are slow and not gone. */
class ObjecterSlowTest extends ObjecterCase {
    @Test
    @Covers("E18")
    void oneOperationThatIsSlowCostsNoConnectionWhileTheOsdGivesSignsOfLife() {
        FakeCluster cluster = FakeCluster.at(16);
        CompletableFuture<WriteResult> write = write(cluster, cluster.objectOn(0));
        FakeConnection osd = cluster.to(0).ready();
        for (int asked = 0, second = 0; second < 50; second++) {
            cluster.loop.pass(Duration.ofSeconds(1));
            if (osd.keepalives > asked) {
                asked = osd.keepalives;
                osd.acknowledge();
            }
        }
        assertThat(osd.closed).isFalse();
        assertThat(osd.keepalives).isBetween(8, 10);
        osd.reply(osd.next(), 0);
        assertThat(write).isCompleted();
    }

    @Test
    @Covers({"A26", "E13"})
    void anAttemptWhoseTcpIsThereIsTheOnlyOneHoweverSlow() {
        FakeCluster cluster = FakeCluster.at(16);
        CompletableFuture<WriteResult> write = write(cluster, cluster.objectOn(0));
        FakeConnection first = cluster.to(0);
        cluster.loop.pass(Duration.ofMillis(2300));
        assertThat(cluster.connections).as("nothing answered yet").hasSize(3);
        first.connected();
        assertThat(cluster.connections).filteredOn(attempt -> !attempt.closed).containsExactly(first);
        cluster.connections.get(1).connected();
        cluster.loop.pass(Duration.ofMillis(2500));
        first.acknowledge();
        cluster.loop.pass(Duration.ofSeconds(7));
        assertThat(cluster.connections).as("the OSD would drop the older one").hasSize(3);
        first.ready();
        first.reply(first.next(), 0);
        assertThat(write).isCompleted();

        first.reset();
        write(cluster, cluster.objectOn(0));
        FakeConnection next = cluster.to(0).connected();
        next.reset();
        cluster.loop.pass(Duration.ofMillis(30));
        assertThat(cluster.to(0)).as("another attempt").isNotSameAs(next);
        cluster.loop.pass(Duration.ofMillis(1200));
        assertThat(cluster.connections).as("which gets company again").hasSize(6);
    }

    @Test
    @Covers({"A26", "E13"})
    void anAttemptThatNeverHearsAByteIsReplacedAndHasNoCompany() {
        FakeCluster cluster = FakeCluster.at(16);
        write(cluster, cluster.objectOn(0));
        for (int replaced = 0; replaced < 5; replaced++) {
            FakeConnection mute = cluster.to(0).connected();
            cluster.loop.pass(Duration.ofMillis(2800));
            assertThat(mute.closed).isFalse();
            cluster.loop.pass(Duration.ofMillis(300));
            assertThat(mute.closed).isTrue();
            assertThat(cluster.connections)
                    .filteredOn(attempt -> !attempt.closed)
                    .hasSize(1);
        }
    }

    @Test
    @Covers("A26")
    void theClientsOfAnOsdThatComesBackDoNotComeInTheSameMoment() {
        List<Long> pauses = IntStream.range(0, 8)
                .mapToObj(seed -> pauseAfterManyFailures(new Random(seed)))
                .toList();
        assertThat(pauses).allSatisfy(pause -> assertThat(pause).isBetween(500L, 1000L));
        assertThat(pauses.stream().distinct().count()).isGreaterThan(4);
    }

    private static long pauseAfterManyFailures(Random random) {
        FakeCluster cluster = new FakeCluster(Limits.DEFAULT, random, Runnable::run, Runnable::run);
        cluster.publish(16);
        write(cluster, cluster.objectOn(0));
        for (int failure = 0; failure < 10; failure++) {
            cluster.to(0).reset();
            cluster.loop.pass(Duration.ofSeconds(1));
        }
        int before = cluster.connections.size();
        cluster.to(0).reset();
        long millis = 0;
        for (; cluster.connections.size() == before; millis += 10) {
            cluster.loop.pass(Duration.ofMillis(10));
        }
        return millis;
    }

    @Test
    @Covers("E30")
    void afterAPauseOfTheProcessWhatLiesInTheSocketsIsReadBeforeAnythingIsLate() {
        FakeCluster cluster = FakeCluster.at(16);
        CompletableFuture<WriteResult> answered = write(cluster, cluster.objectOn(0));
        CompletableFuture<WriteResult> silent = write(cluster, cluster.objectOn(1));
        FakeConnection osd = cluster.to(0).ready();
        FakeConnection other = cluster.to(1).ready();
        SentOp sent = osd.next();
        cluster.loop.stopFor(DEADLINE.plusSeconds(60));
        assertThat(answered).isNotDone();
        assertThat(osd.closed).as("it may have answered").isFalse();
        osd.reply(sent, 0);
        assertThat(answered).isCompleted();
        cluster.loop.pass(Duration.ofMillis(200));
        assertThat(silent).isCompletedExceptionally();
        assertThat(other.closed).isTrue();
    }
}
