package io.jrados.osd;

import static org.assertj.core.api.Assertions.assertThat;

import io.jrados.message.HObject;
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
}
