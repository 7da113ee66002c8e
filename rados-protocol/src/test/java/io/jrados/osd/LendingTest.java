package io.jrados.osd;

import static org.assertj.core.api.Assertions.assertThat;

import io.jrados.error.ClosedException;
import io.jrados.error.DeadlineException;
import io.jrados.error.Errno;
import io.jrados.osd.op.ReadOperation;
import io.jrados.osd.op.ReadResult;
import io.jrados.osd.op.WriteResult;
import io.jrados.testkit.Covers;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** A client lends only so much: who does not give back stops those who borrow, and nobody else. */
class LendingTest extends ObjecterCase {
    private static final int SIZE = 100 << 10;

    private final FakeCluster cluster = new FakeCluster(new Limits(1024, 100 << 20, 10, 3000, 3 * SIZE));
    private final Queue<CompletableFuture<Void>> lent = new ArrayDeque<>();
    private final List<CompletableFuture<ReadResult>> reads = new ArrayList<>();

    LendingTest() {
        cluster.publish(16);
    }

    private CompletableFuture<ReadResult> borrow(String object, boolean passedOn) {
        ReadOperation read = new ReadOperation().sparseRead(0, SIZE, (extents, bytes) -> {
            CompletableFuture<Void> use = new CompletableFuture<>();
            lent.add(use);
            return use;
        });
        CompletableFuture<ReadResult> future = cluster.objecter.submit(
                new Request<>(FakeCluster.named(object), (passedOn ? read.passedOn() : read).operation(), DEADLINE));
        reads.add(future);
        cluster.loop.run();
        return future;
    }

    private void borrow(String object, int times) {
        for (int i = 0; i < times; i++) {
            borrow(object, false);
        }
    }

    /** Answers all that was sent with a few bytes; how many that were. */
    private int answer(FakeConnection osd) {
        int answered = 0;
        for (; !osd.isQuiet(); answered++) {
            SentOp next = osd.next();
            ByteBuffer output = ByteBuffer.allocate(4 + 16 + 4 + 5).order(ByteOrder.LITTLE_ENDIAN);
            output.putInt(1).putLong(0).putLong(5).putInt(5).put(new byte[5]);
            osd.receive(next.reply(0, output.array()));
        }
        return answered;
    }

    private void giveBack() {
        lent.remove().complete(null);
        cluster.loop.run();
    }

    private long done() {
        return reads.stream().filter(CompletableFuture::isDone).count();
    }

    @Test
    @Covers("E16")
    void whatFindsNoRoomIsSentWhenSomethingIsGivenBack() {
        String object = cluster.objectOn(0);
        borrow(object, 8);
        FakeConnection osd = cluster.to(0).ready();
        assertThat(answer(osd)).isEqualTo(3);
        cluster.loop.pass(Duration.ofSeconds(5));
        assertThat(osd.isQuiet()).isTrue();
        CompletableFuture<WriteResult> other = write(cluster, object);
        osd.reply(osd.next(), 0);
        assertThat(other).isCompleted();
        giveBack();
        assertThat(answer(osd)).isEqualTo(1);
        giveBack();
        giveBack();
        assertThat(answer(osd)).isEqualTo(2);
        while (!lent.isEmpty()) {
            giveBack();
            answer(osd);
        }
        assertThat(reads).allMatch(read -> !read.isCompletedExceptionally()).hasSize(8);
        assertThat(done()).isEqualTo(8);
    }

    @Test
    @Covers({"E16", "E17"})
    void whoWaitsForWhatIsNeverGivenBackIsToldSo() {
        borrow(cluster.objectOn(0), 4);
        answer(cluster.to(0).ready());
        cluster.loop.pass(DEADLINE.plusSeconds(2));
        assertThat(failure(reads.get(3))).isInstanceOfSatisfying(DeadlineException.class, late -> {
            assertThat(late.sent()).isEqualTo(DeadlineException.Sent.NEVER_SENT);
            assertThat(late).hasMessageContaining("have lent " + 3 * SIZE + " bytes that are not given back");
        });
        lent.forEach(use -> use.complete(null));
        cluster.loop.run();
        borrow(cluster.objectOn(0), 3);
        assertThat(answer(cluster.to(0))).as("there is room again").isEqualTo(3);
    }

    @Test
    @Covers({"E16", "E17"})
    void aSlowBorrowerIsNoReasonToFail() {
        borrow(cluster.objectOn(0), 9);
        FakeConnection osd = cluster.to(0).ready();
        for (int i = 0; i < 9; i++) {
            answer(osd);
            cluster.loop.pass(DEADLINE.minusSeconds(10));
            giveBack();
        }
        assertThat(reads).allMatch(read -> read.isDone() && !read.isCompletedExceptionally());
    }

    @Test
    @Covers("E16")
    void whatGoesIntoWritesHasRoomOfItsOwn() {
        String object = cluster.objectOn(0);
        borrow(object, 5);
        FakeConnection osd = cluster.to(0).ready();
        answer(osd);
        CompletableFuture<ReadResult> copyUp = borrow(object, true);
        assertThat(answer(osd)).isEqualTo(1);
        assertThat(copyUp).isCompleted();
        borrow(object, true);
        borrow(object, true);
        borrow(object, true);
        assertThat(answer(osd)).isEqualTo(2);
    }

    @Test
    @Covers("E16")
    void anOsdThatDoesNotAnswerTakesNoRoom() {
        borrow(cluster.objectOn(0), 3);
        cluster.to(0).ready();
        borrow(cluster.objectOn(1), 3);
        cluster.loop.pass(Duration.ofMillis(1500));
        FakeConnection good = cluster.to(1).ready();
        assertThat(answer(good)).isEqualTo(3);
        borrow(cluster.objectOn(1), 1);
        assertThat(answer(cluster.to(0)))
                .as("answered late, and lent all the same")
                .isEqualTo(3);
        assertThat(lent).hasSize(6);
        giveBack();
        giveBack();
        giveBack();
        assertThat(good.isQuiet()).as("as much as before is still lent").isTrue();
        giveBack();
        assertThat(answer(good)).isEqualTo(1);
    }

    @Test
    @Covers("E16")
    void whatFailsOrIsCancelledGivesItsRoomBack() {
        String object = cluster.objectOn(0);
        borrow(object, 6);
        FakeConnection osd = cluster.to(0).ready();
        reads.get(5).cancel(false);
        cluster.loop.run();
        reads.get(0).cancel(false);
        cluster.loop.run();
        osd.next();
        osd.reply(osd.next(), -Errno.ENOENT.number());
        assertThat(answer(osd)).isEqualTo(3);
        assertThat(done()).isEqualTo(6);
    }

    @Test
    @Covers("E16")
    void closingEndsThoseThatWait() {
        borrow(cluster.objectOn(0), 5);
        answer(cluster.to(0).ready());
        CompletableFuture<Void> closed = cluster.objecter.close();
        cluster.loop.run();
        assertThat(closed).isCompleted();
        assertThat(failure(reads.get(4))).isInstanceOf(ClosedException.class);
        lent.forEach(use -> use.complete(null));
        cluster.loop.run();
    }

    @Test
    @Covers("E16")
    void thoseThatWaitAreCountedAndRefusedBeyondTheLimit() {
        borrow(cluster.objectOn(0), 14);
        assertThat(failure(reads.get(13)).errno()).isEqualTo(Errno.EAGAIN);
        assertThat(reads.get(12)).isNotDone();
    }
}
