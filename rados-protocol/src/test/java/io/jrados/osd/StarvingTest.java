package io.jrados.osd;

import static org.assertj.core.api.Assertions.assertThat;

import io.jrados.error.Errno;
import io.jrados.error.RadosException;
import io.jrados.osd.op.ReadOperation;
import io.jrados.osd.op.ReadResult;
import io.jrados.osd.op.WriteOperation;
import io.jrados.osd.op.WriteResult;
import io.jrados.testkit.Covers;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** A reply that finds no memory is not asked for again at once, and takes nobody along. */
class StarvingTest extends ObjecterCase {
    private static final int LARGE = 1 << 20;
    private static final Duration REDIALED = Duration.ofMillis(900);

    private final FakeCluster cluster = FakeCluster.at(16);
    private final String object = cluster.objectOn(0);

    private CompletableFuture<ReadResult> readLarge(Duration deadline) {
        CompletableFuture<ReadResult> future = cluster.objecter.submit(new Request<>(
                FakeCluster.named(object), new ReadOperation().read(0, LARGE).operation(), deadline));
        cluster.loop.run();
        return future;
    }

    private FakeConnection redialed() {
        cluster.loop.pass(REDIALED);
        return cluster.to(0).ready();
    }

    @Test
    @Covers({"A38", "E17"})
    void aReadIsAskedForAgainAfterPausesAndThenFailsByName() {
        CompletableFuture<ReadResult> read = readLarge(DEADLINE);
        FakeConnection osd = cluster.to(0).ready();
        for (int times = 1; times <= 3; times++) {
            osd.next();
            osd.starve(LARGE + 200);
            osd = redialed();
            assertThat(osd.isQuiet()).as("pause " + times).isTrue();
            cluster.loop.pass(Duration.ofSeconds(times).minus(REDIALED).minusMillis(10));
            assertThat(osd.isQuiet()).as("pause " + times).isTrue();
            cluster.loop.pass(Duration.ofMillis(20));
            assertThat(osd.isQuiet()).as("after pause " + times).isFalse();
            assertThat(read).isNotDone();
        }
        osd.next();
        osd.starve(LARGE + 200);
        RadosException failure = failure(read);
        assertThat(failure.errno()).isEqualTo(Errno.ENOMEM);
        assertThat(failure).hasMessageContaining(object);
        assertThat(failure.getCause()).hasMessageContaining("a frame of " + (LARGE + 200) + " bytes");
    }

    @Test
    @Covers({"A38", "E12"})
    void othersOfTheSameOsdGoOnAndThoseOfTheSameObjectKeepTheirOrder() {
        CompletableFuture<ReadResult> read = readLarge(DEADLINE);
        CompletableFuture<WriteResult> behind = write(cluster, object);
        String otherObject = cluster.objectOn(0, 1);
        CompletableFuture<WriteResult> other = write(cluster, otherObject);
        FakeConnection osd = cluster.to(0).ready();
        osd.starve(LARGE + 200);
        osd = redialed();
        SentOp passing = osd.next();
        assertThat(passing.object()).isEqualTo(otherObject);
        osd.reply(passing, 0);
        assertThat(other).isCompleted();
        assertThat(osd.isQuiet()).isTrue();
        CompletableFuture<WriteResult> later = write(cluster, object);
        assertThat(osd.isQuiet()).isTrue();
        cluster.loop.pass(Duration.ofSeconds(1));
        SentOp first = osd.next();
        SentOp second = osd.next();
        SentOp third = osd.next();
        assertThat(first.tid()).isLessThan(second.tid());
        assertThat(second.tid()).isLessThan(third.tid());
        osd.reply(first, -2);
        osd.reply(second, 0);
        osd.reply(third, 0);
        assertThat(failure(read).errno()).isEqualTo(Errno.ENOENT);
        assertThat(behind).isCompleted();
        assertThat(later).isCompleted();
    }

    @Test
    @Covers("A38")
    void whatWaitsBehindOneThatWasGivenUpGoesOn() {
        CompletableFuture<ReadResult> read = readLarge(DEADLINE);
        CompletableFuture<WriteResult> behind = write(cluster, object);
        cluster.to(0).ready().starve(LARGE + 200);
        read.cancel(false);
        FakeConnection osd = redialed();
        cluster.loop.pass(Duration.ofSeconds(1));
        osd.reply(osd.next(), 0);
        assertThat(behind).isCompleted();
    }

    /** The same reply would come each time, and cost all others the connection. */
    @Test
    @Covers({"A17", "E17"})
    void aReplyThatIsTooLongEndsItsOperationAndNoOther() {
        CompletableFuture<ReadResult> small = cluster.objecter.submit(new Request<>(
                FakeCluster.named(object), new ReadOperation().stat().operation(), DEADLINE));
        CompletableFuture<WriteResult> behind = write(cluster, object);
        FakeConnection osd = cluster.to(0).ready();
        SentOp asked = osd.next();
        osd.next();
        osd.refuse(asked.tid());
        RadosException failure = failure(small);
        assertThat(failure.errno()).isEqualTo(Errno.EBADMSG);
        assertThat(failure).hasMessageContaining(object).hasMessageContaining("whose reply is not taken");
        assertThat(failure.getCause()).hasMessageContaining("too many bytes");
        osd = redialed();
        osd.reply(osd.next(), 0);
        assertThat(behind).isCompleted();
        assertThat(osd.isQuiet()).isTrue();
    }

    @Test
    @Covers("A17")
    void whatIsNotKnownToBeTheCauseIsSentAgain() {
        CompletableFuture<WriteResult> write = write(cluster, object);
        FakeConnection osd = cluster.to(0).ready();
        osd.next();
        osd.refuse(0);
        osd = redialed();
        osd.next();
        osd.refuse(4711);
        osd = redialed();
        osd.reply(osd.next(), 0);
        assertThat(write).isCompleted();
    }

    /** A small request may have a reply that finds no memory, as a listing of what others have written. */
    @Test
    @Covers("A38")
    void aSmallOperationIsKnownByTheReplyThatFoundNoMemory() {
        CompletableFuture<ReadResult> small = cluster.objecter.submit(new Request<>(
                FakeCluster.named(object), new ReadOperation().stat().operation(), DEADLINE));
        cluster.loop.run();
        FakeConnection osd = cluster.to(0).ready();
        for (int times = 1; times <= 4; times++) {
            osd.endedBy = osd.next().tid();
            osd.starve(LARGE);
            if (times < 4) {
                osd = redialed();
                assertThat(osd.isQuiet()).as("pause " + times).isTrue();
                cluster.loop.pass(Duration.ofSeconds(times));
            }
        }
        assertThat(failure(small).errno()).isEqualTo(Errno.ENOMEM);
    }

    @Test
    @Covers({"A38", "E17"})
    void whatTimesOutMeanwhileNamesTheCause() {
        CompletableFuture<ReadResult> read = readLarge(Duration.ofSeconds(2));
        FakeConnection osd = cluster.to(0).ready();
        osd.starve(LARGE + 200);
        osd = redialed();
        cluster.loop.pass(Duration.ofSeconds(1));
        osd.starve(LARGE + 200);
        cluster.loop.pass(Duration.ofSeconds(2));
        assertThat(failure(read))
                .hasMessageContaining("receiving a frame of " + (LARGE + 200) + " bytes")
                .hasMessageContaining("again after a pause");
    }

    @Test
    @Covers("A38")
    void smallOperationsAreNotTheCauseAndSayWhatIs() {
        CompletableFuture<ReadResult> small = cluster.objecter.submit(new Request<>(
                FakeCluster.named(object), new ReadOperation().stat().operation(), Duration.ofSeconds(5)));
        cluster.loop.run();
        cluster.to(0).ready().starve(LARGE);
        FakeConnection osd = redialed();
        assertThat(osd.next().object()).as("at once").isEqualTo(object);
        cluster.loop.pass(Duration.ofSeconds(5));
        assertThat(failure(small)).hasMessageContaining("receiving a frame of " + LARGE + " bytes");
    }

    @Test
    @Covers("A38")
    void aLargeWriteThatFindsNoMemoryIsSentAgainAfterAPause() {
        CompletableFuture<WriteResult> write =
                write(cluster, object, new WriteOperation().write(0, ByteBuffer.allocate(LARGE)));
        FakeConnection osd = cluster.to(0).ready();
        for (int times = 1; times <= 5; times++) {
            osd.next();
            osd.starve(0);
            osd = redialed();
            assertThat(osd.isQuiet()).as("pause " + times).isTrue();
            cluster.loop.pass(Duration.ofSeconds(3));
        }
        osd.reply(osd.next(), 0);
        assertThat(write).isCompleted();
    }

    @Test
    @Covers("A38")
    void redialingTakesLongerEachTimeInARow() {
        write(cluster, object);
        FakeConnection osd = cluster.to(0).ready();
        for (int times = 0; times < 6; times++) {
            osd.starve(LARGE);
            cluster.loop.pass(REDIALED.multipliedBy(3));
            osd = cluster.to(0).ready();
        }
        int before = cluster.connections.size();
        osd.starve(LARGE);
        cluster.loop.pass(Duration.ofMillis(490));
        assertThat(cluster.connections).hasSize(before);
        cluster.loop.pass(Duration.ofMillis(520));
        assertThat(cluster.connections).hasSize(before + 1);
    }

    @Test
    @Covers("A38")
    void aConnectionThatWaitsToBeReadIsNotTakenForSilent() {
        CompletableFuture<ReadResult> read = readLarge(DEADLINE);
        FakeConnection osd = cluster.to(0).ready();
        osd.starved = true;
        cluster.loop.pass(Duration.ofSeconds(40));
        assertThat(osd.closed).isFalse();
        cluster.loop.pass(Duration.ofSeconds(21));
        assertThat(failure(read)).hasMessageContaining("is not read before other replies have been taken");
    }
}
