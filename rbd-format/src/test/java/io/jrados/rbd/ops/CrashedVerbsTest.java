package io.jrados.rbd.ops;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.jrados.conf.CephConf;
import io.jrados.error.RadosException;
import io.jrados.osd.op.ReadOperation;
import io.jrados.rados.IoLoops;
import io.jrados.rados.Rados;
import io.jrados.rados.Wait;
import io.jrados.rbd.Background;
import io.jrados.rbd.Image;
import io.jrados.rbd.Rbd;
import io.jrados.rbd.format.ObjectNames;
import io.jrados.rbd.model.Progress;
import io.jrados.rbd.model.SnapshotInfo;
import io.jrados.rbd.ops.FaultPoint.Kind;
import io.jrados.testkit.Covers;
import io.jrados.testkit.NativeResult;
import io.jrados.testkit.PrivateCephCluster;
import io.jrados.testkit.PrivateCephTest;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

/**
 * Clients that die in the middle of a verb with everything in their hands: watch, lock, object map. When the cluster
 * has noticed, the next call of the same verb, ours or the native tool's, finishes; nothing is lost, nothing is left
 * over. All die at once, each on an image of its own, so that there is one wait.
 *
 * <p>One point of each verb, by a seed that is printed; every one with the system property jrados.exhaustive.
 */
@PrivateCephTest(conf = "osd client watch timeout = 3")
@Timeout(900)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CrashedVerbsTest {
    private static final boolean EXHAUSTIVE = Boolean.getBoolean("jrados.exhaustive");
    private static final int POINTS = 1;
    private static final int ENOENT = 2;
    private static final int ENDLESS = 200;
    private static final long WATCHES_END_WITHIN_SECONDS = 60;

    private Images images;
    private Rbd rbd;
    private Background threads;

    @BeforeAll
    void connect(PrivateCephCluster cluster) throws IOException {
        images = new Images(cluster, CrashedVerbsTest.class);
        rbd = Rbd.on(images.pool);
        threads = new Background(4);
    }

    @AfterAll
    void disconnect() {
        threads.close();
        images.close();
    }

    /** A client that dies. */
    private record Crash(CrashedVerb verb, String name, int at, Kind kind) {
        @Override
        public String toString() {
            return verb + " of " + name + " at operation " + at + " " + kind;
        }
    }

    @Test
    @Covers({"H03", "H13", "H14", "H15", "H16", "H46", "H47", "H53", "H55", "H57", "H87", "K9", "K12", "K14"})
    void theNextCallFinishesWhatADeadClientBegan() throws IOException {
        long seed = Long.getLong("jrados.seed", new Random().nextLong(1 << 30));
        Random random = new Random(seed);
        List<Crash> crashes = new ArrayList<>();
        for (CrashedVerb verb : verbs()) {
            int operations = operations(verb);
            List<Integer> points = new ArrayList<>();
            if (EXHAUSTIVE) {
                for (int at = 1; at <= operations; at++) {
                    points.add(at);
                }
            } else {
                random.ints(POINTS, 1, operations + 1).distinct().forEach(points::add);
            }
            for (int at : points) {
                Kind kind = random.nextBoolean() ? Kind.CRASHED_BEFORE : Kind.CRASHED_AFTER;
                crashes.add(new Crash(verb, verb.name().toLowerCase() + "-" + at, at, kind));
            }
        }
        try {
            all(crashes, crash -> crash.verb().prepare(rbd, crash.name()));
            try (IoLoops loops = IoLoops.start(2)) {
                all(crashes, crash -> die(crash, loops));
            }
            waitForWatches();
            for (Crash crash : crashes) {
                check(crash.toString(), crash.verb(), crash.name(), mayFinish(crash.verb()) && random.nextBoolean());
            }
            all(crashes, crash -> removeAll(crash.name()));
            images.assertNothingLeft();
        } catch (IOException | RuntimeException | AssertionError wrong) {
            throw new AssertionError("with -Djrados.seed=" + seed, wrong);
        }
    }

    /** All, or the one that the system property jrados.verb names. */
    private static List<CrashedVerb> verbs() {
        String only = System.getProperty("jrados.verb", "");
        return only.isEmpty() ? List.of(CrashedVerb.values()) : List.of(CrashedVerb.valueOf(only));
    }

    /** Returns the number of RADOS operations that the verb has, on a client of its own. */
    private int operations(CrashedVerb verb) throws IOException {
        String name = "counted-" + verb.name().toLowerCase();
        verb.prepare(rbd, name);
        FaultPoint count = FaultPoint.nowhere();
        try (Rados client = Rados.connect(images.rados.conf())) {
            verb.run(Rbd.on(new FaultyPool(client.pool(images.pool.name()), count)), name);
        }
        removeAll(name);
        assertThat(count.count()).isBetween(2, ENDLESS);
        return count.count();
    }

    /** Something to do for each crash. */
    private interface Step {
        void run(Crash crash) throws RadosException;
    }

    private void all(List<Crash> crashes, Step step) throws RadosException {
        List<CompletableFuture<Void>> running = new ArrayList<>();
        for (Crash crash : crashes) {
            running.add(threads.run(() -> step.run(crash)));
        }
        for (int i = 0; i < running.size(); i++) {
            try {
                Wait.on(running.get(i));
            } catch (RadosException failed) {
                throw new AssertionError(crashes.get(i).toString(), failed);
            }
        }
    }

    /** The client's sockets close; it has given nothing back. */
    private void die(Crash crash, IoLoops loops) throws RadosException {
        FaultPoint point = FaultPoint.at(crash.at(), crash.kind());
        try (Rados client =
                Wait.on(Rados.builder(images.rados.conf()).loops(loops).connectAsync())) {
            crash.verb().run(Rbd.on(new FaultyPool(client.pool(images.pool.name()), point)), crash.name());
        } catch (RadosException died) {
            assertThat(point.isReached())
                    .as("%s died by itself: %s", crash, died)
                    .isTrue();
        }
    }

    /** Until the cluster has forgotten the watches of the dead. */
    private void waitForWatches() throws IOException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(WATCHES_END_WITHIN_SECONDS);
        for (String object : images.pool.objects()) {
            while (object.startsWith(ObjectNames.header("")) && hasWatchers(object)) {
                assertThat(System.nanoTime()).as("watches of %s", object).isLessThan(deadline);
            }
        }
    }

    private boolean hasWatchers(String object) throws RadosException {
        return Tolerate.absent(() -> images.pool.operate(object, new ReadOperation().listWatchers()))
                .filter(result -> !result.watchers(0).isEmpty())
                .isPresent();
    }

    /**
     * Whether the native tool is fit to finish it. Its rename finds its new name taken, by itself; and its flatten
     * believes an object map that says of an object that it exists, which is also what a client leaves behind, its own
     * kind too, that died just before it copied the object up.
     */
    private static boolean mayFinish(CrashedVerb verb) {
        return verb != CrashedVerb.FLATTEN && verb != CrashedVerb.RENAME;
    }

    private void check(String what, CrashedVerb verb, String name, boolean natively) throws IOException {
        try {
            verb.finish(rbd, name, natively ? () -> natively(verb, name) : verb.ours(rbd, name));
            String result = verb.result(name);
            if (verb == CrashedVerb.REMOVE) {
                assertThat(rbd.list()).doesNotContain(name);
                return;
            }
            try (Image image = rbd.open(result)) {
                assertThat(image.snapshots()).extracting(SnapshotInfo::name).isEqualTo(verb.snapshots());
                if (verb == CrashedVerb.SHRINK) {
                    image.resize(CrashedVerb.SIZE, Progress.NONE);
                }
            }
            byte[] expected =
                    verb == CrashedVerb.SHRINK ? Arrays.copyOf(verb.done(name), CrashedVerb.SIZE) : verb.done(name);
            assertThat(Arrays.equals(images.export(images.spec(result)), expected))
                    .as("the bytes")
                    .isTrue();
            JsonNode info = images.json("info", images.spec(result));
            assertThat(info.has("parent")).isEqualTo(verb == CrashedVerb.CLONE);
            assertThat(images.rbd("object-map", "check", "--no-progress", images.spec(result))
                            .text())
                    .doesNotContain("invalid");
        } catch (IOException | RuntimeException | AssertionError wrong) {
            throw new AssertionError(what + ", finished " + (natively ? "natively" : "by us"), wrong);
        }
    }

    private void natively(CrashedVerb verb, String name) throws IOException {
        List<String> words = new ArrayList<>(List.of("rbd", "--pool", images.pool.name()));
        words.addAll(verb.natively(name));
        if (verb == CrashedVerb.CLONE) {
            words.addAll(List.of("--dest-pool", images.pool.name()));
        }
        NativeResult result = images.cluster.exec(words.toArray(String[]::new));
        if (verb == CrashedVerb.REMOVE_SNAPSHOT && result.exit() == ENOENT) {
            // The native tool does not look for it by its name in the trash namespace.
            verb.ours(rbd, name).run();
        } else if (!result.errors().contains("new size is equal to original size")) {
            result.succeeded(); // else its resize finds nothing to do
        }
    }

    private void removeAll(String name) throws RadosException {
        for (String image : List.of(name, name + "-renamed", name + "-parent")) {
            if (rbd.exists(image)) {
                try (Image open = rbd.open(image)) {
                    for (SnapshotInfo snapshot : open.snapshots()) {
                        open.removeSnapshot(snapshot.id());
                    }
                }
                rbd.remove(image, Progress.NONE);
            }
        }
    }

    @Test
    @Covers({"H03", "H13", "H14", "H15", "H16", "H46", "H47", "H53", "H55", "K9", "K12"})
    void aProcessThatIsKilledLeavesNoHarm() throws Exception {
        long seed = Long.getLong("jrados.seed", new Random().nextLong(1 << 30));
        Random random = new Random(seed);
        List<String> words = new ArrayList<>(List.of(
                ProcessHandle.current().info().command().orElseThrow(),
                "-cp",
                System.getProperty("java.class.path") + ":" + System.getProperty("jdk.module.path", ""),
                KilledClient.class.getName(),
                images.cluster.conf().toString(),
                images.pool.name()));
        for (CrashedVerb verb : CrashedVerb.values()) {
            verb.prepare(rbd, "killed-" + verb);
            words.add(verb + ":killed-" + verb + ":" + (4 + random.nextInt(12)));
        }
        Process process = new ProcessBuilder(words)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (BufferedReader said = process.inputReader()) {
            List<String> lines = new ArrayList<>();
            for (String line = said.readLine(); line != null && !line.equals("all"); line = said.readLine()) {
                lines.add(line);
            }
            assertThat(lines).as("how far each got").hasSize(CrashedVerb.values().length);
        } finally {
            process.destroyForcibly().waitFor();
        }
        try {
            waitForWatches();
            for (CrashedVerb verb : CrashedVerb.values()) {
                check(verb + " of a killed process", verb, "killed-" + verb, mayFinish(verb) && random.nextBoolean());
            }
            for (CrashedVerb verb : CrashedVerb.values()) {
                removeAll("killed-" + verb);
            }
            images.assertNothingLeft();
        } catch (IOException | RuntimeException | AssertionError wrong) {
            throw new AssertionError("with -Djrados.seed=" + seed, wrong);
        }
    }

    /** A program that begins verbs and stops in the middle of each, to be killed there. */
    static final class KilledClient {
        private KilledClient() {}

        /**
         * @param arguments configuration, pool, and for each verb its name, the image's, and the operation to stop at
         */
        public static void main(String[] arguments) throws Exception {
            CephConf conf = CephConf.load(Path.of(arguments[0]));
            List<CompletableFuture<String>> ends = new ArrayList<>();
            for (String words : Arrays.asList(arguments).subList(2, arguments.length)) {
                String[] parts = words.split(":");
                CompletableFuture<String> end = new CompletableFuture<>();
                ends.add(end);
                Thread thread = new Thread(() -> begin(conf, arguments[1], parts, end));
                thread.setDaemon(true);
                thread.start();
            }
            for (CompletableFuture<String> end : ends) {
                System.out.println(end.get(120, TimeUnit.SECONDS));
            }
            System.out.println("all");
            new CountDownLatch(1).await();
        }

        private static void begin(CephConf conf, String pool, String[] parts, CompletableFuture<String> end) {
            AtomicInteger count = new AtomicInteger();
            int at = Integer.parseInt(parts[2]);
            try {
                Rados rados = Wait.on(Rados.builder(conf)
                        .threads(1)
                        .hook((where, object, write) -> {
                            if (count.incrementAndGet() >= at) {
                                end.complete(parts[0] + " stopped");
                                try {
                                    new CountDownLatch(1).await();
                                } catch (InterruptedException interrupted) {
                                    throw new IllegalStateException(interrupted);
                                }
                            }
                        })
                        .connectAsync());
                CrashedVerb.valueOf(parts[0]).run(Rbd.on(rados.pool(pool)), parts[1]);
                end.complete(parts[0] + " done");
            } catch (RadosException failed) {
                end.complete(parts[0] + " " + failed);
            }
        }
    }
}
