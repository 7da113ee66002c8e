package io.jrados.osd;

import static org.assertj.core.api.Assertions.assertThat;

import io.jrados.error.OutcomeUnknownException;
import io.jrados.message.HObject;
import io.jrados.message.OpCode;
import io.jrados.message.Operation;
import io.jrados.message.OsdBackoff;
import io.jrados.osd.op.ReadOperation;
import io.jrados.osd.op.WriteOperation;
import io.jrados.testkit.Covers;
import io.jrados.wire.Payload;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The return of borrowed buffers: once the future of an operation is done, its buffers are the caller's again. */
class BorrowedBuffersTest extends ObjecterCase {
    private static final int SIZE = 64;

    /** The stage that an operation has reached. */
    enum Stage {
        WITHOUT_A_MAP,
        WAITING_FOR_ITS_TURN,
        PAUSED,
        CONNECTING,
        IN_THE_SOCKET,
        SENT,
        HELD_BACK,
        AWAITING_A_RESEND
    }

    static Stream<Arguments> cases() {
        return Stream.of(Stage.values())
                .flatMap(stage -> Stream.of(true, false).map(cancel -> Arguments.of(stage, cancel)));
    }

    private final FakeCluster cluster = new FakeCluster(new Limits(1, 1 << 20, 10));
    private Optional<SentOp> sent = Optional.empty();

    /** Brings an operation to a stage. */
    private <R> CompletableFuture<R> submitted(Operation<R> operation, Stage stage) {
        if (stage == Stage.WITHOUT_A_MAP) {
            return submit(operation, "object-0");
        }
        cluster.publish(16);
        String object = cluster.objectOn(0);
        if (stage == Stage.PAUSED) {
            cluster.publish(17);
        }
        if (stage == Stage.WAITING_FOR_ITS_TURN) {
            write(cluster, object);
        }
        CompletableFuture<R> future = submit(operation, object);
        FakeConnection osd = cluster.to(0);
        if (stage == Stage.CONNECTING) {
            return future;
        }
        osd.writing = stage != Stage.IN_THE_SOCKET;
        osd.ready();
        if (stage == Stage.PAUSED || stage == Stage.WAITING_FOR_ITS_TURN) {
            return future;
        }
        sent = Optional.of(osd.next());
        if (stage == Stage.HELD_BACK) {
            osd.receive(new OsdBackoff(sent.get().group(), 16, OsdBackoff.Kind.BLOCK, 77, HObject.MIN, HObject.MAX)
                    .encode());
            osd.others().forEach(Payload::release);
        }
        if (stage == Stage.AWAITING_A_RESEND) {
            osd.reset();
        }
        return future;
    }

    private <R> CompletableFuture<R> submit(Operation<R> operation, String object) {
        CompletableFuture<R> future =
                cluster.objecter.submit(new Request<>(FakeCluster.named(object), operation, Duration.ofSeconds(5)));
        cluster.loop.run();
        return future;
    }

    private void giveUp(CompletableFuture<?> future, boolean cancel) {
        if (cancel) {
            future.cancel(false);
        }
        // The deadline, and what a connection that does not let go is given to do so.
        cluster.loop.pass(Duration.ofSeconds(cancel ? 2 : 8));
        assertThat(future).isCompletedExceptionally();
    }

    @ParameterizedTest
    @MethodSource("cases")
    @Covers({"E17", "E30"})
    void nothingReadsWhatAWriteWasGiven(Stage stage, boolean cancel) {
        Operation<?> operation =
                new WriteOperation().append(ByteBuffer.allocateDirect(SIZE)).operation();
        CompletableFuture<?> future = submitted(operation, stage);
        future.whenComplete((done, failure) -> assertThat(operation.inputsHeld())
                .as("a connection holds them yet")
                .isFalse());
        giveUp(future, cancel);
        assertThat(operation.inputsHeld()).isFalse();
    }

    @ParameterizedTest
    @MethodSource("cases")
    @Covers({"E17", "E30", "E51"})
    void aLateAnswerFillsNoBuffer(Stage stage, boolean cancel) {
        ByteBuffer into = ByteBuffer.allocateDirect(SIZE);
        CompletableFuture<?> future =
                submitted(new ReadOperation().read(0, into).operation(), stage);
        giveUp(future, cancel);
        cluster.connections.forEach(connection ->
                sent.ifPresent(question -> connection.receive(question.reply(0, new byte[] {1, 2, 3, 4}))));
        assertThat(into).isEqualTo(ByteBuffer.allocate(SIZE));
        assertThat(into.position()).isZero();
    }

    // ---- moved from a socket that does not take what it was given

    private static final String MOVES = "object-58";

    /** A write that osd.1's socket holds, and that a map then moved to osd.0. */
    private CompletableFuture<?> moved(FakeCluster two, Operation<?> operation) {
        two.publish(19);
        CompletableFuture<?> future =
                two.objecter.submit(new Request<>(FakeCluster.named(MOVES), operation, Duration.ofSeconds(60)));
        two.loop.run();
        two.to(1).writing = false;
        two.to(1).ready().next();
        two.publish(26);
        two.to(0).ready();
        return future;
    }

    private static Operation<?> append() {
        return new WriteOperation().append(ByteBuffer.allocateDirect(SIZE)).operation();
    }

    @Test
    @Covers({"E17", "E30"})
    void aMovedWriteIsDoneOnceTheFirstSocketHasLetGo() {
        FakeCluster two = new FakeCluster();
        Operation<?> operation = append();
        CompletableFuture<?> future = moved(two, operation);
        FakeConnection first = two.connections.get(0);
        CompletableFuture<Void> flushed = two.objecter.flush(1, Duration.ofSeconds(60));
        two.to(0).reply(two.to(0).next(), 0);
        CompletableFuture<Void> flushedLater = two.objecter.flush(1, Duration.ofSeconds(60));
        two.loop.run();
        assertThat(future).isNotDone();
        assertThat(flushed).isNotDone();
        assertThat(flushedLater).as("one that comes now waits too").isNotDone();
        two.loop.pass(Duration.ofMillis(1200));
        assertThat(first.closed).as("it stands still").isTrue();
        assertThat(operation.inputsHeld()).isFalse();
        assertThat(future).isCompleted();
        assertThat(flushed).isCompleted();
        assertThat(flushedLater).isCompleted();
        assertThat(two.to(0).closed).isFalse();
    }

    @Test
    @Covers({"E17", "E30"})
    void ofAMovedWriteThatIsGivenUpTheConnectionThatHoldsItIsReplacedAndNoOther() {
        FakeCluster two = new FakeCluster();
        CompletableFuture<?> future = moved(two, append());
        FakeConnection first = two.connections.get(0);
        FakeConnection innocent = two.to(0);
        innocent.next();
        future.cancel(false);
        two.loop.run();
        two.loop.pass(Duration.ofSeconds(3));
        assertThat(future).isCompletedExceptionally();
        assertThat(first.closed).isTrue();
        assertThat(innocent.closed).isFalse();
    }

    // ---- a slow socket

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** A write to osd.0, whose socket is slow. */
    private static final class Slow {
        final FakeCluster cluster = FakeCluster.at(16);
        final CompletableFuture<?> future;
        final FakeConnection osd;

        /** @param behind whether it waits behind other bytes, or is what the socket is taking */
        Slow(Operation<?> operation, Duration deadline, boolean behind) {
            future =
                    cluster.objecter.submit(new Request<>(FakeCluster.named(cluster.objectOn(0)), operation, deadline));
            cluster.loop.run();
            osd = cluster.to(0);
            osd.writing = false;
            osd.queued = behind;
            osd.moving = !behind;
            osd.ready();
        }

        void cancelAndPass(Duration time) {
            future.cancel(false);
            cluster.loop.pass(time);
        }
    }

    @Test
    @Covers({"E17", "E30"})
    void aSocketThatTakesBytesIsWaitedForAndOneThatStandsStillIsReplaced() {
        Slow slow = new Slow(append(), PATIENCE, false);
        slow.osd.next();
        slow.cancelAndPass(Duration.ofSeconds(8));
        assertThat(slow.osd.closed).isFalse();
        assertThat(slow.future).as("the connection reads the buffer yet").isNotDone();
        slow.osd.write();
        slow.cluster.loop.pass(Duration.ofMillis(200));
        assertThat(slow.future).isCompletedExceptionally();
        assertThat(slow.osd.closed).isFalse();
    }

    @Test
    @Covers({"E17", "E30"})
    void aSocketIsNotWaitedForForEver() {
        Slow slow = new Slow(append(), PATIENCE, false);
        slow.osd.next();
        slow.cancelAndPass(Duration.ofSeconds(31));
        assertThat(slow.osd.closed).isTrue();
        assertThat(slow.future).isCompletedExceptionally();
    }

    @Test
    @Covers({"E17", "E30"})
    void aWriteThatWaitsForTheSocketIsTakenBackWhenItIsGivenUp() {
        Slow slow = new Slow(append(), PATIENCE, true);
        slow.cancelAndPass(Duration.ofMillis(200));
        assertThat(slow.future).isCompletedExceptionally();
        assertThat(slow.osd.closed).isFalse();
        assertThat(slow.osd.next().parts())
                .extracting(SentOp.Part::code)
                .as("the doubt's")
                .containsExactly(OpCode.STAT);
        assertThat(slow.osd.isQuiet()).isTrue();
    }

    @Test
    @Covers({"E17", "E30"})
    void aLateWriteThatWaitsForTheSocketGoesOnAsTheCopyOfItsHeir() {
        Operation<?> operation = append();
        Slow slow = new Slow(operation, Duration.ofSeconds(5), true);
        long tid = slow.osd.next().tid();
        slow.cluster.loop.pass(Duration.ofMillis(5300));
        assertThat(slow.future).isCompletedExceptionally();
        assertThat(operation.inputsHeld()).isFalse();
        assertThat(slow.osd.closed).isFalse();
        SentOp heir = slow.osd.next();
        assertThat(heir.tid()).isEqualTo(tid);
        assertThat(heir.data()).hasSize(SIZE);
        slow.osd.write();
        OutcomeUnknownException late = (OutcomeUnknownException) failure(slow.future);
        CompletableFuture<Void> finished = late.receipt().finishAsync();
        slow.osd.reply(heir, 0);
        assertThat(finished).isCompleted();
    }
}
