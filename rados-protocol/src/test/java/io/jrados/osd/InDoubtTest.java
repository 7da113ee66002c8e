package io.jrados.osd;

import static org.assertj.core.api.Assertions.assertThat;

import io.jrados.error.ClosedException;
import io.jrados.error.DeadlineException;
import io.jrados.error.Errno;
import io.jrados.error.FencedException;
import io.jrados.error.OutcomeUnknownException;
import io.jrados.error.RadosException;
import io.jrados.error.Receipt;
import io.jrados.message.OpCode;
import io.jrados.message.OsdFlags;
import io.jrados.osd.op.SnapContext;
import io.jrados.osd.op.WriteInDoubt;
import io.jrados.osd.op.WriteOperation;
import io.jrados.osd.op.WriteResult;
import io.jrados.wire.EntityAddr;
import io.jrados.wire.Payload;
import io.netty.buffer.Unpooled;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** A deadline or a cancellation ends the caller's wait, and not the life of a write that was sent. */
class InDoubtTest extends ObjecterCase {
    private static final Duration LATER = DEADLINE.plusSeconds(1);

    /** The epoch after 18, in which osd.1 serves a group that osd.0 did. */
    private static final int MOVED = 19;

    private final List<WriteInDoubt> told = new ArrayList<>();

    private CompletableFuture<WriteResult> submit(FakeCluster cluster, String object, ByteBuffer data) {
        return submit(cluster, object, new WriteOperation().write(4096, data), DEADLINE);
    }

    private CompletableFuture<WriteResult> submit(
            FakeCluster cluster, String object, WriteOperation operation, Duration deadline) {
        CompletableFuture<WriteResult> future = cluster.objecter.submit(new Request<>(
                FakeCluster.named(object),
                operation.operation(),
                SnapContext.HEAD,
                SnapContext.EMPTY,
                0,
                deadline,
                told::add));
        cluster.loop.run();
        return future;
    }

    private static ByteBuffer bytes(int... bytes) {
        ByteBuffer buffer = ByteBuffer.allocate(bytes.length);
        for (int one : bytes) {
            buffer.put((byte) one);
        }
        return buffer.flip();
    }

    private static Receipt receipt(CompletableFuture<?> late) {
        RadosException failure = failure(late);
        assertThat(failure).isInstanceOfSatisfying(DeadlineException.class, deadline -> assertThat(deadline.sent())
                .isEqualTo(DeadlineException.Sent.OUTCOME_UNKNOWN));
        return ((OutcomeUnknownException) failure).receipt();
    }

    /** An OSD that says nothing is left alone for so long, so that its connection stays. */
    private static void pass(FakeCluster cluster, Duration time, FakeConnection osd) {
        for (Duration left = time; !left.isNegative() && !left.isZero(); left = left.minusSeconds(1)) {
            cluster.loop.pass(Duration.ofSeconds(1));
            osd.receive(new Payload(
                    9999,
                    1,
                    1,
                    0,
                    Payload.DEFAULT_PRIORITY,
                    Unpooled.EMPTY_BUFFER,
                    Unpooled.EMPTY_BUFFER,
                    Unpooled.EMPTY_BUFFER));
        }
    }

    @Test
    void aLateAnswerIsTheResult() {
        FakeCluster cluster = FakeCluster.at(16);
        CompletableFuture<WriteResult> write = submit(cluster, cluster.objectOn(0), bytes(1));
        FakeConnection osd = cluster.to(0).ready();
        SentOp sent = osd.next();
        pass(cluster, LATER, osd);
        Receipt receipt = receipt(write);
        CompletableFuture<Void> finished = receipt.finishAsync();
        assertThat(finished).isNotDone();
        assertThat(osd.isQuiet()).as("what is under way needs nothing more").isTrue();
        osd.reply(sent, 0);
        assertThat(finished).isCompleted();
        assertThat(receipt.settledAsync()).isCompleted();
        assertThat(receipt.abandonAsync()).isCompleted();
    }

    @Test
    void aLateFailureIsTheResult() {
        FakeCluster cluster = FakeCluster.at(16);
        CompletableFuture<WriteResult> write = submit(cluster, cluster.objectOn(0), bytes(1));
        FakeConnection osd = cluster.to(0).ready();
        SentOp sent = osd.next();
        pass(cluster, LATER, osd);
        osd.reply(sent, -Errno.ENOENT.number());
        assertThat(failure(receipt(write).finishAsync()).errno()).isEqualTo(Errno.ENOENT);
    }

    @Test
    void whoIsResponsibleHearsOfItBeforeTheCallerDoes() {
        FakeCluster cluster = FakeCluster.at(16);
        String object = cluster.objectOn(0);
        CompletableFuture<WriteResult> write = submit(cluster, object, bytes(1, 2, 3));
        List<Integer> toldThen = new ArrayList<>();
        write.whenComplete((result, failed) -> toldThen.add(told.size()));
        FakeConnection osd = cluster.to(0).ready();
        osd.next();
        pass(cluster, LATER, osd);
        assertThat(toldThen).containsExactly(1);
        assertThat(told.get(0).object()).isEqualTo(object);
        assertThat(told.get(0).parts()).containsExactly(new WriteInDoubt.Part("write", 4096, 3));
    }

    @Test
    void onAFreshConnectionItComesAgainInItsPlaceAndWithItsOwnBytes() {
        FakeCluster cluster = FakeCluster.at(16);
        String object = cluster.objectOn(0);
        ByteBuffer borrowed = bytes(7, 8);
        CompletableFuture<WriteResult> first = submit(cluster, object, borrowed);
        FakeConnection osd = cluster.to(0).ready();
        SentOp sent = osd.next();
        pass(cluster, LATER, osd);
        assertThat(first).isDone();
        borrowed.put(0, (byte) 99);
        CompletableFuture<WriteResult> second = submit(cluster, object, bytes(5));
        SentOp sentLater = osd.next();
        osd.reset();
        FakeConnection fresh = cluster.to(0).ready();
        SentOp again = fresh.next();
        assertThat(again.tid()).isEqualTo(sent.tid());
        assertThat(again.attempt()).isEqualTo(1);
        assertThat(again.data()).containsExactly((byte) 7, (byte) 8);
        assertThat(fresh.next().tid()).isEqualTo(sentLater.tid());
        fresh.reply(again, 0);
        assertThat(receipt(first).finishAsync()).isCompleted();
        assertThat(second).isNotDone();
    }

    @Test
    void itFollowsItsObjectToAnotherPrimary() {
        FakeCluster cluster = FakeCluster.at(18);
        CompletableFuture<WriteResult> write = submit(cluster, cluster.objectOn(0), bytes(1));
        SentOp sent = cluster.to(0).ready().next();
        pass(cluster, LATER, cluster.to(0));
        cluster.publish(MOVED);
        SentOp again = cluster.to(1).ready().next();
        assertThat(again.tid()).isEqualTo(sent.tid());
        cluster.to(1).reply(again, 0);
        assertThat(receipt(write).finishAsync()).isCompleted();
    }

    @Test
    void aCancelledWriteIsSettledByAStatBehindIt() {
        FakeCluster cluster = FakeCluster.at(16);
        String object = cluster.objectOn(0);
        CompletableFuture<WriteResult> write = submit(cluster, object, bytes(1));
        FakeConnection osd = cluster.to(0).ready();
        SentOp sent = osd.next();
        write.cancel(false);
        cluster.loop.run();
        assertThat(write).isCancelled();
        assertThat(told).hasSize(1);
        SentOp stat = osd.next();
        assertThat(stat.parts()).extracting(SentOp.Part::code).containsExactly(OpCode.STAT);
        assertThat(stat.object()).isEqualTo(object);
        assertThat(stat.tid()).isGreaterThan(sent.tid());
        assertThat(stat.flags() & OsdFlags.RWORDERED).isNotZero();
        assertThat(told.get(0).settledAsync()).isNotDone();
        osd.reply(stat, -Errno.ENOENT.number());
        assertThat(told.get(0).settledAsync())
                .as("an object that is absent is an answer")
                .isCompleted();
        assertThat(failure(told.get(0).finishAsync()).errno()).isEqualTo(Errno.ECANCELED);
    }

    @Test
    void whatIsAbandonedIsNotSentAgain() {
        FakeCluster cluster = FakeCluster.at(16);
        CompletableFuture<WriteResult> write = submit(cluster, cluster.objectOn(0), bytes(1));
        FakeConnection osd = cluster.to(0).ready();
        osd.next();
        pass(cluster, LATER, osd);
        CompletableFuture<Void> abandoned = receipt(write).abandonAsync();
        cluster.loop.run();
        osd.next();
        osd.reset();
        FakeConnection fresh = cluster.to(0).ready();
        SentOp stat = fresh.next();
        assertThat(stat.parts()).extracting(SentOp.Part::code).containsExactly(OpCode.STAT);
        assertThat(fresh.isQuiet()).isTrue();
        assertThat(abandoned).isNotDone();
        fresh.reply(stat, 0);
        assertThat(abandoned).isCompleted();
        assertThat(failure(receipt(write).finishAsync()).errno()).isEqualTo(Errno.ECANCELED);
    }

    @Test
    void theStatFollowsTheObjectToAnotherPrimary() {
        FakeCluster cluster = FakeCluster.at(18);
        CompletableFuture<WriteResult> write = submit(cluster, cluster.objectOn(0), bytes(1));
        cluster.to(0).ready().next();
        write.cancel(false);
        cluster.loop.run();
        cluster.publish(MOVED);
        FakeConnection primary = cluster.to(1).ready();
        primary.reply(primary.next(), 0);
        assertThat(told.get(0).settledAsync()).isCompleted();
    }

    @Test
    void onlyAStatThatWasSentAfterItSettlesAWrite() {
        FakeCluster cluster = FakeCluster.at(16);
        String object = cluster.objectOn(0);
        CompletableFuture<WriteResult> first = submit(cluster, object, bytes(1));
        CompletableFuture<WriteResult> second = submit(cluster, object, bytes(2));
        FakeConnection osd = cluster.to(0).ready();
        osd.next();
        osd.next();
        first.cancel(false);
        cluster.loop.run();
        second.cancel(false);
        cluster.loop.run();
        osd.reply(osd.next(), 0);
        assertThat(told.get(0).settledAsync()).isCompleted();
        assertThat(told.get(1).settledAsync()).isNotDone();
        osd.reply(osd.next(), 0);
        assertThat(told.get(1).settledAsync()).isCompleted();
    }

    @Test
    void aRefusalToAnswerDoesNotSettle() {
        FakeCluster cluster = FakeCluster.at(16);
        CompletableFuture<WriteResult> write = submit(cluster, cluster.objectOn(0), bytes(1));
        FakeConnection osd = cluster.to(0).ready();
        osd.next();
        write.cancel(false);
        cluster.loop.run();
        osd.reply(osd.next(), -Errno.EPERM.number());
        assertThat(told.get(0).settledAsync()).isNotDone();
        cluster.loop.pass(Duration.ofSeconds(1));
        osd.reply(osd.next(), 0);
        assertThat(told.get(0).settledAsync()).isCompleted();
    }

    @Test
    void dataOverTheLimitIsNotKeptAndTheFailureSaysSo() {
        FakeCluster cluster = new FakeCluster(new Limits(16, 1 << 20, 16, 3000, 1 << 20));
        cluster.publish(16);
        String object = cluster.objectOn(0);
        CompletableFuture<WriteResult> small = submit(cluster, object, ByteBuffer.allocate(100));
        CompletableFuture<WriteResult> large = submit(cluster, object, ByteBuffer.allocate(2000));
        FakeConnection osd = cluster.to(0).ready();
        SentOp first = osd.next();
        osd.next();
        pass(cluster, LATER, osd);
        assertThat(receipt(small).finishAsync()).isNotDone();
        assertThat(failure(large)).hasMessageContaining("can only be abandoned");
        assertThat(failure(receipt(large).finishAsync()).errno()).isEqualTo(Errno.ECANCELED);
        osd.reply(osd.next(), 0);
        assertThat(receipt(large).abandonAsync()).isCompleted();
        osd.reply(first, 0);
        CompletableFuture<WriteResult> next = submit(cluster, object, ByteBuffer.allocate(1900));
        osd.next();
        pass(cluster, LATER, osd);
        assertThat(receipt(next).finishAsync())
                .as("what has ended takes nothing")
                .isNotDone();
    }

    @Test
    void aFlushWaitsForWhatIsInDoubt() {
        FakeCluster cluster = FakeCluster.at(16);
        CompletableFuture<WriteResult> write = submit(cluster, cluster.objectOn(0), bytes(1));
        FakeConnection osd = cluster.to(0).ready();
        SentOp sent = osd.next();
        CompletableFuture<Void> before = cluster.objecter.flush(1, DEADLINE.multipliedBy(2));
        pass(cluster, LATER, osd);
        assertThat(write).isDone();
        CompletableFuture<Void> after = cluster.objecter.flush(1, DEADLINE);
        CompletableFuture<Void> impatient = cluster.objecter.flush(1, Duration.ofSeconds(1));
        pass(cluster, Duration.ofSeconds(5), osd);
        assertThat(before).isNotDone();
        assertThat(after).isNotDone();
        assertThat(failure(impatient)).hasMessageContaining("outcome is not known");
        osd.reply(sent, 0);
        assertThat(before).isCompleted();
        assertThat(after).isCompleted();
    }

    @Test
    void whatIsInDoubtLeavesItsPlaceAmongThoseInFlight() {
        FakeCluster cluster = new FakeCluster(new Limits(1, 1 << 20, 16));
        cluster.publish(16);
        String object = cluster.objectOn(0);
        CompletableFuture<WriteResult> first = submit(cluster, object, bytes(1));
        FakeConnection osd = cluster.to(0).ready();
        osd.next();
        pass(cluster, Duration.ofSeconds(30), osd);
        submit(cluster, object, bytes(2));
        assertThat(osd.isQuiet()).isTrue();
        pass(cluster, Duration.ofSeconds(31), osd);
        receipt(first);
        assertThat(osd.next().data()).containsExactly((byte) 2);
    }

    @Test
    void aReadIsNeverInDoubt() {
        FakeCluster cluster = FakeCluster.at(16);
        CompletableFuture<?> read = read(cluster, cluster.objectOn(0));
        FakeConnection osd = cluster.to(0).ready();
        osd.next();
        pass(cluster, LATER, osd);
        assertThat(failure(read)).isNotInstanceOf(OutcomeUnknownException.class);
    }

    @Test
    void whatWasNeverSentIsNeverInDoubt() {
        FakeCluster cluster = FakeCluster.at(16);
        CompletableFuture<WriteResult> late = submit(cluster, cluster.objectOn(0), bytes(1));
        CompletableFuture<WriteResult> cancelled = submit(cluster, cluster.objectOn(0), bytes(1));
        cancelled.cancel(false);
        cluster.loop.pass(LATER);
        assertThat(failure(late)).isNotInstanceOf(OutcomeUnknownException.class);
        assertThat(cancelled).isCancelled();
        assertThat(told).isEmpty();
    }

    @Test
    void aClosedClientSaysThatTheOutcomeStaysUnknown() {
        FakeCluster cluster = FakeCluster.at(16);
        CompletableFuture<WriteResult> write = submit(cluster, cluster.objectOn(0), bytes(1));
        FakeConnection osd = cluster.to(0).ready();
        osd.next();
        pass(cluster, LATER, osd);
        Receipt receipt = receipt(write);
        CompletableFuture<Void> abandoned = receipt.abandonAsync();
        cluster.loop.run();
        CompletableFuture<Void> closed = cluster.objecter.close();
        cluster.loop.run();
        assertThat(closed).isCompleted();
        assertThat(failure(abandoned)).isInstanceOf(ClosedException.class);
        assertThat(receipt.settledAsync()).isCompleted();
    }

    @Test
    void aFencedClientsDoubtsEndAsFenced() {
        FakeCluster cluster = FakeCluster.at(27);
        cluster.own = EntityAddr.msgr2(new InetSocketAddress("127.0.0.1", 0))
                .withType(EntityAddr.ANY)
                .withNonce(123456);
        CompletableFuture<WriteResult> write = submit(cluster, cluster.objectOn(0), bytes(1));
        FakeConnection osd = cluster.to(0).ready();
        osd.next();
        pass(cluster, LATER, osd);
        cluster.publish(28);
        Receipt receipt = receipt(write);
        assertThat(failure(receipt.finishAsync())).isInstanceOf(FencedException.class);
        assertThat(failure(receipt.abandonAsync())).isInstanceOf(FencedException.class);
        assertThat(receipt.settledAsync()).isCompleted();
    }

    @Test
    void aReplyThatOnlyThisClientFailsToReadEndsTheDoubt() {
        FakeCluster cluster = FakeCluster.at(16);
        WriteOperation operation = new WriteOperation().create(false);
        CompletableFuture<WriteResult> write = submit(cluster, cluster.objectOn(0), operation, DEADLINE);
        FakeConnection osd = cluster.to(0).ready();
        SentOp sent = osd.next();
        pass(cluster, LATER, osd);
        osd.reply(
                new SentOp(
                        sent.tid(),
                        sent.group(),
                        0,
                        sent.epoch(),
                        0,
                        sent.locator(),
                        sent.object(),
                        List.of(),
                        List.of(),
                        sent.attempt(),
                        sent.modified(),
                        List.of()),
                0);
        assertThat(failure(receipt(write).finishAsync()).errno()).isEqualTo(Errno.EBADMSG);
        assertThat(told.get(0).settledAsync()).isCompleted();
    }
}
