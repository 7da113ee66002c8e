package io.jrados.osd;

import static org.assertj.core.api.Assertions.assertThat;

import io.jrados.error.Errno;
import io.jrados.message.HObject;
import io.jrados.message.OsdBackoff;
import io.jrados.osd.op.ReadResult;
import io.jrados.osd.op.SnapContext;
import io.jrados.osd.op.WriteOperation;
import io.jrados.osd.op.WriteResult;
import io.jrados.testkit.Covers;
import io.jrados.wire.Payload;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** The conditions that keep an operation from being sent, and its way on. */
class ObjecterHoldingTest extends ObjecterCase {
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
    @Covers({"E14", "E23"})
    void whatPassesAFullPoolWaitsForTheWritesToItsObjectAndLaterWritesForIt() {
        FakeCluster cluster = FakeCluster.at(16);
        String object = cluster.objectOn(0);
        write(cluster, object);
        write(cluster, object, new WriteOperation().fullTry().delete());
        write(cluster, object);
        FakeConnection osd = cluster.to(0).ready();
        SentOp first = osd.next();
        assertThat(first.tid()).isEqualTo(1);
        assertThat(osd.isQuiet()).isTrue();
        osd.reply(first, 0);
        assertThat(osd.next().tid()).isEqualTo(2);
        assertThat(osd.next().tid()).isEqualTo(3);
    }

    @Test
    @Covers({"E07", "E14", "E23"})
    void whatPassesAFullPoolGoesOnWhenTheWriteBeforeItComesBehindIt() {
        FakeCluster cluster = FakeCluster.at(16);
        String object = cluster.objectOn(0);
        CompletableFuture<WriteResult> refused = write(cluster, object);
        CompletableFuture<WriteResult> passing =
                write(cluster, object, new WriteOperation().fullTry().delete());
        FakeConnection osd = cluster.to(0).ready();
        osd.reply(osd.next(), -Errno.EAGAIN.number());
        SentOp freed = osd.next();
        assertThat(freed.tid()).isEqualTo(2);
        SentOp again = osd.next();
        assertThat(again.tid()).isEqualTo(3);
        osd.reply(again, -Errno.EAGAIN.number());
        osd.reply(freed, 0);
        assertThat(passing).isCompleted();
        cluster.loop.pass(Duration.ofMillis(100));
        osd.reply(osd.next(), 0);
        assertThat(refused).isCompleted();
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

    @Test
    @Covers({"D09", "E34", "E09"})
    void readsAndWritesArePausedWithoutLosingTheirOrder() {
        FakeCluster cluster = FakeCluster.at(16);
        String object = cluster.objectOn(0);
        FakeConnection osd;
        CompletableFuture<WriteResult> sent = write(cluster, object);
        osd = cluster.to(0).ready();
        osd.next();
        cluster.publish(17);
        for (int i = 0; i < 5; i++) {
            write(cluster, object);
        }
        assertThat(osd.isQuiet()).isTrue();
        cluster.publish(18);
        assertThat(osd.next().tid())
                .as("the OSD may have dropped it while it was paused")
                .isEqualTo(1);
        for (long tid = 2; tid <= 6; tid++) {
            assertThat(osd.next().tid()).isEqualTo(tid);
        }
        assertThat(sent).isNotDone();
    }

    @Test
    @Covers({"E12", "C21"})
    void sendsNothingBeforeTheBarrier() {
        FakeCluster cluster = FakeCluster.at(16);
        String object = cluster.objectOn(0);
        write(cluster, object);
        FakeConnection osd = cluster.to(0).ready();
        osd.next();
        cluster.objecter.setEpochBarrier(18);
        CompletableFuture<WriteResult> held = write(cluster, object);
        assertThat(osd.isQuiet()).isTrue();
        assertThat(cluster.wanted).as("it asks for that map").contains(17L);
        cluster.publish(18);
        osd.next();
        osd.reply(osd.next(), 0);
        assertThat(held).isCompleted();
    }

    @Test
    @Covers({"E19"})
    void asksForANewerMapWhileAnOperationIsLate() {
        FakeCluster cluster = FakeCluster.at(16);
        write(cluster, cluster.objectOn(0));
        cluster.to(0).ready().next();
        cluster.wanted.clear();
        cluster.loop.pass(Duration.ofMillis(500));
        assertThat(cluster.wanted).isEmpty();
        cluster.loop.pass(Duration.ofSeconds(1));
        assertThat(cluster.wanted).contains(17L);
    }

    @Test
    @Covers("F13")
    void flushingWaitsForTheWritesThatWereThere() {
        FakeCluster cluster = new FakeCluster(new Limits(1, 1 << 20, 10));
        cluster.publish(16);
        String object = cluster.objectOn(0);
        write(cluster, object);
        write(cluster, object);
        CompletableFuture<Void> flushed = cluster.objecter.flush(1, DEADLINE);
        CompletableFuture<Void> elsewhere = cluster.objecter.flush(7, DEADLINE);
        write(cluster, object);
        assertThat(elsewhere).as("no write to that pool").isCompleted();
        FakeConnection osd = cluster.to(0).ready();
        osd.reply(osd.next(), 0);
        assertThat(flushed).isNotDone();
        osd.reply(osd.next(), -Errno.ENOENT.number());
        assertThat(flushed).as("however they end").isCompleted();
    }
}
