package io.jrados.osd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jrados.error.ClosedException;
import io.jrados.error.DeadlineException;
import io.jrados.error.Errno;
import io.jrados.error.RadosException;
import io.jrados.message.OpCode;
import io.jrados.osd.op.ReadOperation;
import io.jrados.osd.op.WriteOperation;
import io.jrados.osd.op.WriteResult;
import io.jrados.testkit.Covers;
import io.jrados.wire.EntityAddr;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Operations that are given up, by time or by their caller, and the end of all. */
class ObjecterDeadlinesTest extends ObjecterCase {
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
    @Covers("C34")
    void closingFailsWhatIsOutstanding() {
        FakeCluster cluster = FakeCluster.at(16);
        CompletableFuture<WriteResult> write = write(cluster, cluster.objectOn(0));
        CompletableFuture<Void> waiting = cluster.objecter.waitForEpoch(99, DEADLINE);
        FakeConnection osd = cluster.to(0).ready();
        osd.next();
        CompletableFuture<Void> closed = cluster.objecter.close();
        cluster.loop.run();
        assertThat(failure(write)).isInstanceOf(ClosedException.class).hasMessageContaining("shut down");
        assertThat(failure(waiting)).isInstanceOf(ClosedException.class).hasMessageContaining("shut down");
        assertThat(osd.closed).isTrue();
        assertThat(closed).isCompleted();
        assertThat(failure(write(cluster, "x")))
                .isInstanceOf(ClosedException.class)
                .hasMessageContaining("shut down");
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
    void soManyWaitForAMapAndNoMore() {
        FakeCluster cluster = FakeCluster.at(16);
        for (int i = 0; i < MapWaiters.MOST; i++) {
            cluster.objecter.waitForEpoch(99, DEADLINE);
        }
        CompletableFuture<Void> beyond = cluster.objecter.waitForEpoch(99, DEADLINE);
        cluster.loop.run();
        assertThat(failure(beyond)).hasMessageContaining("EAGAIN");
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
