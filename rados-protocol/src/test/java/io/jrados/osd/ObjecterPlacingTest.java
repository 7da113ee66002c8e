package io.jrados.osd;

import static org.assertj.core.api.Assertions.assertThat;

import io.jrados.error.DeadlineException;
import io.jrados.error.Errno;
import io.jrados.error.OutcomeUnknownException;
import io.jrados.message.ObjectLocator;
import io.jrados.message.OsdFlags;
import io.jrados.osd.op.ReadOperation;
import io.jrados.osd.op.ReadPolicy;
import io.jrados.osd.op.ReadResult;
import io.jrados.osd.op.WriteOperation;
import io.jrados.osd.op.WriteResult;
import io.jrados.testkit.Covers;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** The placing of operations, once and again: each arrow of {@link Operations}'s drawing. */
class ObjecterPlacingTest extends ObjecterCase {
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

    @Test
    @Covers({"D34", "E22"})
    void balancedReadsGoToAnyReplicaAndWritesToThePrimary() {
        FakeCluster cluster = FakeCluster.at(16);
        String object = cluster.objectOn(0);
        write(cluster, object);
        cluster.to(0).ready().next();
        Set<Integer> served = new TreeSet<>();
        for (int i = 0; i < 40; i++) {
            cluster.objecter.submit(new Request<>(
                    FakeCluster.named(object),
                    new ReadOperation().from(ReadPolicy.BALANCE).stat().operation(),
                    DEADLINE));
            cluster.loop.run();
        }
        for (int osd = 0; osd < 2; osd++) {
            FakeConnection connection = osd == 0 ? cluster.to(0) : cluster.to(1).ready();
            while (!connection.isQuiet()) {
                assertThat(connection.next().flags() & OsdFlags.BALANCE_READS).isNotZero();
                served.add(osd);
            }
        }
        assertThat(served).containsExactly(0, 1);
    }

    @Test
    @Covers({"D34", "E07", "E22", "E78"})
    void whatAReplicaCannotAnswerGoesToThePrimary() {
        FakeCluster cluster = new FakeCluster("osd=osd.1");
        cluster.publish(16);
        String object = cluster.objectOn(0);
        CompletableFuture<ReadResult> read = cluster.objecter.submit(new Request<>(
                FakeCluster.named(object),
                new ReadOperation().from(ReadPolicy.LOCALIZE).stat().operation(),
                DEADLINE));
        cluster.loop.run();
        FakeConnection replica = cluster.to(1).ready();
        SentOp asked = replica.next();
        assertThat(asked.flags() & OsdFlags.LOCALIZE_READS).isNotZero();
        replica.reply(asked, -Errno.EAGAIN.number());
        SentOp again = cluster.to(0).ready().next();
        assertThat(again.flags() & OsdFlags.LOCALIZE_READS).isZero();
        assertThat(again.tid()).isGreaterThan(asked.tid());
        cluster.to(0).receive(again.reply(-Errno.ENOENT.number()));
        assertThat(failure(read).errno()).isEqualTo(Errno.ENOENT);
    }

    @Test
    @Covers({"D53", "E22"})
    void withoutANearerReplicaThePrimaryServes() {
        FakeCluster cluster = new FakeCluster("host=nowhere root=default");
        cluster.publish(16);
        String object = cluster.objectOn(1);
        cluster.objecter.submit(new Request<>(
                FakeCluster.named(object),
                new ReadOperation().from(ReadPolicy.LOCALIZE).stat().operation(),
                DEADLINE));
        cluster.loop.run();
        assertThat(cluster.to(1).ready().next().object()).isEqualTo(object);
    }

    @Test
    @Covers({"E07", "E30"})
    void whatAnEarlierOsdMayHaveDoneIsNeverSaidToBeNeverSent() {
        FakeCluster cluster = FakeCluster.at(16);
        CompletableFuture<WriteResult> unknown = write(cluster, cluster.objectOn(0));
        CompletableFuture<WriteResult> refused = write(cluster, cluster.objectOn(0, 1));
        FakeConnection osd = cluster.to(0).ready();
        osd.next();
        osd.reset();
        cluster.loop.pass(Duration.ZERO);
        osd = cluster.to(0).ready();
        SentOp second = osd.next();
        assertThat(second.attempt()).isEqualTo(1);
        SentOp only = osd.next();
        osd.reply(second, -Errno.EAGAIN.number());
        osd.reply(osd.next(), -Errno.EAGAIN.number());
        cluster.loop.pass(Duration.ofMillis(1));
        osd.reset();
        cluster.loop.pass(DEADLINE.plusSeconds(1));
        DeadlineException why = (DeadlineException) failure(unknown);
        assertThat(why.sent()).isEqualTo(DeadlineException.Sent.OUTCOME_UNKNOWN);
        assertThat(why).as("its first attempt was never answered").isInstanceOf(OutcomeUnknownException.class);
        assertThat(only.attempt()).isEqualTo(1);
        assertThat(failure(refused)).isInstanceOf(OutcomeUnknownException.class);
    }

    @Test
    @Covers({"E07", "E30"})
    void theHeirOfAWriteThatWaitsAfterEagainIsSentAgain() {
        FakeCluster cluster = FakeCluster.at(16);
        CompletableFuture<WriteResult> write = cluster.objecter.submit(new Request<>(
                FakeCluster.named(cluster.objectOn(0)),
                new WriteOperation().append(ByteBuffer.wrap(new byte[] {1})).operation(),
                Duration.ofMillis(5250)));
        cluster.loop.run();
        cluster.to(0).ready().next();
        cluster.to(0).reset();
        cluster.loop.pass(Duration.ZERO);
        FakeConnection osd = cluster.to(0).ready();
        for (int refusal = 0; refusal < 12; refusal++) {
            osd.reply(osd.next(), -Errno.EAGAIN.number());
            cluster.loop.pass(Duration.ofMillis(260));
        }
        cluster.loop.pass(Duration.ofMillis(5100 - 12 * 260));
        osd.reply(osd.next(), -Errno.EAGAIN.number());
        cluster.loop.pass(Duration.ofMillis(240));
        assertThat(failure(write)).isInstanceOf(OutcomeUnknownException.class);
        cluster.loop.pass(Duration.ofMillis(300));
        CompletableFuture<Void> settled =
                ((OutcomeUnknownException) failure(write)).receipt().settledAsync();
        assertThat(settled).isNotDone();
        osd.reply(osd.next(), 0);
        assertThat(settled).isCompleted();
    }

    @Test
    @Covers("E24")
    void followsARedirectWithANewTid() {
        FakeCluster cluster = FakeCluster.at(16);
        String object = cluster.objectOn(0);
        String other = cluster.objectOn(1);
        CompletableFuture<WriteResult> write = write(cluster, object);
        FakeConnection zero = cluster.to(0).ready();
        zero.receive(zero.next().redirect(new ObjectLocator(1, ""), other));
        SentOp sent = cluster.to(1).ready().next();
        assertThat(sent.object()).isEqualTo(other);
        assertThat(sent.tid()).isEqualTo(2);
        int redirected = OsdFlags.REDIRECTED | OsdFlags.IGNORE_CACHE | OsdFlags.IGNORE_OVERLAY;
        assertThat(sent.flags() & redirected).isEqualTo(redirected);
        cluster.to(1).reply(sent, 0);
        assertThat(write).isCompleted();
    }

    @Test
    @Covers({"E27", "E30"})
    void anAttemptHasTheTimeOfTheFirst() {
        FakeCluster cluster = FakeCluster.at(16);
        Instant then = Instant.parse("2020-01-02T03:04:05Z");
        write(
                cluster,
                cluster.objectOn(0),
                new WriteOperation().modifiedAt(then).create(false));
        FakeConnection before = cluster.to(0).ready();
        assertThat(before.next().modified().toInstant()).isEqualTo(then);
        before.reset();
        cluster.loop.pass(Duration.ofMinutes(0));
        assertThat(cluster.to(0).ready().next().modified().toInstant()).isEqualTo(then);
    }
}
