package io.jrados.osd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jrados.error.Errno;
import io.jrados.error.RadosException;
import io.jrados.message.Op;
import io.jrados.message.OpCode;
import io.jrados.message.Operation;
import io.jrados.message.OsdFlags;
import io.jrados.osd.op.ReadOperation;
import io.jrados.osd.op.ReadResult;
import io.jrados.osd.op.SnapContext;
import io.jrados.osd.op.WriteResult;
import io.jrados.testkit.Covers;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/**
 * One Throwable, wherever it comes from, ends neither the timer nor the queue, nor does it keep others from going on.
 */
class BrokenSurroundingsTest extends ObjecterCase {
    /** A source of random numbers that throws while it is told to: choosing a replica asks it. */
    private static final class Source implements RandomGenerator {
        private final Random random = new Random(1);
        boolean broken;

        @Override
        public long nextLong() {
            if (broken) {
                throw new OutOfMemoryError("simulated");
            }
            return random.nextLong();
        }
    }

    private final Source source = new Source();

    private FakeCluster cluster(Limits limits, Executor completions, Executor callbacks) {
        FakeCluster cluster = new FakeCluster(limits, source, completions, callbacks);
        cluster.publish(16);
        return cluster;
    }

    private static CompletableFuture<ReadResult> readAnyReplica(FakeCluster cluster, String object) {
        CompletableFuture<ReadResult> future = cluster.objecter.submit(new Request<>(
                FakeCluster.named(object),
                new ReadOperation().stat().operation(),
                SnapContext.HEAD,
                SnapContext.EMPTY,
                OsdFlags.BALANCE_READS,
                DEADLINE));
        cluster.loop.run();
        return future;
    }

    private static RadosException failureSoon(CompletableFuture<?> future) {
        assertThatThrownBy(() -> future.get(30, TimeUnit.SECONDS)).isNotNull();
        return failure(future);
    }

    @Test
    @Covers("E17")
    void anExecutorThatThrowsEndsNeitherTheFutureNorTheTimer() {
        AtomicInteger refused = new AtomicInteger();
        FakeCluster cluster = cluster(
                Limits.DEFAULT,
                task -> {
                    refused.incrementAndGet();
                    throw new OutOfMemoryError("unable to create native thread (simulated)");
                },
                Runnable::run);
        CompletableFuture<WriteResult> first = write(cluster, cluster.objectOn(0));
        cluster.loop.pass(DEADLINE.plusSeconds(1));
        assertThat(failureSoon(first).errno()).isEqualTo(Errno.ETIMEDOUT);
        CompletableFuture<WriteResult> second = write(cluster, cluster.objectOn(1));
        cluster.loop.pass(DEADLINE.plusSeconds(1));
        assertThat(failureSoon(second).errno()).isEqualTo(Errno.ETIMEDOUT);
        assertThat(refused).as("it is asked each time").hasValue(2);
    }

    @Test
    @Covers({"E12", "E13"})
    void oneThatCannotBePlacedDoesNotKeepOthersFromBeingSentAgain() {
        FakeCluster cluster = new FakeCluster(Limits.DEFAULT, source, Runnable::run, Runnable::run);
        cluster.publish(19);
        CompletableFuture<ReadResult> read = readAnyReplica(cluster, "object-58");
        CompletableFuture<WriteResult> write = write(cluster, "object-58");
        cluster.connections.forEach(FakeConnection::ready);
        source.broken = true;
        cluster.publish(26);
        assertThat(failure(read))
                .hasMessageContaining("could not be placed")
                .hasCauseInstanceOf(OutOfMemoryError.class);
        assertThat(failure(read).errno()).isEqualTo(Errno.ENOMEM);
        FakeConnection moved = cluster.to(0).ready();
        SentOp sent = moved.next();
        while (sent.tid() != 2) {
            sent = moved.next();
        }
        moved.reply(sent, 0);
        assertThat(write).isCompleted();
    }

    @Test
    @Covers({"E16"})
    void oneThatCannotBePlacedTakesNobodysTurn() {
        FakeCluster cluster = cluster(new Limits(1, 1 << 20, 10), Runnable::run, Runnable::run);
        String object = cluster.objectOn(0);
        CompletableFuture<WriteResult> first = write(cluster, object);
        source.broken = true;
        CompletableFuture<ReadResult> broken = readAnyReplica(cluster, object);
        CompletableFuture<WriteResult> third = write(cluster, object);
        FakeConnection osd = cluster.to(0).ready();
        osd.reply(osd.next(), 0);
        assertThat(first).isCompleted();
        assertThat(failure(broken)).hasMessageContaining("could not be taken");
        osd.reply(osd.next(), 0);
        assertThat(third).isCompleted();
    }

    /** The parts of an operation, for whose encoding memory is missing once when it is armed. */
    private static final class Hungry extends AbstractList<Op> {
        private final Op only;
        boolean armed;

        Hungry(Op only) {
            this.only = only;
        }

        @Override
        public Op get(int index) {
            if (armed) {
                armed = false;
                throw new OutOfMemoryError("simulated");
            }
            return only;
        }

        @Override
        public int size() {
            return 1;
        }
    }

    private static CompletableFuture<Void> submit(FakeCluster cluster, String object, Hungry parts, int flags) {
        CompletableFuture<Void> future = cluster.objecter.submit(new Request<>(
                FakeCluster.named(object),
                new Operation<>(parts, OsdFlags.WRITE | flags, (outputs, version) -> null),
                DEADLINE));
        cluster.loop.run();
        return future;
    }

    /** The end of one operation may be the end of the next, while both are being sent again. */
    private void whatHasEndedIsNotSent(Function<FakeCluster, FakeConnection> again) {
        FakeCluster cluster = cluster(Limits.DEFAULT, Runnable::run, Runnable::run);
        String object = cluster.objectOn(0);
        Hungry first = new Hungry(Op.data(OpCode.APPEND, 0, ByteBuffer.allocate(3)));
        Hungry behind = new Hungry(Op.plain(OpCode.DELETE));
        CompletableFuture<Void> append = submit(cluster, object, first, 0);
        CompletableFuture<Void> deletion = submit(cluster, object, behind, OsdFlags.FULL_TRY);
        FakeConnection osd = cluster.to(0).ready();
        assertThat(osd.next().parts()).extracting(SentOp.Part::code).containsExactly(OpCode.APPEND);
        first.armed = true;
        behind.armed = true;
        FakeConnection then = again.apply(cluster);
        assertThat(failure(append)).hasMessageContaining("could not be encoded");
        assertThat(failure(deletion)).hasMessageContaining("could not be encoded");
        assertThat(then.next().parts())
                .as("settles the first")
                .extracting(SentOp.Part::code)
                .containsExactly(OpCode.STAT);
        assertThat(then.isQuiet()).as("the deletion has failed").isTrue();
    }

    @Test
    @Covers({"E07", "E13"})
    void whatEndsWhileAFreshConnectionGetsAllIsNotSentAfterItsEnd() {
        whatHasEndedIsNotSent(cluster -> {
            cluster.to(0).reset();
            cluster.loop.pass(Duration.ZERO);
            return cluster.to(0).ready();
        });
    }

    @Test
    @Covers({"E07", "E09"})
    void whatEndsWhileAMapMovesAllIsNotSentAfterItsEnd() {
        whatHasEndedIsNotSent(cluster -> {
            cluster.publish(17);
            cluster.publish(18);
            return cluster.to(0);
        });
    }

    @Test
    @Covers({"A26", "E13"})
    void aConnectThatThrowsIsTriedAgain() {
        FakeCluster cluster = cluster(Limits.DEFAULT, Runnable::run, Runnable::run);
        cluster.broken = Optional.of(new IllegalStateException("a translator of the user's"));
        CompletableFuture<WriteResult> write = write(cluster, cluster.objectOn(0));
        assertThat(cluster.connections).isEmpty();
        cluster.loop.pass(Duration.ofSeconds(2));
        FakeConnection osd = cluster.to(0).ready();
        osd.reply(osd.next(), 0);
        assertThat(write).isCompleted();
    }

    @Test
    @Covers({"E32", "E35"})
    void aListenersExecutorThatThrowsStopsNoOtherWatch() {
        List<Runnable> callbacks = new ArrayList<>();
        boolean[] refuse = {false};
        FakeCluster cluster = cluster(Limits.DEFAULT, Runnable::run, task -> {
            if (refuse[0]) {
                throw new OutOfMemoryError("unable to create native thread (simulated)");
            }
            callbacks.add(task);
        });
        List<Errno> lost = new ArrayList<>();
        WatchListener listener = new WatchListener() {
            @Override
            public byte[] onNotify(long notifyId, long notifierId, byte[] message) {
                return new byte[0];
            }

            @Override
            public void onError(RadosException error) {
                lost.add(error.errno());
            }
        };
        for (int i = 0; i < 3; i++) {
            cluster.objecter.watch(
                    FakeCluster.named(cluster.objectOn(0, i)), listener, Duration.ZERO, Duration.ofSeconds(30));
        }
        cluster.loop.run();
        FakeConnection osd = cluster.to(0).ready();
        for (int i = 0; i < 3; i++) {
            osd.reply(osd.next(), 0);
        }
        osd.reset();
        refuse[0] = true;
        cluster.loop.pass(Duration.ofMillis(100));
        FakeConnection again = cluster.to(0).ready();
        SentOp first = again.next();
        SentOp second = again.next();
        SentOp third = again.next();
        again.reply(first, -Errno.ENOENT.number());
        again.reply(second, 0);
        again.reply(third, 0);
        cluster.loop.pass(Duration.ofSeconds(6));
        assertThat(again.next().parts()).as("a ping of the second watch").hasSize(1);
        assertThat(again.next().parts()).as("and of the third").hasSize(1);
        assertThat(lost).isEmpty();
    }

    @Test
    void aSerialExecutorKeepsATaskForWhichThereWasNoThread() {
        List<Runnable> threads = new ArrayList<>();
        boolean[] refuse = {true};
        SerialExecutor executor = new SerialExecutor(task -> {
            if (refuse[0]) {
                throw new OutOfMemoryError("unable to create native thread (simulated)");
            }
            threads.add(task);
        });
        List<Integer> ran = new ArrayList<>();
        assertThatThrownBy(() -> executor.execute(() -> ran.add(1))).isInstanceOf(OutOfMemoryError.class);
        refuse[0] = false;
        executor.execute(() -> {
            ran.add(2);
            throw new IllegalStateException("on purpose");
        });
        executor.execute(() -> ran.add(3));
        while (!threads.isEmpty()) {
            threads.remove(0).run();
        }
        assertThat(ran).containsExactly(1, 2, 3);
    }
}
