package io.jrados.rados;

import static org.assertj.core.api.Assertions.assertThat;

import io.jrados.error.RadosException;
import io.jrados.testkit.Covers;
import io.jrados.testkit.PrivateCephCluster;
import io.jrados.testkit.PrivateCephTest;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * Sixteen threads append to four objects while their primaries move every 50 ms. Each thread's records must be there
 * once and in its order; the OSDs abort by themselves on an operation that overtakes another. {@code -Djrados.seconds}
 * makes it longer.
 */
@PrivateCephTest(
        osds = 3,
        conf = {"paxos propose interval = 0.02", "paxos min wait = 0.01", "mon max pg per osd = 500"})
class StormTest {
    private static final Duration STORM = Duration.ofSeconds(Math.max(4, Integer.getInteger("jrados.seconds", 0)));
    private static final int THREADS = 16;
    private static final int OBJECTS = 4;
    private static final int IN_FLIGHT = 8;
    private static final int RECORD = 2 * Integer.BYTES;

    private static void command(Rados rados, String json) throws RadosException {
        rados.monCommand(json.replace('\'', '"'));
    }

    /** Moves the primaries; not by primary-temp, of which OSDs die when it names one that is not acting. */
    private static void move(Rados rados, long pool, Random random) throws RadosException {
        int group = random.nextInt(8);
        int first = random.nextInt(3);
        int second = (first + 1 + random.nextInt(2)) % 3;
        String pg = pool + "." + group;
        switch (random.nextInt(3)) {
            case 0 ->
                command(
                        rados,
                        "{'prefix': 'osd primary-affinity', 'id': " + first + ", 'weight': " + random.nextInt(2)
                                + ".0}");
            case 1 ->
                command(
                        rados,
                        "{'prefix': 'osd pg-temp', 'pgid': '" + pg + "', 'id': [" + first + ", " + second + "]}");
            default ->
                command(
                        rados,
                        "{'prefix': 'osd pg-upmap', 'pgid': '" + pg + "', 'id': [" + first + ", " + second + "]}");
        }
    }

    @Test
    @Covers({"E06", "E08", "E09", "E14", "K19", "K20"})
    void everyThreadsRecordsAreThereOnceAndInOrder(PrivateCephCluster cluster) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        try (Rados rados = Clients.connect(cluster);
                Rados mover = Clients.connect(cluster, cluster.admin())) {
            Pool pool = rados.pool(cluster.pool(getClass(), "a", 2));
            cluster.run("ceph", "osd", "set-require-min-compat-client", "luminous");
            long epoch = rados.osdMapEpoch();
            long end = System.nanoTime() + STORM.toNanos();
            List<Future<Integer>> writers = new ArrayList<>();
            for (int i = 0; i < THREADS; i++) {
                int number = i;
                writers.add(threads.submit(() -> append(pool, number, end)));
            }
            Random random = new Random(42);
            CountDownLatch never = new CountDownLatch(1);
            while (System.nanoTime() < end) {
                move(mover, pool.id(), random);
                never.await(50, TimeUnit.MILLISECONDS);
            }
            int[] written = new int[THREADS];
            for (int i = 0; i < THREADS; i++) {
                written[i] = writers.get(i).get(2, TimeUnit.MINUTES);
            }
            check(pool, written);
            Wait.on(rados.waitForLatestOsdMapAsync());
            assertThat(rados.osdMapEpoch()).as("the primaries did move").isGreaterThan(epoch + 20);
        } finally {
            threads.shutdownNow();
        }
    }

    /** Appends a thread's records, some at a time; returns how many. */
    private static int append(Pool pool, int thread, long end) throws Exception {
        int next = 0;
        while (System.nanoTime() < end) {
            List<CompletableFuture<?>> writes = new ArrayList<>();
            for (int i = 0; i < IN_FLIGHT; i++) {
                ByteBuffer record = ByteBuffer.allocate(RECORD)
                        .putInt(thread)
                        .putInt(next++)
                        .flip();
                writes.add(pool.appendAsync("storm-" + thread % OBJECTS, record));
            }
            for (CompletableFuture<?> write : writes) {
                Wait.on(write);
            }
        }
        return next;
    }

    private static void check(Pool pool, int[] written) throws RadosException {
        int[] seen = new int[THREADS];
        for (int object = 0; object < OBJECTS; object++) {
            String name = "storm-" + object;
            ByteBuffer all = ByteBuffer.allocate((int) pool.stat(name).size());
            pool.read(name, 0, all);
            all.flip();
            while (all.hasRemaining()) {
                int thread = all.getInt();
                assertThat(all.getInt())
                        .as("record of thread %d in %s", thread, name)
                        .isEqualTo(seen[thread]++);
            }
        }
        assertThat(seen).isEqualTo(written);
    }
}
