package io.jrados.osd;

import static org.assertj.core.api.Assertions.assertThat;

import io.jrados.message.OsdMapMessage;
import io.jrados.osd.op.WriteResult;
import io.jrados.osdmap.OsdMap;
import io.jrados.testkit.Covers;
import java.time.Duration;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** The way back from a map that cannot be read. */
class MapFollowerTest extends ObjecterCase {
    private static final byte[] RUBBISH = {8, 7, 0, 0};

    /** The answer to who wants incrementals: one that cannot be read. */
    private static void unreadable(FakeCluster cluster, long epoch, long newest) {
        SortedMap<Long, byte[]> incrementals = new TreeMap<>();
        incrementals.put(epoch, RUBBISH);
        cluster.objecter.mapped(
                new OsdMapMessage(FakeCluster.map(16).fsid(), incrementals, new TreeMap<>(), 1, newest));
        cluster.loop.run();
    }

    /** The answer to who wants a full map: the newest alone, with all older ones still there. */
    private static void full(FakeCluster cluster, int epoch, byte[] encoded) {
        SortedMap<Long, byte[]> fulls = new TreeMap<>();
        fulls.put((long) epoch, encoded);
        cluster.objecter.mapped(new OsdMapMessage(FakeCluster.map(16).fsid(), new TreeMap<>(), fulls, 1, epoch));
        cluster.loop.run();
    }

    @Test
    @Covers({"D07", "C08"})
    void afterAnIncrementalThatCannotBeReadAFullMapOfAnyLaterEpochIsTaken() {
        FakeCluster cluster = FakeCluster.at(16);
        String object = cluster.objectOn(0);
        CompletableFuture<WriteResult> write = write(cluster, object);
        cluster.to(0).ready().next();
        unreadable(cluster, 17, 19);
        assertThat(cluster.objecter.map().orElseThrow().epoch()).isEqualTo(16);
        assertThat(cluster.wanted).containsExactly(0L);
        full(cluster, 19, FakeCluster.encoded(19));
        assertThat(cluster.objecter.map().orElseThrow().epoch()).isEqualTo(19);
        OsdMap map = cluster.objecter.map().orElseThrow();
        int primary =
                map.placement(map.pool(1).orElseThrow().rawPgOf(object, "", "")).actingPrimary();
        FakeConnection osd = cluster.to(primary);
        SentOp again = (primary == 0 ? osd : osd.ready()).next();
        assertThat(again.attempt())
                .as("what was sent before cannot be relied on")
                .isEqualTo(1);
        assertThat(write).isNotDone();
        cluster.wanted.clear();
        cluster.loop.pass(Duration.ofSeconds(5));
        assertThat(cluster.wanted).as("incrementals again").isNotEmpty().allMatch(start -> start == 20);
    }

    @Test
    @Covers({"D07", "C08"})
    void aFullMapThatCannotBeReadEitherIsAskedForEverMoreSeldom() {
        FakeCluster cluster = FakeCluster.at(16);
        write(cluster, cluster.objectOn(0));
        cluster.to(0).ready();
        int asked = 0;
        for (int tenth = 0; tenth < 1200; tenth++) {
            unreadable(cluster, 17, 19);
            asked += asked(cluster);
            full(cluster, 19, RUBBISH);
            asked += asked(cluster);
            cluster.loop.pass(Duration.ofMillis(100));
            asked += asked(cluster);
        }
        assertThat(asked).as("in two minutes").isBetween(6, 9);
        full(cluster, 19, FakeCluster.encoded(19));
        assertThat(cluster.objecter.map().orElseThrow().epoch()).isEqualTo(19);
    }

    /** Counts the requests for a full map since the last time; there are no others. */
    private static int asked(FakeCluster cluster) {
        assertThat(cluster.wanted).as("nothing but full ones").allMatch(start -> start == 0);
        int asked = cluster.wanted.size();
        cluster.wanted.clear();
        return asked;
    }

    @Test
    @Covers({"D07", "C07", "C08"})
    void aMapForWhichMemoryWasMissingIsAskedForAgainAfterAPause() {
        FakeCluster cluster = FakeCluster.at(17);
        write(cluster, cluster.objectOn(0)); // paused
        cluster.wanted.clear();
        SortedMap<Long, byte[]> incrementals = new TreeMap<>() {
            @Override
            public byte[] get(Object epoch) {
                throw new OutOfMemoryError("simulated");
            }
        };
        incrementals.put(18L, RUBBISH);
        for (int i = 0; i < 3; i++) {
            cluster.objecter.mapped(
                    new OsdMapMessage(FakeCluster.map(16).fsid(), incrementals, new TreeMap<>(), 1, 18));
            cluster.loop.run();
        }
        assertThat(cluster.wanted).as("not at once").isEmpty();
        cluster.loop.pass(Duration.ofMillis(1100));
        assertThat(cluster.missed).isEqualTo(1);
        assertThat(cluster.wanted).contains(18L);
    }

    @Test
    @Covers("D07")
    void anOlderFullMapIsNotTaken() {
        FakeCluster cluster = FakeCluster.at(19);
        unreadable(cluster, 20, 26);
        full(cluster, 16, FakeCluster.encoded(16));
        assertThat(cluster.objecter.map().orElseThrow().epoch()).isEqualTo(19);
        full(cluster, 26, FakeCluster.encoded(26));
        assertThat(cluster.objecter.map().orElseThrow().epoch()).isEqualTo(26);
    }
}
