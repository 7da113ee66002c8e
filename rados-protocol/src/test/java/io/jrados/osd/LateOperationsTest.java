package io.jrados.osd;

import static org.assertj.core.api.Assertions.assertThat;

import io.jrados.error.DeadlineException;
import io.jrados.error.DeadlineException.Sent;
import io.jrados.error.Errno;
import io.jrados.error.OutcomeUnknownException;
import io.jrados.message.HObject;
import io.jrados.message.OsdBackoff;
import io.jrados.osd.op.WriteOperation;
import io.jrados.osd.op.WriteResult;
import io.jrados.testkit.Covers;
import io.jrados.wire.Payload;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** From its deadline on an operation is not sent any more, whatever would have sent it: its caller does it again. */
class LateOperationsTest extends ObjecterCase {
    private static CompletableFuture<WriteResult> append(FakeCluster cluster, String object, Duration deadline) {
        CompletableFuture<WriteResult> future = cluster.objecter.submit(new Request<>(
                FakeCluster.named(object),
                new WriteOperation().append(ByteBuffer.wrap(new byte[3])).operation(),
                deadline));
        cluster.loop.run();
        return future;
    }

    private static int drain(FakeConnection osd) {
        int count = 0;
        for (; !osd.isQuiet(); count++) {
            osd.next();
        }
        return count;
    }

    @Test
    @Covers({"E16", "E17"})
    void nothingThatWaitedForRoomIsSentWhenItAndThoseBeforeItExpire() {
        FakeCluster cluster = FakeCluster.at(16);
        String object = cluster.objectOn(0);
        append(cluster, object, DEADLINE);
        FakeConnection osd = cluster.to(0).ready();
        osd.reply(osd.next(), 0);
        Map<Sent, Integer> ends = new EnumMap<>(Sent.class);
        for (int i = 0; i < 5000; i++) {
            append(cluster, object, Duration.ofSeconds(5))
                    .whenComplete((done, failure) -> ends.merge(((DeadlineException) failure).sent(), 1, Integer::sum));
        }
        assertThat(drain(osd)).isEqualTo(1024);
        cluster.loop.pass(Duration.ofMillis(5300));
        assertThat(drain(osd)).as("sent at their deadline").isZero();
        assertThat(ends).containsOnly(Map.entry(Sent.OUTCOME_UNKNOWN, 1024), Map.entry(Sent.NEVER_SENT, 5000 - 1024));

        CompletableFuture<WriteResult> next = append(cluster, object, DEADLINE);
        osd.reply(osd.next(), 0);
        assertThat(next).as("there is room again").isCompleted();
    }

    /** The occasion that would send an operation. */
    enum Occasion {
        CONNECTED,
        MOVED,
        NO_LONGER_PAUSED,
        NO_LONGER_HELD_BACK,
        BOUNCED,
        ROOM
    }

    /** Between two ticks: nothing has ended the operation yet. */
    @ParameterizedTest
    @EnumSource(Occasion.class)
    @Covers({"E12", "E13", "E15", "E17"})
    void whatIsLateIsNotSent(Occasion occasion) {
        FakeCluster cluster = new FakeCluster(new Limits(occasion == Occasion.ROOM ? 1 : 1024, 1 << 20, 10));
        cluster.publish(occasion == Occasion.MOVED ? 19 : 16);
        String object = occasion == Occasion.MOVED ? "object-58" : cluster.objectOn(0);
        CompletableFuture<WriteResult> other = append(cluster, object, DEADLINE);
        FakeConnection osd = cluster.connections.get(0);
        SentOp first = null;
        if (occasion != Occasion.CONNECTED && occasion != Occasion.MOVED) {
            first = osd.ready().next();
        }
        if (occasion == Occasion.NO_LONGER_PAUSED) {
            cluster.publish(17);
        }
        if (occasion == Occasion.NO_LONGER_HELD_BACK) {
            osd.receive(
                    new OsdBackoff(first.group(), 16, OsdBackoff.Kind.BLOCK, 77, HObject.MIN, HObject.MAX).encode());
            osd.others().forEach(Payload::release);
        }
        CompletableFuture<WriteResult> late = append(cluster, object, Duration.ofMillis(2040));
        if (occasion == Occasion.BOUNCED) {
            SentOp second = osd.next();
            osd.reply(second, -Errno.EAGAIN.number());
            osd.reply(osd.next(), -Errno.EAGAIN.number());
        }
        // the tick of 2 s found it in time, and the one of 2.1 s is to come
        cluster.loop.pass(Duration.ofMillis(2060));
        switch (occasion) {
            case CONNECTED -> cluster.to(0).ready();
            case MOVED -> cluster.publish(26);
            case NO_LONGER_PAUSED -> cluster.publish(18);
            case NO_LONGER_HELD_BACK ->
                osd.receive(new OsdBackoff(first.group(), 16, OsdBackoff.Kind.UNBLOCK, 77, HObject.MIN, HObject.MAX)
                        .encode());
            case BOUNCED -> drain(osd);
            case ROOM -> osd.reply(first, 0);
        }
        List<Long> sent = new ArrayList<>();
        for (FakeConnection connection : cluster.connections) {
            if (occasion == Occasion.MOVED && connection != osd) {
                connection.ready();
            }
            while (!connection.isQuiet()) {
                sent.add(connection.next().tid());
            }
        }
        assertThat(sent).doesNotContain(2L);
        cluster.loop.pass(Duration.ofMillis(100));
        assertThat(failure(late)).isInstanceOf(DeadlineException.class);
        assertThat(cluster.connections)
                .filteredOn(connection -> !connection.isQuiet())
                .isEmpty();
        assertThat(other.isCompletedExceptionally()).isFalse();
    }

    @Test
    @Covers({"E13", "E17"})
    void aWriteInDoubtGoesOnInItsPlaceWhenItIsLateAtTheMomentOfSendingAgain() {
        FakeCluster cluster = FakeCluster.at(16);
        String object = cluster.objectOn(0);
        CompletableFuture<WriteResult> late = append(cluster, object, Duration.ofMillis(2040));
        append(cluster, object, DEADLINE);
        FakeConnection osd = cluster.to(0).ready();
        drain(osd);
        osd.reset();
        cluster.loop.pass(Duration.ofMillis(2060));
        FakeConnection again = cluster.to(0).ready();
        assertThat(failure(late)).isInstanceOf(OutcomeUnknownException.class);
        assertThat(again.next().tid()).isEqualTo(1);
        assertThat(again.next().tid()).as("in the order of their tids").isEqualTo(2);
        assertThat(again.isQuiet()).isTrue();
    }

    @Test
    @Covers({"E16", "E17"})
    void endingVeryManyLeavesTheLoopToOthersInBetween() {
        FakeCluster cluster = FakeCluster.at(16);
        AtomicInteger failed = new AtomicInteger();
        List<Integer> seen = new ArrayList<>();
        int many = 20_000;
        for (int i = 0; i < many; i++) {
            cluster.objecter
                    .submit(new Request<>(
                            FakeCluster.named("object-" + i),
                            new WriteOperation()
                                    .append(ByteBuffer.wrap(new byte[3]))
                                    .operation(),
                            Duration.ofSeconds(5)))
                    .whenComplete((done, failure) -> {
                        if (failed.incrementAndGet() % 1000 == 1) {
                            cluster.loop.execute(() -> seen.add(failed.get()));
                        }
                    });
        }
        cluster.loop.pass(Duration.ofMillis(5200));
        assertThat(failed).hasValue(many);
        assertThat(seen.get(0)).as("ended before another task of the loop ran").isLessThan(many / 4);
        assertThat(seen.stream().distinct()).hasSizeGreaterThan(5);
    }

    @Test
    @Covers({"C34", "E16"})
    void closingWithVeryManyEndsThemAllAndThenIsDone() {
        FakeCluster cluster = FakeCluster.at(16);
        List<CompletableFuture<WriteResult>> writes = new ArrayList<>();
        for (int i = 0; i < 5000; i++) {
            writes.add(append(cluster, "object-" + i, DEADLINE));
        }
        CompletableFuture<Void> closed = cluster.objecter.close();
        cluster.loop.pass(Duration.ofSeconds(1));
        assertThat(closed).isCompleted();
        assertThat(writes).allMatch(CompletableFuture::isCompletedExceptionally);
    }
}
