package io.jrados.drivers;

import static org.assertj.core.api.Assertions.assertThat;

import io.jrados.conf.CephConf;
import io.jrados.drivers.CrashedFlow.Drivers;
import io.jrados.error.Errno;
import io.jrados.error.NotFoundException;
import io.jrados.error.RadosException;
import io.jrados.osd.op.ReadOperation;
import io.jrados.rados.OperationHook;
import io.jrados.rados.Pool;
import io.jrados.rados.Rados;
import io.jrados.rados.Wait;
import io.jrados.testkit.PrivateCephCluster;
import io.jrados.testkit.PrivateCephTest;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

/**
 * Clients that die in the middle of a driver's flow: when the cluster has noticed, a second call of the same flow ends
 * well, and nothing is lost or left over. All die at once, each in a flow of its own, so that there is one wait.
 *
 * <p>A few points of each flow, by a seed that is printed; every one with the system property jrados.exhaustive. Runs
 * on request alone: a deletion of a chain that dies at some points leaves a parent that was set aside. It is removed
 * by {@code CinderVolumes.releaseUnusedParents}, and not by the second call.
 */
@PrivateCephTest(conf = "osd client watch timeout = 3")
@Timeout(1800)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CrashedFlowsCheck {
    private static final boolean EXHAUSTIVE = Boolean.getBoolean("jrados.exhaustive");
    private static final int POINTS = 2;
    private static final int WIDTH = 4;
    private static final Duration ENDS_WITHIN = Duration.ofSeconds(60);
    private static final String[] POOLS = {"images", "volumes", "others", "backups"};

    private final List<String> pools = new ArrayList<>();
    private PrivateCephCluster cluster;
    private Rados rados;
    private Drivers drivers;
    private ExecutorService threads;

    @BeforeAll
    void connect(PrivateCephCluster theCluster) throws IOException {
        cluster = theCluster;
        for (String label : POOLS) {
            pools.add(cluster.pool(CrashedFlowsCheck.class, label));
        }
        rados = Rados.connect(CephConf.load(cluster.conf()));
        drivers = drivers(rados, pools);
        threads = Executors.newFixedThreadPool(WIDTH);
    }

    @AfterAll
    void disconnect() {
        threads.shutdown();
        rados.close();
    }

    @AfterEach
    void nothingIsLeft() throws IOException {
        for (String pool : pools) {
            Clusters.assertEmpty(cluster, pool);
            assertThat(cluster.run("rados", "-p", pool, "ls").lines().filter(name -> name.endsWith(".meta")))
                    .isEmpty();
            assertThat(io.jrados.rbd.Rbd.on(rados.pool(pool)).metadata().keySet())
                    .as("notes in pool %s", pool)
                    .noneMatch(key -> key.startsWith("jrados."));
        }
    }

    private static Drivers drivers(Rados rados, List<String> pools) {
        return new Drivers(rados, pools.get(0), pools.get(1), pools.get(2), pools.get(3));
    }

    /** Lets a client do some operations, and no more. */
    private static final class Death implements OperationHook {
        private final int at;
        private final AtomicInteger count = new AtomicInteger();

        Death(int at) {
            this.at = at;
        }

        @Override
        public void before(String pool, String object, boolean write) throws RadosException {
            if (count.incrementAndGet() >= at) {
                throw new RadosException(Errno.EIO, "the client is dead, at operation " + at + ", " + object);
            }
        }

        boolean isReached() {
            return count.get() >= at;
        }
    }

    /** A client that dies, or one that is counted. */
    private record Crash(CrashedFlow flow, String id, int at) {
        @Override
        public String toString() {
            return flow + " " + id + " before operation " + at;
        }
    }

    @FunctionalInterface
    private interface Step {
        void run(Crash crash) throws IOException;
    }

    private void all(List<Crash> crashes, Step step) throws IOException {
        List<CompletableFuture<Void>> running = new ArrayList<>();
        for (Crash crash : crashes) {
            CompletableFuture<Void> done = new CompletableFuture<>();
            running.add(done);
            threads.execute(() -> {
                try {
                    step.run(crash);
                    done.complete(null);
                } catch (Throwable failed) {
                    done.completeExceptionally(new AssertionError(crash.toString(), failed));
                }
            });
        }
        for (CompletableFuture<Void> each : running) {
            Wait.on(each);
        }
    }

    @Test
    void theNextCallEndsWhatADeadClientBegan() throws IOException {
        long seed = Long.getLong("jrados.seed", new Random().nextLong(1 << 30));
        Random random = new Random(seed);
        List<Crash> crashes = new ArrayList<>();
        for (CrashedFlow flow : flows()) {
            int operations = operations(flow);
            if (EXHAUSTIVE) {
                for (int at = 1; at <= operations; at++) {
                    crashes.add(new Crash(flow, "-" + at, at));
                }
            } else {
                random.ints(POINTS, 1, operations + 1)
                        .distinct()
                        .forEach(at -> crashes.add(new Crash(flow, "-" + at, at)));
            }
        }
        try {
            all(crashes, crash -> crash.flow().prepare(drivers, crash.id()));
            all(crashes, this::die);
            end(crashes);
        } catch (IOException | RuntimeException | AssertionError wrong) {
            throw new AssertionError("with -Djrados.seed=" + seed, wrong);
        }
    }

    /** All, or the one that the system property jrados.flow names. */
    private static List<CrashedFlow> flows() {
        String only = System.getProperty("jrados.flow", "");
        return only.isEmpty() ? List.of(CrashedFlow.values()) : List.of(CrashedFlow.valueOf(only));
    }

    private int operations(CrashedFlow flow) throws IOException {
        Death never = new Death(Integer.MAX_VALUE);
        flow.prepare(drivers, "-counted");
        try (Rados client = client(never)) {
            flow.run(drivers(client, pools), "-counted");
        }
        flow.judge(drivers, "-counted");
        return never.count.get();
    }

    private Rados client(OperationHook hook) throws IOException {
        return Wait.on(Rados.builder(CephConf.load(cluster.conf())).hook(hook).connectAsync());
    }

    private void die(Crash crash) throws IOException {
        Death death = new Death(crash.at());
        try (Rados client = client(death)) {
            crash.flow().run(drivers(client, pools), crash.id());
        } catch (IOException died) {
            if (!death.isReached()) {
                throw died;
            }
        }
    }

    private void end(List<Crash> crashes) throws IOException {
        waitForWatches();
        all(crashes, crash -> {
            again(crash);
            crash.flow().judge(drivers, crash.id());
        });
    }

    /** A name whose image was never begun stays taken for a watch's lifetime after it was seen first. */
    private void again(Crash crash) throws IOException {
        long end = System.nanoTime() + ENDS_WITHIN.toNanos();
        while (true) {
            try {
                crash.flow().run(drivers, crash.id());
                return;
            } catch (IOException failed) {
                boolean young = failed instanceof RadosException known && known.errno() == Errno.EBUSY;
                if (crash.flow().isDone(failed)) {
                    return;
                }
                if (!young || System.nanoTime() > end) {
                    throw failed;
                }
            }
        }
    }

    private void waitForWatches() throws IOException {
        long end = System.nanoTime() + ENDS_WITHIN.toNanos();
        for (String name : pools) {
            Pool pool = rados.pool(name);
            for (String object : pool.objects()) {
                while (object.startsWith("rbd_header.") && isWatched(pool, object)) {
                    assertThat(System.nanoTime()).as("watches of %s", object).isLessThan(end);
                }
            }
        }
    }

    private static boolean isWatched(Pool pool, String object) throws RadosException {
        try {
            return !pool.operate(object, new ReadOperation().listWatchers())
                    .watchers(0)
                    .isEmpty();
        } catch (NotFoundException gone) {
            return false;
        }
    }

    @Test
    void theNextCallEndsWhatAKilledProcessBegan() throws Exception {
        long seed = Long.getLong("jrados.seed", new Random().nextLong(1 << 30));
        Random random = new Random(seed);
        List<Crash> crashes = new ArrayList<>();
        for (CrashedFlow flow : flows()) {
            crashes.add(new Crash(flow, "-killed", 0));
        }
        all(crashes, crash -> crash.flow().prepare(drivers, crash.id()));
        List<String> words = new ArrayList<>(List.of(
                ProcessHandle.current().info().command().orElseThrow(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path") + ":" + System.getProperty("jdk.module.path", ""),
                Killed.class.getName(),
                cluster.conf().toString()));
        words.addAll(pools);
        for (Crash crash : crashes) {
            words.add(crash.flow() + " " + crash.id() + " " + random.nextInt(3000));
        }
        Process process = new ProcessBuilder(words)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (BufferedReader said = process.inputReader()) {
            assertThat(said.readLine()).isEqualTo("all have begun");
            // In the middle of some of them, as it happens.
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1000 + random.nextInt(3000)));
        } finally {
            process.destroyForcibly().waitFor();
        }
        try {
            end(crashes);
        } catch (IOException | RuntimeException | AssertionError wrong) {
            throw new AssertionError("with -Djrados.seed=" + seed, wrong);
        }
    }

    /** A program that does a flow on each of some threads. */
    static final class Killed {
        private Killed() {}

        /** @param arguments configuration, pools, and for each flow its name, its id, and when it begins in ms */
        public static void main(String[] arguments) throws Exception {
            CephConf conf = CephConf.load(Path.of(arguments[0]));
            List<String> pools = Arrays.asList(arguments).subList(1, 1 + POOLS.length);
            List<String> flows = Arrays.asList(arguments).subList(1 + POOLS.length, arguments.length);
            CountDownLatch ready = new CountDownLatch(flows.size());
            for (String words : flows) {
                String[] parts = words.split(" ");
                Thread thread = new Thread(() -> {
                    try {
                        Drivers drivers = drivers(Rados.connect(conf), pools);
                        ready.countDown();
                        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(Integer.parseInt(parts[2])));
                        CrashedFlow.valueOf(parts[0]).run(drivers, parts[1]);
                    } catch (IOException failed) {
                        throw new java.io.UncheckedIOException(failed);
                    }
                });
                thread.setDaemon(true);
                thread.start();
            }
            ready.await();
            System.out.println("all have begun");
            new CountDownLatch(1).await();
        }
    }
}
