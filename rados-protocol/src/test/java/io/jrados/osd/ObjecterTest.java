package io.jrados.osd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jrados.error.DeadlineException;
import io.jrados.error.Errno;
import io.jrados.error.RadosException;
import io.jrados.message.HObject;
import io.jrados.message.OpCode;
import io.jrados.message.OsdBackoff;
import io.jrados.message.OsdFlags;
import io.jrados.osd.op.ReadOperation;
import io.jrados.osd.op.ReadResult;
import io.jrados.osd.op.SnapContext;
import io.jrados.osd.op.WriteOperation;
import io.jrados.osd.op.WriteResult;
import io.jrados.testkit.Covers;
import io.jrados.wire.EntityAddr;
import io.jrados.wire.Payload;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;

/** What becomes of an operation: each arrow of {@link Operations}'s drawing, and each thing that may keep it from moving. */
class ObjecterTest {
    private static final Duration DEADLINE = Duration.ofSeconds(60);

    private static CompletableFuture<WriteResult> write(FakeCluster cluster, String object) {
        return write(cluster, object, new WriteOperation().append(ByteBuffer.wrap(new byte[] {1, 2, 3})));
    }

    private static CompletableFuture<WriteResult> write(FakeCluster cluster, String object, WriteOperation operation) {
        CompletableFuture<WriteResult> future =
                cluster.objecter.submit(new Request<>(FakeCluster.named(object), operation.operation(), DEADLINE));
        cluster.loop.run();
        return future;
    }

    private static CompletableFuture<ReadResult> read(FakeCluster cluster, String object) {
        CompletableFuture<ReadResult> future = cluster.objecter.submit(new Request<>(
                FakeCluster.named(object), new ReadOperation().stat().operation(), DEADLINE));
        cluster.loop.run();
        return future;
    }

    private static RadosException failure(CompletableFuture<?> future) {
        assertThat(future).isCompletedExceptionally();
        try {
            future.join();
            throw new AssertionError();
        } catch (CompletionException wrapped) {
            return (RadosException) wrapped.getCause();
        }
    }

    // ---- placing and answering

    @Test
    @Covers({"E06", "E08", "E14"})
    void sendsToThePrimaryInTheOrderOfTids() {
        FakeCluster cluster = FakeCluster.at(16);
        String object = cluster.objectOn(0);
        CompletableFuture<WriteResult> first = write(cluster, object);
        CompletableFuture<WriteResult> second = write(cluster, object);
        assertThat(cluster.to(0).isQuiet()).as("before the connection is ready").isTrue();

        FakeConnection osd = cluster.to(0).ready();
        SentOp one = osd.next();
        SentOp two = osd.next();
        assertThat(one.tid()).isEqualTo(1);
        assertThat(two.tid()).isEqualTo(2);
        assertThat(one.epoch()).isEqualTo(16);
        assertThat(one.attempt()).isZero();
        assertThat(one.object()).isEqualTo(object);
        assertThat(one.flags() & (OsdFlags.WRITE | OsdFlags.ONDISK | OsdFlags.KNOWN_REDIR))
                .isEqualTo(OsdFlags.WRITE | OsdFlags.ONDISK | OsdFlags.KNOWN_REDIR);

        osd.reply(two, 0);
        assertThat(first).isNotDone();
        assertThat(second).isCompletedWithValueMatching(result -> result.version() == 7);
        osd.reply(one, -Errno.ENOENT.number());
        assertThat(failure(first).errno()).isEqualTo(Errno.ENOENT);
    }

    @Test
    void waitsForTheFirstMap() {
        FakeCluster cluster = new FakeCluster();
        CompletableFuture<ReadResult> read = read(cluster, "object-0");
        assertThat(cluster.wanted).containsExactly(0L);
        assertThat(read).isNotDone();
        assertThat(cluster.connections).isEmpty();
    }

    @Test
    @Covers({"E09", "E14", "K19"})
    void sendsAgainAfterALostConnectionWithTheSameTidsAndOnlyTheLastAttemptCounts() {
        FakeCluster cluster = FakeCluster.at(16);
        String object = cluster.objectOn(1);
        CompletableFuture<WriteResult> first = write(cluster, object);
        CompletableFuture<WriteResult> second = write(cluster, object);
        FakeConnection before = cluster.to(1).ready();
        SentOp one = before.next();
        before.next();
        before.reset();

        cluster.loop.pass(Duration.ZERO);
        FakeConnection after = cluster.to(1);
        assertThat(after).isNotSameAs(before);
        after.ready();
        SentOp oneAgain = after.next();
        SentOp twoAgain = after.next();
        assertThat(List.of(oneAgain.tid(), twoAgain.tid())).containsExactly(1L, 2L);
        assertThat(oneAgain.attempt()).isEqualTo(1);

        before.receive(one.reply(0));
        assertThat(first).as("an answer on the old connection").isNotDone();
        after.receive(one.reply(0));
        assertThat(first).as("an answer to the first attempt").isNotDone();
        after.reply(oneAgain, 0);
        after.reply(twoAgain, 0);
        assertThat(first).isCompleted();
        assertThat(second).isCompleted();
    }

    @Test
    @Covers({"E09", "K20"})
    void followsAPrimaryThatMovesAndLeavesTheOthersAlone() {
        FakeCluster cluster = FakeCluster.at(18);
        String moving = cluster.objectOn(0);
        String staying = cluster.objectOn(1);
        write(cluster, moving);
        write(cluster, staying);
        cluster.to(0).ready().next();
        FakeConnection one = cluster.to(1).ready();
        one.next();

        cluster.publish(19);
        SentOp moved = one.next();
        assertThat(moved.tid()).isEqualTo(1);
        assertThat(moved.attempt()).isEqualTo(1);
        assertThat(moved.epoch()).isEqualTo(19);
        assertThat(one.isQuiet()).as("the other group's primary is the same").isTrue();
    }

    @Test
    @Covers({"D07", "E09", "K20"})
    void sendsEverythingAgainAfterAGapInTheMaps() {
        FakeCluster cluster = FakeCluster.at(16);
        String staying = cluster.objectOn(1);
        write(cluster, staying);
        FakeConnection one = cluster.to(1).ready();
        one.next();
        cluster.publish(19);
        assertThat(one.next().attempt()).isEqualTo(1);
    }

    @Test
    @Covers({"E09", "E13"})
    void closesTheSessionOfAnOsdThatIsDown() {
        FakeCluster cluster = FakeCluster.at(30);
        String object = cluster.objectOn(0);
        write(cluster, object);
        FakeConnection zero = cluster.to(0).ready();
        zero.next();
        cluster.publish(31);
        assertThat(zero.closed).isTrue();
        assertThat(cluster.to(1).ready().next().tid()).isEqualTo(1);
    }

    @Test
    @Covers({"E07", "E78", "K19"})
    void takesANewTidAfterEagain() {
        FakeCluster cluster = FakeCluster.at(16);
        CompletableFuture<WriteResult> done = write(cluster, cluster.objectOn(0));
        FakeConnection osd = cluster.to(0).ready();
        osd.reply(osd.next(), -Errno.EAGAIN.number());
        SentOp again = osd.next();
        assertThat(again.tid()).isEqualTo(2);
        assertThat(again.attempt()).isZero();
        osd.reply(again, -Errno.EAGAIN.number());
        assertThat(osd.isQuiet()).as("refused twice: after a pause").isTrue();
        cluster.loop.pass(Duration.ofMillis(100));
        SentOp third = osd.next();
        assertThat(third.tid()).isEqualTo(3);
        osd.reply(third, 0);
        assertThat(done).isCompleted();
    }

    // ---- what holds operations

    @Test
    @Covers({"D09", "E09", "K20"})
    void waitsWhileTheClusterIsPaused() {
        FakeCluster cluster = FakeCluster.at(16);
        cluster.publish(17);
        String object = cluster.objectOn(0);
        CompletableFuture<WriteResult> write = write(cluster, object);
        CompletableFuture<ReadResult> read = read(cluster, object);
        FakeConnection osd = cluster.to(0).ready();
        assertThat(osd.isQuiet()).isTrue();
        assertThat(cluster.wanted).contains(18L);

        cluster.publish(18);
        osd.reply(osd.next(), 0);
        osd.reply(osd.next(), 0);
        assertThat(write).isCompleted();
        assertThat(read).isDone();
    }

    @Test
    @Covers({"E10", "E77"})
    void failsOperationsOfADeletedPool() {
        FakeCluster cluster = FakeCluster.at(26);
        ObjectName object = new ObjectName(2, "other", "", "x");
        CompletableFuture<WriteResult> write = cluster.objecter.submit(
                new Request<>(object, new WriteOperation().create(false).operation(), DEADLINE));
        cluster.loop.run();
        cluster.publish(27);
        assertThat(failure(write))
                .hasMessageContaining("object x in pool other")
                .hasMessageContaining("ENOENT");
    }

    @Test
    @Covers({"C11", "E10"})
    void asksTheMonitorsBeforeSayingThatAPoolDoesNotExist() {
        FakeCluster cluster = FakeCluster.at(27);
        ObjectName object = new ObjectName(9, "new", "", "x");
        CompletableFuture<WriteResult> write = cluster.objecter.submit(
                new Request<>(object, new WriteOperation().create(false).operation(), DEADLINE));
        cluster.loop.run();
        assertThat(write).isNotDone();
        cluster.questions.get(0).complete(28L);
        cluster.loop.run();
        assertThat(write).as("map 28 may have it").isNotDone();
        assertThat(cluster.wanted).contains(28L);
        cluster.publish(28);
        assertThat(failure(write).errno()).isEqualTo(Errno.ENOENT);
    }

    @Test
    @Covers({"E15", "K21"})
    void holdsBackWhatAnOsdAsksFor() {
        FakeCluster cluster = FakeCluster.at(16);
        String object = cluster.objectOn(0);
        write(cluster, object);
        FakeConnection osd = cluster.to(0).ready();
        SentOp sent = osd.next();
        OsdBackoff block = new OsdBackoff(sent.group(), 16, OsdBackoff.Kind.BLOCK, 77, HObject.MIN, HObject.MAX);
        osd.receive(block.encode());
        Payload acknowledgement = osd.others().remove(0);
        assertThat(OsdBackoff.decode(acknowledgement)).isEqualTo(block.acknowledgement(16));

        write(cluster, object);
        assertThat(osd.isQuiet()).isTrue();
        osd.receive(new OsdBackoff(sent.group(), 16, OsdBackoff.Kind.UNBLOCK, 77, HObject.MIN, HObject.MAX).encode());
        assertThat(osd.next().tid()).as("sent before: the OSD has dropped it").isEqualTo(1);
        assertThat(osd.next().tid()).isEqualTo(2);
    }

    @Test
    @Covers({"E15", "K21"})
    void forgetsBackoffsWithTheConnection() {
        FakeCluster cluster = FakeCluster.at(16);
        String object = cluster.objectOn(0);
        write(cluster, object);
        FakeConnection osd = cluster.to(0).ready();
        SentOp sent = osd.next();
        osd.receive(new OsdBackoff(sent.group(), 16, OsdBackoff.Kind.BLOCK, 77, sent.place(), sent.place()).encode());
        osd.others().forEach(Payload::release);
        osd.reset();
        cluster.loop.pass(Duration.ZERO);
        assertThat(cluster.to(0).ready().next().attempt()).isEqualTo(1);
    }

    @Test
    @Covers("E16")
    void boundsWhatIsInFlightAndWhatWaits() {
        FakeCluster cluster = new FakeCluster(new Limits(2, 1 << 20, 1));
        cluster.publish(16);
        String object = cluster.objectOn(0);
        List<CompletableFuture<WriteResult>> writes = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            writes.add(write(cluster, object));
        }
        assertThat(failure(writes.get(3)).errno()).isEqualTo(Errno.EAGAIN);
        FakeConnection osd = cluster.to(0).ready();
        SentOp first = osd.next();
        osd.next();
        assertThat(osd.isQuiet()).isTrue();
        osd.reply(first, 0);
        assertThat(osd.next().tid()).isEqualTo(3);
    }

    @Test
    @Covers("E20")
    void sendsTheSnapContext() {
        FakeCluster cluster = FakeCluster.at(16);
        cluster.objecter.submit(new Request<>(
                FakeCluster.named(cluster.objectOn(0)),
                new WriteOperation().create(false).operation(),
                SnapContext.HEAD,
                new SnapContext(9, 9, 4),
                0,
                DEADLINE));
        cluster.loop.run();
        assertThat(cluster.to(0).ready().next().snaps()).containsExactly(9L, 4L);
    }

    // ---- deadlines and cancelling

    @Test
    @Covers({"C32", "E17"})
    void saysWhatItWaitedForAndThatNothingWasSent() {
        FakeCluster cluster = FakeCluster.at(16);
        CompletableFuture<WriteResult> write = write(cluster, cluster.objectOn(0));
        cluster.to(0).fail(new RadosException(Errno.ECONNREFUSED, "connecting to osd v2:127.0.0.1:28820"));
        cluster.loop.pass(DEADLINE.plusSeconds(1));
        RadosException late = failure(write);
        assertThat(late).isInstanceOfSatisfying(DeadlineException.class, deadline -> assertThat(deadline.sent())
                .isEqualTo(DeadlineException.Sent.NEVER_SENT));
        assertThat(late)
                .hasMessageContaining("pool rbd")
                .hasMessageContaining("osd.0 at")
                .hasMessageContaining("group 1.")
                .hasMessageContaining("connection refused");
    }

    @Test
    @Covers("E17")
    void saysThatTheOutcomeIsUnknown() {
        FakeCluster cluster = FakeCluster.at(16);
        CompletableFuture<WriteResult> write = write(cluster, cluster.objectOn(0));
        cluster.to(0).ready();
        for (int second = 0; second < 61; second++) {
            cluster.loop.pass(Duration.ofSeconds(1));
        }
        assertThat(failure(write))
                .isInstanceOfSatisfying(DeadlineException.class, deadline -> assertThat(deadline.sent())
                        .isEqualTo(DeadlineException.Sent.OUTCOME_UNKNOWN));
    }

    @Test
    @Covers("E30")
    void keepsACancelledOperationsBuffersUntilTheConnectionLetsGo() {
        FakeCluster cluster = FakeCluster.at(16);
        WriteOperation operation = new WriteOperation().append(ByteBuffer.allocateDirect(64));
        CompletableFuture<WriteResult> write = write(cluster, cluster.objectOn(0), operation);
        FakeConnection osd = cluster.to(0);
        osd.writing = false;
        osd.ready().next();
        assertThat(write.cancel(false)).isTrue();
        cluster.loop.run();
        assertThat(write).as("the connection may still read the buffer").isNotDone();
        cluster.loop.pass(Duration.ofSeconds(2));
        assertThat(osd.closed).as("it does not let go, so it has to").isTrue();
        assertThat(write).isCancelled();
    }

    @Test
    @Covers("E30")
    void cancelsAtOnceWhenNobodyHasTheBuffers() {
        FakeCluster cluster = FakeCluster.at(16);
        CompletableFuture<WriteResult> write = write(cluster, cluster.objectOn(0));
        CompletableFuture<Void> dependent = write.thenAccept(result -> {});
        FakeConnection osd = cluster.to(0).ready();
        SentOp sent = osd.next();
        dependent.cancel(false);
        cluster.loop.run();
        assertThat(write).isCancelled();
        assertThat(dependent).isCompletedExceptionally();
        osd.reply(sent, 0);
    }

    // ---- liveness

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

    // ---- the end

    @Test
    @Covers({"C21", "D20", "E28", "E75"})
    void isOverForGoodWhenAMapFencesIt() {
        FakeCluster cluster = FakeCluster.at(27);
        cluster.own = EntityAddr.msgr2(new InetSocketAddress("127.0.0.1", 0))
                .withType(EntityAddr.ANY)
                .withNonce(123456);
        String object = cluster.objectOn(0);
        CompletableFuture<WriteResult> before = write(cluster, object);
        cluster.to(0).ready().next();
        cluster.publish(28);
        assertThat(failure(before).errno()).isEqualTo(Errno.EBLOCKLISTED);
        cluster.publish(30);
        assertThat(failure(write(cluster, object)))
                .as("the entry is gone, and we are still fenced")
                .hasMessageContaining("fenced");
    }

    @Test
    @Covers({"E28", "E75"})
    void isOverForGoodWhenAnOsdSaysThatItIsFenced() {
        FakeCluster cluster = FakeCluster.at(16);
        String object = cluster.objectOn(0);
        CompletableFuture<WriteResult> first = write(cluster, object);
        CompletableFuture<WriteResult> second = write(cluster, object);
        FakeConnection osd = cluster.to(0).ready();
        osd.reply(osd.next(), -Errno.EBLOCKLISTED.number());
        assertThat(failure(first).errno()).isEqualTo(Errno.EBLOCKLISTED);
        assertThat(failure(second).errno()).isEqualTo(Errno.EBLOCKLISTED);
        assertThat(osd.closed).isTrue();
        assertThat(failure(write(cluster, object)).errno()).isEqualTo(Errno.EBLOCKLISTED);
    }

    @Test
    @Covers("C34")
    void closingFailsWhatIsOutstanding() {
        FakeCluster cluster = FakeCluster.at(16);
        CompletableFuture<WriteResult> write = write(cluster, cluster.objectOn(0));
        CompletableFuture<Void> waiting = cluster.objecter.waitForEpoch(99, DEADLINE);
        FakeConnection osd = cluster.to(0).ready();
        osd.next();
        CompletableFuture<Void> closed = cluster.objecter.close();
        cluster.loop.run();
        assertThat(failure(write)).hasMessageContaining("shut down");
        assertThat(failure(waiting)).hasMessageContaining("shut down");
        assertThat(osd.closed).isTrue();
        assertThat(closed).isCompleted();
        assertThat(failure(write(cluster, "x"))).hasMessageContaining("shut down");
    }

    @Test
    @Covers("C12")
    void waitsForAnEpoch() {
        FakeCluster cluster = FakeCluster.at(16);
        CompletableFuture<Void> reached = cluster.objecter.waitForEpoch(17, DEADLINE);
        CompletableFuture<Void> late = cluster.objecter.waitForEpoch(40, Duration.ofSeconds(1));
        cluster.loop.run();
        assertThat(reached).isNotDone();
        cluster.publish(17);
        assertThat(reached).isCompleted();
        cluster.loop.pass(Duration.ofSeconds(2));
        assertThatThrownBy(late::join).hasMessageContaining("OSD map 40");
    }

    @Test
    void placesAGroupByItsSeed() {
        FakeCluster cluster = FakeCluster.at(16);
        cluster.objecter.submit(new Request<>(
                ObjectName.group(1, "rbd", "", 3), new ReadOperation().stat().operation(), DEADLINE));
        cluster.loop.run();
        SentOp sent = cluster.connections.get(0).ready().next();
        assertThat(sent.group().seed()).isEqualTo(3);
        assertThat(sent.object()).isEmpty();
        assertThat(sent.parts().get(0).code()).isEqualTo(OpCode.STAT);
    }
}
