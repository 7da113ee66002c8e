package io.jrados.osd;

import static org.assertj.core.api.Assertions.assertThat;

import io.jrados.error.Errno;
import io.jrados.error.OutcomeUnknownException;
import io.jrados.error.RadosException;
import io.jrados.error.Receipt;
import io.jrados.message.OpCode;
import io.jrados.message.OsdMapMessage;
import io.jrados.osd.op.ReadOperation;
import io.jrados.osd.op.ReadResult;
import io.jrados.osd.op.WriteOperation;
import io.jrados.osd.op.WriteResult;
import io.jrados.osdmap.OsdMap;
import io.jrados.testkit.Covers;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;

/** The order of operations to one object when their pool becomes full, and whose room those take that wait. */
class FullPoolOrderTest extends ObjecterCase {
    private static final Duration LONG = Duration.ofSeconds(600);
    private static final long POOL = 1;

    /** The flags of the pool in the maps of the series, with and without what else they may say. */
    private static final List<Long> KNOWN_FLAGS = List.of(0x2001L, 0x2000L, 1L);

    private static final int FULL = 2;

    // ---- maps

    private static void seal(byte[] map) {
        int end = map.length - 4;
        CRC32C crc = new CRC32C();
        crc.update(map, 0, end);
        ByteBuffer.wrap(map).order(ByteOrder.LITTLE_ENDIAN).putInt(end, ~(int) crc.getValue());
    }

    private static boolean isFull(byte[] map) {
        try {
            return OsdMap.decode(Unpooled.wrappedBuffer(map))
                    .pool(POOL)
                    .orElseThrow()
                    .isFull();
        } catch (RuntimeException elsewhere) {
            return false;
        }
    }

    /** Epoch 16 of the series under another number, with the pool full or not. */
    private static byte[] map(long epoch, boolean full) {
        byte[] map = FakeCluster.encoded(16).clone();
        ByteBuffer bytes = ByteBuffer.wrap(map).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putInt(12 + 16, (int) epoch);
        seal(map);
        for (int i = 40; full && i < map.length - 12; i++) {
            long flags = bytes.getLong(i);
            if (KNOWN_FLAGS.contains(flags)) {
                bytes.putLong(i, flags | FULL);
                seal(map);
                if (isFull(map)) {
                    return map;
                }
                bytes.putLong(i, flags);
            }
        }
        assertThat(full).as("the place of the pool's flags is not found").isFalse();
        return map;
    }

    private static void publish(FakeCluster cluster, long epoch, boolean full) {
        TreeMap<Long, byte[]> fulls = new TreeMap<>();
        fulls.put(epoch, map(epoch, full));
        cluster.objecter.mapped(new OsdMapMessage(FakeCluster.map(16).fsid(), new TreeMap<>(), fulls, epoch, epoch));
        cluster.loop.run();
        OsdMap now = cluster.objecter.map().orElseThrow();
        assertThat(now.epoch()).isEqualTo(epoch);
        assertThat(now.pool(POOL).orElseThrow().isFull()).isEqualTo(full);
    }

    // ---- operations

    private static CompletableFuture<WriteResult> submit(
            FakeCluster cluster, String object, WriteOperation operation, Duration deadline) {
        CompletableFuture<WriteResult> future =
                cluster.objecter.submit(new Request<>(FakeCluster.named(object), operation.operation(), deadline));
        cluster.loop.run();
        return future;
    }

    private static CompletableFuture<ReadResult> readInOrder(FakeCluster cluster, String object) {
        CompletableFuture<ReadResult> future = cluster.objecter.submit(new Request<>(
                FakeCluster.named(object),
                new ReadOperation().stat().orderedWithWrites().operation(),
                LONG));
        cluster.loop.run();
        return future;
    }

    private static WriteOperation delete() {
        return new WriteOperation().fullTry().delete();
    }

    private static WriteOperation append() {
        return new WriteOperation().append(ByteBuffer.wrap(new byte[] {1, 2, 3}));
    }

    /** A listener that has nothing to say. */
    private static final class Deaf implements WatchListener {
        @Override
        public byte[] onNotify(long notifyId, long notifierId, byte[] message) {
            return new byte[0];
        }

        @Override
        public void onError(RadosException error) {
            throw new AssertionError(error);
        }
    }

    private static String what(SentOp sent) {
        return sent.object() + " " + sent.parts().get(0).code();
    }

    /** Answers all that is sent, and returns what that was. */
    private static List<String> answerAll(FakeConnection osd) {
        List<String> order = new ArrayList<>();
        while (!osd.isQuiet()) {
            SentOp sent = osd.next();
            order.add(what(sent));
            osd.reply(sent, 0);
        }
        return order;
    }

    @Test
    @Covers({"E14", "E17"})
    void aReadDoesNotOvertakeADeletionThatWaitsForAWrite() {
        FakeCluster cluster = FakeCluster.at(16);
        String object = cluster.objectOn(0);
        write(cluster, object);
        write(cluster, object, delete());
        read(cluster, object);
        FakeConnection osd = cluster.to(0).ready();
        SentOp first = osd.next();
        assertThat(osd.isQuiet()).isTrue();
        osd.reply(first, 0);
        assertThat(osd.next().tid()).isEqualTo(2);
        assertThat(osd.next().tid()).isEqualTo(3);
    }

    /** To an OSD a registration is a write: one that comes before a write with a smaller number is out of order. */
    @Test
    @Covers({"E14", "E17"})
    void aWatchDoesNotOvertakeADeletionThatWaitsForAWrite() {
        FakeCluster cluster = FakeCluster.at(16);
        String object = cluster.objectOn(0);
        write(cluster, object);
        write(cluster, object, delete());
        cluster.objecter.watch(FakeCluster.named(object), new Deaf(), Duration.ZERO, LONG);
        cluster.loop.run();
        write(cluster, object);
        FakeConnection osd = cluster.to(0).ready();
        SentOp first = osd.next();
        assertThat(first.tid()).isEqualTo(1);
        assertThat(osd.isQuiet()).isTrue();
        osd.reply(first, 0);
        assertThat(osd.next().tid()).isEqualTo(2);
        SentOp watch = osd.next();
        assertThat(watch.tid()).isEqualTo(3);
        assertThat(what(watch)).isEqualTo(object + " watch");
        assertThat(osd.next().tid()).isEqualTo(4);
    }

    @Test
    @Covers({"E14", "E17"})
    void aReadPassesWhatAFullPoolKeepsAndOneThatIsOrderedDoesNot() {
        FakeCluster cluster = FakeCluster.at(16);
        String object = cluster.objectOn(0);
        submit(cluster, object, append(), LONG);
        submit(cluster, object, delete(), LONG);
        CompletableFuture<ReadResult> plain = read(cluster, object);
        CompletableFuture<ReadResult> ordered = readInOrder(cluster, object);
        FakeConnection osd = cluster.to(0).ready();
        assertThat(what(osd.next())).isEqualTo(object + " append");
        publish(cluster, 17, true);
        cluster.loop.pass(Duration.ofMillis(200));
        assertThat(answerAll(osd)).containsExactly(object + " stat");
        assertThat(plain).isDone();
        assertThat(ordered).isNotDone();
        publish(cluster, 18, false);
        assertThat(answerAll(osd)).containsExactly(object + " append", object + " delete", object + " stat");
        assertThat(ordered).isDone();
    }

    /** OSDs drop it as they drop writes, and librados sends it again: respects_full of src/osdc/Objecter.h. */
    @Test
    @Covers({"E14", "E17"})
    void aReadThatIsOrderedWithWritesIsSentAgainWhenThePoolBecomesFull() {
        FakeCluster cluster = FakeCluster.at(16);
        String object = cluster.objectOn(0);
        CompletableFuture<ReadResult> read = readInOrder(cluster, object);
        FakeConnection osd = cluster.to(0).ready();
        long tid = osd.next().tid();
        publish(cluster, 17, true);
        SentOp again = osd.next();
        assertThat(again.tid()).isEqualTo(tid);
        publish(cluster, 18, true);
        assertThat(osd.isQuiet()).as("this epoch drops nothing").isTrue();
        osd.reply(again, 0);
        assertThat(read).isDone();
    }

    @Test
    @Covers({"E14", "E16"})
    void whatWaitsBehindAWriteThatAFullPoolKeepsTakesNoRoomOfItsOsd() {
        FakeCluster cluster = new FakeCluster(new Limits(4, 1 << 20, 100));
        cluster.publish(16);
        String object = cluster.objectOn(0);
        String other = cluster.objectOn(0, 1);
        publish(cluster, 17, true);
        CompletableFuture<WriteResult> append = submit(cluster, object, append(), LONG);
        for (int i = 0; i < 4; i++) {
            submit(cluster, object, delete(), LONG);
        }
        FakeConnection osd = cluster.to(0).ready();
        CompletableFuture<ReadResult> read = read(cluster, other);
        assertThat(answerAll(osd)).containsExactly(other + " stat");
        assertThat(read).isDone();
        append.cancel(false);
        cluster.loop.run();
        assertThat(answerAll(osd)).as("they go on when it is given up").hasSize(4);
    }

    @Test
    @Covers({"E14", "E16"})
    void whatAMapMakesWaitBehindAWriteLeavesTheRoomOfItsOsd() {
        FakeCluster cluster = new FakeCluster(new Limits(4, 1 << 20, 100));
        cluster.publish(16);
        String object = cluster.objectOn(0);
        String other = cluster.objectOn(0, 1);
        submit(cluster, object, append(), LONG);
        for (int i = 0; i < 3; i++) {
            submit(cluster, object, delete(), LONG);
        }
        FakeConnection osd = cluster.to(0).ready();
        osd.next();
        CompletableFuture<ReadResult> read = read(cluster, other);
        assertThat(osd.isQuiet()).isTrue();
        publish(cluster, 17, true);
        assertThat(answerAll(osd)).containsExactly(other + " stat");
        assertThat(read).isDone();
        publish(cluster, 18, false);
        assertThat(answerAll(osd))
                .containsExactly(object + " append", object + " delete", object + " delete", object + " delete");
    }

    @Test
    @Covers({"E14", "E16"})
    void aDeletionDoesNotOvertakeAWriteThatWaitsForItsTurn() {
        FakeCluster cluster = new FakeCluster(new Limits(2, 1 << 20, 100));
        cluster.publish(16);
        String object = cluster.objectOn(0);
        String other = cluster.objectOn(0, 1);
        publish(cluster, 17, true);
        submit(cluster, other, append(), LONG);
        submit(cluster, other, append(), LONG);
        submit(cluster, object, append(), LONG);
        submit(cluster, object, delete(), LONG);
        FakeConnection osd = cluster.to(0).ready();
        assertThat(answerAll(osd)).isEmpty();
        publish(cluster, 18, false);
        assertThat(answerAll(osd))
                .containsExactly(other + " append", other + " append", object + " append", object + " delete");
    }

    @Test
    @Covers({"E14", "E16"})
    void aDeletionGoesOnWhenTheWriteThatWaitedForItsTurnIsGivenUp() {
        FakeCluster cluster = new FakeCluster(new Limits(1, 1 << 20, 100));
        cluster.publish(16);
        String object = cluster.objectOn(0);
        publish(cluster, 17, true);
        submit(cluster, cluster.objectOn(0, 1), append(), LONG);
        CompletableFuture<WriteResult> late = submit(cluster, object, append(), Duration.ofSeconds(2));
        submit(cluster, object, delete(), LONG);
        FakeConnection osd = cluster.to(0).ready();
        assertThat(answerAll(osd)).isEmpty();
        cluster.loop.pass(Duration.ofSeconds(3));
        assertThat(failure(late).errno()).isEqualTo(Errno.ETIMEDOUT);
        assertThat(answerAll(osd)).containsExactly(object + " delete");
    }

    /** Nobody waits for the writes any more, and as long as the pool is full they would keep it so. */
    @Test
    @Covers({"E14", "E17"})
    void writesInDoubtMakeWayForADeletionInAFullPool() {
        FakeCluster cluster = FakeCluster.at(16);
        String object = cluster.objectOn(0);
        CompletableFuture<WriteResult> one = submit(cluster, object, append(), Duration.ofSeconds(2));
        CompletableFuture<WriteResult> two = submit(cluster, object, append(), Duration.ofSeconds(4));
        FakeConnection osd = cluster.to(0).ready();
        osd.next();
        osd.next();
        publish(cluster, 17, true);
        cluster.loop.pass(Duration.ofSeconds(3));
        CompletableFuture<WriteResult> deletion = submit(cluster, object, delete(), Duration.ofSeconds(60));
        cluster.loop.pass(Duration.ofMillis(500));
        assertThat(osd.isQuiet()).as("the second is still waited for").isTrue();
        cluster.loop.pass(Duration.ofSeconds(1));
        assertThat(answerAll(osd))
                .startsWith(object + " delete")
                .hasSizeBetween(2, 3)
                .contains(object + " stat");
        assertThat(deletion).isCompleted();
        for (CompletableFuture<WriteResult> late : List.of(one, two)) {
            Receipt receipt = ((OutcomeUnknownException) failure(late)).receipt();
            assertThat(receipt.settledAsync()).isCompleted();
            assertThat(failure(receipt.finishAsync()))
                    .hasMessageContaining("given up for a later request")
                    .satisfies(given -> assertThat(given.errno()).isEqualTo(Errno.ECANCELED));
        }
        publish(cluster, 18, false);
        assertThat(osd.isQuiet()).as("they are not sent again").isTrue();
    }

    @Test
    @Covers({"E14", "E17"})
    void aReadThatIsOrderedWithWritesGivesNoWriteInDoubtUp() {
        FakeCluster cluster = FakeCluster.at(16);
        String object = cluster.objectOn(0);
        submit(cluster, object, append(), Duration.ofSeconds(2));
        FakeConnection osd = cluster.to(0).ready();
        osd.next();
        publish(cluster, 17, true);
        cluster.loop.pass(Duration.ofSeconds(3));
        CompletableFuture<ReadResult> read = readInOrder(cluster, object);
        cluster.loop.pass(Duration.ofSeconds(3));
        assertThat(osd.isQuiet()).isTrue();
        publish(cluster, 18, false);
        SentOp write = osd.next();
        assertThat(write.parts().get(0).code()).isEqualTo(OpCode.APPEND);
        osd.reply(write, 0);
        answerAll(osd);
        assertThat(read).isDone();
    }
}
