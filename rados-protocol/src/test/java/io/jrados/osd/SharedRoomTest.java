package io.jrados.osd;

import static org.assertj.core.api.Assertions.assertThat;

import io.jrados.error.DeadlineException;
import io.jrados.error.Errno;
import io.jrados.message.HObject;
import io.jrados.message.OsdBackoff;
import io.jrados.osd.op.WriteOperation;
import io.jrados.osd.op.WriteResult;
import io.jrados.testkit.Covers;
import io.jrados.wire.Payload;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Operations that wait for one OSD, pool or group, and leave the room of the client to all others. */
class SharedRoomTest extends ObjecterCase {
    private static final int LIMIT = Limits.DEFAULT.operations();

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @Covers({"E16", "E18"})
    void anOsdThatDoesNotAnswerStallsNoOther(boolean connected) {
        FakeCluster cluster = FakeCluster.at(16);
        write(cluster, cluster.objectOn(1));
        FakeConnection good = cluster.to(1).ready();
        good.reply(good.next(), 0);
        String dead = cluster.objectOn(0);
        for (int i = 0; i < 3 * LIMIT; i++) {
            write(cluster, dead);
        }
        if (connected) {
            cluster.to(0).ready();
        }
        CompletableFuture<WriteResult> other = write(cluster, cluster.objectOn(1));
        cluster.loop.pass(Duration.ofMillis(1500));
        good.reply(good.next(), 0);
        assertThat(other).isCompleted();
        for (int i = 0; i < LIMIT; i++) {
            CompletableFuture<WriteResult> next = write(cluster, cluster.objectOn(1));
            good.reply(good.next(), 0);
            assertThat(next).as("without a pause").isCompleted();
        }
        int sent = 0;
        for (FakeConnection osd = cluster.to(0).closed ? good : cluster.to(0); !osd.isQuiet(); sent++) {
            osd.next();
        }
        assertThat(sent).as("under way to one OSD").isEqualTo(connected ? LIMIT : 0);
    }

    @Test
    @Covers({"E10", "E16"})
    void aPoolThatIsNotKnownYetStallsNoOther() {
        FakeCluster cluster = FakeCluster.at(27);
        List<CompletableFuture<WriteResult>> unknown = new ArrayList<>();
        for (int i = 0; i < 2 * LIMIT; i++) {
            unknown.add(cluster.objecter.submit(new Request<>(
                    new ObjectName(9, "new", "", "x"),
                    new WriteOperation().create(false).operation(),
                    DEADLINE)));
        }
        cluster.loop.run();
        CompletableFuture<WriteResult> other = write(cluster, cluster.objectOn(0));
        FakeConnection osd = cluster.to(0).ready();
        osd.reply(osd.next(), 0);
        assertThat(other).isCompleted();
        cluster.questions.forEach(question -> question.complete(27L));
        cluster.loop.pass(Duration.ofSeconds(1));
        while (cluster.questions.stream().anyMatch(question -> !question.isDone())) {
            cluster.questions.forEach(question -> question.complete(27L));
            cluster.loop.pass(Duration.ofSeconds(1));
        }
        assertThat(unknown)
                .allSatisfy(write -> assertThat(failure(write).errno()).isEqualTo(Errno.ENOENT));
    }

    @Test
    @Covers({"E15", "E16", "K21"})
    void aGroupThatIsHeldBackStallsNoOtherOfItsOsd() {
        FakeCluster cluster = FakeCluster.at(16);
        String held = cluster.objectOn(0);
        write(cluster, held);
        FakeConnection osd = cluster.to(0).ready();
        SentOp sent = osd.next();
        osd.receive(new OsdBackoff(sent.group(), 16, OsdBackoff.Kind.BLOCK, 77, HObject.MIN, HObject.MAX).encode());
        osd.others().forEach(Payload::release);
        for (int i = 0; i < 2 * LIMIT; i++) {
            write(cluster, held);
        }
        String free = held;
        for (int i = 1; i < 50 && free.equals(held); i++) {
            String candidate = cluster.objectOn(0, i);
            write(cluster, candidate);
            if (!osd.isQuiet()) {
                free = candidate;
            }
        }
        assertThat(free).as("an object of another group").isNotEqualTo(held);
        osd.reply(osd.next(), 0);
        osd.receive(new OsdBackoff(sent.group(), 16, OsdBackoff.Kind.UNBLOCK, 77, HObject.MIN, HObject.MAX).encode());
        long last = 0;
        int answered = 0;
        while (!osd.isQuiet()) {
            SentOp next = osd.next();
            if (next.object().equals(held)) {
                assertThat(next.tid()).isGreaterThan(last);
                last = next.tid();
                answered++;
            }
            osd.reply(next, 0);
        }
        assertThat(answered).isEqualTo(2 * LIMIT + 1);
    }

    @Test
    @Covers({"E12", "E16"})
    void whatWaitsKeepsItsOrderWhenItsObjectMoves() {
        FakeCluster cluster = new FakeCluster(new Limits(2, 1 << 20, 100));
        cluster.publish(19);
        List<CompletableFuture<WriteResult>> writes = new ArrayList<>();
        for (int i = 1; i <= 8; i++) {
            writes.add(numbered(cluster, "object-58", i));
        }
        cluster.to(1).ready();
        cluster.loop.pass(Duration.ofMillis(1200));
        writes.add(numbered(cluster, "object-58", 9));
        cluster.publish(26);
        writes.add(numbered(cluster, "object-58", 10));
        FakeConnection osd = cluster.to(0).ready();
        List<Long> order = new ArrayList<>();
        while (!osd.isQuiet()) {
            SentOp next = osd.next();
            order.add(next.parts().get(0).first());
            osd.reply(next, 0);
        }
        assertThat(order).containsExactly(1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L, 9L, 10L);
        assertThat(writes).allMatch(CompletableFuture::isDone);
    }

    private static CompletableFuture<WriteResult> numbered(FakeCluster cluster, String object, long offset) {
        return write(cluster, object, new WriteOperation().write(offset, ByteBuffer.wrap(new byte[1])));
    }

    @Test
    @Covers({"E16", "E17"})
    void aDeadlineNamesTheLaneThatIsFull() {
        FakeCluster cluster = new FakeCluster(new Limits(2, 1 << 20, 100));
        cluster.publish(16);
        String object = cluster.objectOn(0);
        write(cluster, object);
        write(cluster, object);
        CompletableFuture<WriteResult> waiting = write(cluster, object);
        cluster.to(0).ready();
        cluster.loop.pass(DEADLINE.plusSeconds(1));
        assertThat(failure(waiting))
                .isInstanceOf(DeadlineException.class)
                .hasMessageContaining("for osd.0 are before it")
                .hasMessageContaining("never sent");
    }

    @Test
    @Covers("E16")
    void aBacklogOfTheClientIsRefusedBeyondItsLimit() {
        FakeCluster cluster = new FakeCluster(new Limits(2, 1 << 20, 3));
        cluster.publish(16);
        String dead = cluster.objectOn(0);
        for (int i = 0; i < 5; i++) {
            assertThat(write(cluster, dead)).isNotDone();
        }
        assertThat(failure(write(cluster, dead)))
                .hasMessageContaining("3 operations waiting for their turn (never sent)")
                .satisfies(refused -> assertThat(refused.errno()).isEqualTo(Errno.EAGAIN));
        cluster.loop.pass(Duration.ofMillis(1500));
        CompletableFuture<WriteResult> other = write(cluster, cluster.objectOn(1));
        FakeConnection osd = cluster.to(1).ready();
        osd.reply(osd.next(), 0);
        assertThat(other).as("what need not wait is not refused").isCompleted();
        assertThat(Limits.DEFAULT.waiting()).isEqualTo(65_536);
    }
}
