package io.jrados.rados;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.jrados.error.OutcomeUnknownException;
import io.jrados.error.Receipt;
import io.jrados.osd.op.WriteOperation;
import io.jrados.osd.op.WriteResult;
import io.jrados.osdmap.OsdMap;
import io.jrados.osdmap.Placement;
import io.jrados.osdmap.PoolInfo;
import io.jrados.testkit.Covers;
import io.jrados.testkit.Fault;
import io.jrados.testkit.FaultNetwork;
import io.jrados.testkit.FaultProxy;
import io.jrados.testkit.PrivateCephCluster;
import io.jrados.testkit.PrivateCephTest;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Appends in doubt wherever an OSD may keep them: each that is finished is applied once, and nothing of one that is
 * abandoned comes after that.
 */
@PrivateCephTest(
        osds = 3,
        store = PrivateCephTest.Store.BLUESTORE,
        // who leads after a paused OSD waits for 2 s instead of 16 until that one answers no reads any more
        conf = "osd pool default read lease ratio = 0.1")
@Timeout(240)
class InDoubtPlacesTest {
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    /** A stripe of the erasure coded pools, whose appends are of whole stripes unless they take overwrites. */
    private static final int BLOCK = 8192;

    /** An append to each of two objects of one primary, both in doubt. */
    private record TwoInDoubt(Pool pool, String finished, String abandoned, Receipt finish, Receipt abandon) {
        /** Appends to the objects of each pool at once, while their primary does not answer. */
        static List<TwoInDoubt> of(Map<Pool, List<String>> objects) {
            Map<Pool, List<CompletableFuture<WriteResult>>> late = new LinkedHashMap<>();
            objects.forEach((pool, two) -> late.put(
                    pool,
                    two.stream()
                            .map(object -> pool.withDeadline(PATIENCE).operateAsync(object, block()))
                            .toList()));
            List<TwoInDoubt> all = new ArrayList<>();
            late.forEach((pool, two) -> all.add(new TwoInDoubt(
                    pool,
                    objects.get(pool).get(0),
                    objects.get(pool).get(1),
                    receipt(two.get(0)),
                    receipt(two.get(1)))));
            return all;
        }

        private static Receipt receipt(CompletableFuture<WriteResult> append) {
            OutcomeUnknownException late = catchThrowableOfType(OutcomeUnknownException.class, () -> Wait.on(append));
            assertThat(late).as("an append that is sent and not answered").isNotNull();
            assertThat(late.receipt().settledAsync()).isNotDone();
            return late.receipt();
        }

        /** Returns the size of the object whose append was abandoned. */
        long settled() throws Exception {
            finish.finishAsync().get(60, TimeUnit.SECONDS);
            abandon.abandonAsync().get(60, TimeUnit.SECONDS);
            finish.settledAsync().get(60, TimeUnit.SECONDS);
            abandon.settledAsync().get(60, TimeUnit.SECONDS);
            return pool.stat(abandoned).size();
        }

        /** Checks once everything is as it was, and an old primary may have come back with what it had. */
        void isAsSettled(long abandonedSize) throws IOException {
            assertThat(pool.stat(finished).size()).as("applied once").isEqualTo(2 * BLOCK);
            assertThat(abandonedSize).isIn((long) BLOCK, 2L * BLOCK);
            assertThat(pool.stat(abandoned).size()).as("nothing came later").isEqualTo(abandonedSize);
            append(pool, finished);
            append(pool, abandoned);
            assertThat(pool.stat(finished).size()).isEqualTo(3 * BLOCK);
            assertThat(pool.stat(abandoned).size()).isEqualTo(abandonedSize + BLOCK);
        }
    }

    private static void append(Pool pool, String object) throws IOException {
        pool.operate(object, block());
    }

    private static WriteOperation block() {
        return new WriteOperation().append(ByteBuffer.allocate(BLOCK));
    }

    private static Placement placement(Rados rados, Pool pool, String object) throws IOException {
        Wait.on(rados.waitForLatestOsdMapAsync());
        OsdMap map = ((RadosClient) rados).map();
        PoolInfo info = map.pool(pool.id()).orElseThrow();
        return map.placement(info.pgOf(info.rawPgOf(object, "", "")));
    }

    /** Writes two objects of one primary. */
    private static List<String> objects(Rados rados, Pool pool, int primary) throws IOException {
        List<String> found = new ArrayList<>();
        for (int i = 0; found.size() < 2; i++) {
            if (placement(rados, pool, "object-" + i).actingPrimary() == primary) {
                found.add("object-" + i);
                append(pool, "object-" + i);
            }
        }
        return found;
    }

    /** The primary holds what is for an object until a replica that lacks it has it; and that replica is stopped. */
    @Test
    @Covers("K19")
    void onADegradedObject(PrivateCephCluster cluster) throws Exception {
        try (Rados rados = Clients.connect(cluster)) {
            Pool pool = rados.pool(cluster.pool(getClass(), "degraded", 3));
            List<String> objects = objects(rados, pool, 0);
            cluster.run("ceph", "osd", "set", "norecover");
            try {
                cluster.stop("osd.2");
                cluster.run("ceph", "osd", "down", "2");
                for (String object : objects) {
                    pool.remove(object);
                    append(pool, object);
                }
                cluster.revive("osd.2");
                Placement placement = placement(rados, pool, objects.get(0));
                while (IntStream.of(placement.acting()).noneMatch(osd -> osd == 2)) {
                    placement = placement(rados, pool, objects.get(0));
                }
                // answered by a group that is active again, and whose third replica lacks them
                for (String object : objects) {
                    pool.stat(object);
                }
                cluster.pause("osd.2");
                TwoInDoubt two;
                try {
                    two = TwoInDoubt.of(Map.of(pool, objects)).get(0);
                    assertThat(cluster.run("ceph", "tell", "osd.0", "dump_ops_in_flight"))
                            .contains("waiting for degraded object");
                } finally {
                    cluster.resume("osd.2");
                }
                two.isAsSettled(two.settled());
            } finally {
                cluster.run("ceph", "osd", "unset", "norecover");
            }
            cluster.awaitHealthy();
        }
    }

    /** The appends, or their answers, are lost with the session: the one that replaces it carries them again. */
    @ParameterizedTest
    @EnumSource(
            value = Fault.Ways.class,
            names = {"TO_SERVER", "TO_CLIENT"})
    @Covers("K19")
    void afterAReplacedSession(Fault.Ways lost, PrivateCephCluster cluster) throws Exception {
        try (FaultNetwork network = new FaultNetwork();
                Rados rados = Wait.on(
                        Rados.builder(Clients.conf(cluster)).translator(network).connectAsync())) {
            Pool pool = rados.pool(cluster.pool(getClass(), "session-" + lost.ordinal(), 2));
            List<String> objects = objects(rados, pool, 1);
            FaultProxy link = network.of(address(rados, "osd.1"));
            link.apply(Fault.blackhole().only(lost));
            TwoInDoubt two = TwoInDoubt.of(Map.of(pool, objects)).get(0);
            link.apply(Fault.none());
            link.resetAll();
            two.isAsSettled(two.settled());
        }
    }

    private static InetSocketAddress address(Rados rados, String osd) throws IOException {
        return rados.connections().stream()
                .filter(connection -> connection.daemon().equals(osd))
                .findFirst()
                .orElseThrow()
                .address();
    }

    /** A pool that takes appends only and one that takes overwrites, with two objects of one primary each. */
    private static Map<Pool, List<String>> erasurePools(
            PrivateCephCluster cluster, Rados rados, String name, int primary) throws IOException {
        String profile = "k=2 m=1 stripe_unit=4K crush-failure-domain=osd";
        cluster.run("sh", "-c", "ceph osd erasure-code-profile set " + name + " " + profile);
        cluster.run("ceph", "osd", "pool", "create", name, "8", "8", "erasure", name);
        cluster.run("ceph", "osd", "pool", "create", name + "-over", "8", "8", "erasure", name);
        cluster.run("ceph", "osd", "pool", "set", name + "-over", "allow_ec_overwrites", "true");
        Map<Pool, List<String>> objects = new LinkedHashMap<>();
        for (String each : List.of(name, name + "-over")) {
            Pool pool = rados.pool(each);
            objects.put(pool, objects(rados, pool, primary));
        }
        return objects;
    }

    /** Another shard leads from then on; the old primary comes back with what it had. */
    @Test
    @Covers("K19")
    void onErasureCodedPoolsWhosePrimaryMoved(PrivateCephCluster cluster) throws Exception {
        try (Rados rados = Clients.connect(cluster)) {
            Map<Pool, List<String>> objects = erasurePools(cluster, rados, "moved", 0);
            List<TwoInDoubt> all;
            List<Long> abandonedSizes = new ArrayList<>();
            cluster.pause("osd.0");
            try {
                all = TwoInDoubt.of(objects);
                cluster.run("ceph", "osd", "down", "0");
                for (TwoInDoubt two : all) {
                    abandonedSizes.add(two.settled());
                    assertThat(placement(rados, two.pool, two.finished).actingPrimary())
                            .isNotZero();
                }
            } finally {
                cluster.resume("osd.0");
            }
            cluster.awaitHealthy();
            for (int i = 0; i < all.size(); i++) {
                all.get(i).isAsSettled(abandonedSizes.get(i));
            }
        }
    }

    /** Nothing moves: the primary does what it has once it goes on. */
    @Test
    @Covers("K19")
    void onErasureCodedPoolsWhosePrimaryIsPaused(PrivateCephCluster cluster) throws Exception {
        try (Rados rados = Clients.connect(cluster)) {
            Map<Pool, List<String>> objects = erasurePools(cluster, rados, "paused", 1);
            List<TwoInDoubt> all;
            cluster.pause("osd.1");
            try {
                all = TwoInDoubt.of(objects);
            } finally {
                cluster.resume("osd.1");
            }
            for (TwoInDoubt two : all) {
                two.isAsSettled(two.settled());
            }
        }
    }
}
