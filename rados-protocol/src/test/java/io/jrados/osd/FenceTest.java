package io.jrados.osd;

import static org.assertj.core.api.Assertions.assertThat;

import io.jrados.error.ClosedException;
import io.jrados.error.Errno;
import io.jrados.error.FencedException;
import io.jrados.error.RadosException;
import io.jrados.message.OsdMapMessage;
import io.jrados.osd.op.ReadOperation;
import io.jrados.osd.op.ReadResult;
import io.jrados.osd.op.WriteResult;
import io.jrados.osdmap.OsdMap;
import io.jrados.testkit.Covers;
import io.jrados.wire.EntityAddr;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/**
 * Only an OSD map fences a client: neither a class call that fails with the same number nor an OSD that refuses does.
 */
class FenceTest extends ObjecterCase {
    private static final int FENCED = -Errno.EBLOCKLISTED.number();

    /** Map 28 of the series blocks this address, 27 and 30 do not. */
    private static FakeCluster cluster() {
        FakeCluster cluster = FakeCluster.at(27);
        cluster.own = EntityAddr.msgr2(new InetSocketAddress("127.0.0.1", 0))
                .withType(EntityAddr.ANY)
                .withNonce(123456);
        return cluster;
    }

    @Test
    @Covers({"E28", "E44"})
    void aClassCallThatFailsWithThatNumberFencesNobody() {
        FakeCluster cluster = cluster();
        CompletableFuture<ReadResult> call = cluster.objecter.submit(new Request<>(
                FakeCluster.named(cluster.objectOn(0)),
                new ReadOperation().exec("my", "method", new byte[0]).operation(),
                DEADLINE));
        cluster.loop.run();
        FakeConnection osd = cluster.to(0).ready();
        osd.reply(osd.next(), FENCED);
        assertThat(failure(call)).isNotInstanceOf(FencedException.class);
        assertThat(failure(call).code()).isEqualTo(108);
        CompletableFuture<WriteResult> write = write(cluster, cluster.objectOn(0));
        osd.reply(osd.next(), 0);
        assertThat(write).isCompleted();
    }

    @Test
    @Covers({"E28", "E75"})
    void anOsdThatRefusesIsBelievedOnceTheMapSaysSo() {
        FakeCluster cluster = cluster();
        String object = cluster.objectOn(0);
        CompletableFuture<WriteResult> first = write(cluster, object);
        CompletableFuture<WriteResult> second = write(cluster, object);
        FakeConnection osd = cluster.to(0).ready();
        osd.receive(osd.next().refusal(FENCED));
        osd.receive(osd.next().refusal(FENCED));
        assertThat(first).isNotDone();
        assertThat(cluster.questions).as("one question for both").hasSize(1);
        cluster.questions.get(0).complete(28L);
        cluster.loop.run();
        assertThat(cluster.wanted).contains(28L);
        cluster.publish(28);
        assertThat(failure(first)).isInstanceOf(FencedException.class).hasMessageContaining("OSD map 28 blocks");
        assertThat(failure(second)).isInstanceOf(FencedException.class);
        assertThat(osd.closed).isTrue();
        assertThat(failure(write(cluster, object))).isInstanceOf(FencedException.class);
    }

    @Test
    @Covers({"E28", "E75"})
    void anOsdThatRefusesWhatNoMapConfirmsFencesNobody() {
        FakeCluster cluster = cluster();
        String object = cluster.objectOn(0);
        CompletableFuture<WriteResult> refused = write(cluster, object);
        FakeConnection osd = cluster.to(0).ready();
        osd.receive(osd.next().refusal(FENCED));
        cluster.questions.get(0).complete(27L);
        cluster.loop.run();
        assertThat(failure(refused))
                .isNotInstanceOf(FencedException.class)
                .hasMessageContaining("osd.0 refuses")
                .hasMessageContaining("OSD map 27 does not fence this one");
        CompletableFuture<WriteResult> next = write(cluster, object);
        osd.reply(osd.next(), 0);
        assertThat(next).isCompleted();
    }

    @Test
    @Covers({"E17", "E28"})
    void monitorsThatDoNotAnswerLeaveTheRefusedOneToItsDeadline() {
        FakeCluster cluster = cluster();
        CompletableFuture<WriteResult> refused = write(cluster, cluster.objectOn(0));
        FakeConnection osd = cluster.to(0).ready();
        osd.receive(osd.next().refusal(FENCED));
        cluster.loop.pass(DEADLINE.plusSeconds(1));
        RadosException late = failure(refused);
        assertThat(late.errno()).isEqualTo(Errno.ETIMEDOUT);
        assertThat(late).hasMessageContaining("osd.0 refuses it to a fenced client");
    }

    @Test
    @Covers({"C21", "D20", "E28"})
    void aMapThatFencesCountsAlsoWhenTheNextOneDoesNotAndBothComeTogether() {
        FakeCluster cluster = cluster();
        String object = cluster.objectOn(0);
        CompletableFuture<WriteResult> before = write(cluster, object);
        FakeConnection osd = cluster.to(0).ready();
        osd.next();
        SortedMap<Long, byte[]> both = new TreeMap<>();
        both.put(28L, FakeCluster.encoded(28));
        both.put(30L, FakeCluster.encoded(30));
        cluster.objecter.mapped(new OsdMapMessage(FakeCluster.map(16).fsid(), new TreeMap<>(), both, 30, 30));
        cluster.loop.run();
        assertThat(failure(before)).isInstanceOf(FencedException.class);
        cluster.loop.pass(Duration.ofSeconds(1));
        assertThat(cluster.connections).allMatch(connection -> connection.closed);
    }

    @Test
    @Covers({"C21", "D20", "E28"})
    void afterTheFenceWhatIsSubmittedIsTakenAgainAndNotTooSoon() {
        FakeCluster cluster = cluster();
        String object = cluster.objectOn(0);
        CompletableFuture<WriteResult> before = write(cluster, object);
        cluster.to(0).ready().next();
        cluster.publish(28);
        assertThat(failure(before)).isInstanceOf(FencedException.class);
        assertThat(cluster.wanted).as("the map that ends the fence").contains(29L);
        cluster.publish(30);
        assertThat(failure(write(cluster, object)))
                .as("whatever was open hears of the fence first")
                .isInstanceOf(FencedException.class);
        cluster.loop.pass(Duration.ofSeconds(5));
        OsdMap map = cluster.objecter.map().orElseThrow();
        int primary =
                map.placement(map.pool(1).orElseThrow().rawPgOf(object, "", "")).actingPrimary();
        int connections = cluster.connections.size();
        CompletableFuture<WriteResult> after = write(cluster, object);
        assertThat(cluster.connections).hasSize(connections + 1);
        FakeConnection osd = cluster.to(primary).ready();
        osd.reply(osd.next(), 0);
        assertThat(after).isCompleted();
    }

    @Test
    @Covers({"C21", "E28"})
    void aClosedClientTakesNothingAgain() {
        FakeCluster cluster = cluster();
        cluster.publish(28);
        cluster.objecter.close();
        cluster.loop.run();
        cluster.publish(30);
        cluster.loop.pass(Duration.ofSeconds(10));
        assertThat(failure(write(cluster, "object-0"))).isInstanceOf(ClosedException.class);
    }
}
