package io.jrados.drivers;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.jrados.conf.CephConf;
import io.jrados.drivers.cinder.CinderVolumes;
import io.jrados.drivers.cinder.model.CinderOptions;
import io.jrados.rados.Rados;
import io.jrados.testkit.PrivateCephCluster;
import io.jrados.testkit.PrivateCephTest;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two processes of ours and one of Python's store do what comes on one pool, while OSDs are restarted. A call works on
 * what any of them has made, and no two at once on the same. At the end everything that a call acknowledged is there
 * with its bytes, what was deleted is gone, and once all is deleted nothing is left.
 *
 * <p>{@code -Djrados.seconds=600} makes it longer; {@code -Djrados.seed} makes the same choices.
 */
@PrivateCephTest(osds = 3, store = PrivateCephTest.Store.BLUESTORE)
@Timeout(1800)
class MixCheck {
    private static final Duration USUAL = Duration.ofSeconds(Math.max(15, Integer.getInteger("jrados.seconds", 0)));
    private static final int MOST = 12;
    private static final String OK = "ok ";

    /** Does calls of one process. */
    @FunctionalInterface
    private interface Doer {
        String call(String line) throws IOException;
    }

    /**
     * A thing that a call has made.
     *
     * @param kind the first letter of image, volume, snapshot, backup
     * @param content the word of its bytes; of an image the digest
     * @param of the volume that it is a snapshot or a backup of
     */
    private record Thing(char kind, String name, String content, String of) {}

    private final ReentrantLock lock = new ReentrantLock();
    private final Map<String, Thing> things = new TreeMap<>();
    private final Set<String> busy = new HashSet<>();
    private final List<String> wrong = new ArrayList<>();
    private final Random random;
    private final long seed = Long.getLong("jrados.seed", new Random().nextLong(1 << 30));
    private int number;
    private int calls;

    @TempDir
    private Path folder;

    MixCheck() {
        random = new Random(seed);
    }

    /**
     * A call that was chosen.
     *
     * @param done takes in the answer's digest
     * @param expected the digest, empty for any
     */
    private record Choice(String line, List<String> uses, Consumer<String> done, String expected) {}

    @Test
    void everythingThatWasAcknowledgedIsThere(PrivateCephCluster cluster) throws Exception {
        String pool = cluster.pool(MixCheck.class, "mix", 2);
        List<String> words = List.of(
                ProcessHandle.current().info().command().orElseThrow(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path") + ":" + System.getProperty("jdk.module.path", ""),
                MixedDrivers.class.getName(),
                cluster.conf().toString(),
                pool);
        Process second = new ProcessBuilder(words)
                .redirectError(folder.resolve("second.log").toFile())
                .start();
        ExecutorService threads = Executors.newFixedThreadPool(4);
        long end = System.nanoTime() + USUAL.toNanos();
        try (Rados rados = Rados.connect(CephConf.load(cluster.conf()));
                BufferedReader answers = second.inputReader();
                Upstream python = new Upstream(cluster, folder)) {
            MixedDrivers first = new MixedDrivers(rados, pool);
            String prefix = RbdLocation.prefix(rados.fsid().toString(), pool);
            List<CompletableFuture<Void>> running = List.of(
                    start(threads, () -> work(first::answer, end, false)),
                    start(threads, () -> work(line -> ask(second, answers, line), end, false)),
                    start(threads, () -> work(line -> ask(python, pool, prefix, line), end, true)),
                    start(threads, () -> restart(cluster, end)));
            for (CompletableFuture<Void> each : running) {
                each.get(USUAL.toSeconds() + 300, TimeUnit.SECONDS);
            }
            cluster.awaitHealthy();
            assertThat(wrong).as("with -Djrados.seed=" + seed).isEmpty();
            assertThat(calls).isGreaterThan(5);
            judge(first, cluster, pool);
            clear(first, rados, cluster, pool);
            Clusters.assertEmpty(cluster, pool);
        } finally {
            threads.shutdown();
            second.destroyForcibly().waitFor();
        }
    }

    @FunctionalInterface
    private interface Work {
        void run() throws Exception;
    }

    private static CompletableFuture<Void> start(ExecutorService threads, Work work) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        threads.execute(() -> {
            try {
                work.run();
                done.complete(null);
            } catch (Throwable failed) {
                done.completeExceptionally(failed);
            }
        });
        return done;
    }

    private static String ask(Process process, BufferedReader answers, String line) throws IOException {
        process.outputWriter().write(line + "\n");
        process.outputWriter().flush();
        String answer = answers.readLine();
        return answer == null ? "failed: the second process has ended" : answer;
    }

    /** The calls that Python's store knows. */
    private static String ask(Upstream python, String pool, String prefix, String line) throws IOException {
        String[] words = line.split(" ");
        String uri = prefix + words[1] + "/snap";
        try {
            JsonNode result =
                    switch (words[0]) {
                        case "add" ->
                            python.call(
                                    "glance.add",
                                    "pool",
                                    pool,
                                    "image",
                                    words[1],
                                    "seed",
                                    words[2].hashCode(),
                                    "size",
                                    MixedDrivers.SIZE);
                        case "get" -> python.call("glance.get", "pool", pool, "uri", uri);
                        default -> python.call("glance.delete", "pool", pool, "uri", uri);
                    };
            return OK + (result.has("sha256") ? result.get("sha256").asText() : "");
        } catch (Upstream.Failed failed) {
            return "failed " + failed.getMessage();
        }
    }

    private void restart(PrivateCephCluster cluster, long end) throws Exception {
        while (System.nanoTime() < end) {
            String osd = "osd." + random.nextInt(3);
            cluster.kill(osd);
            cluster.revive(osd);
            cluster.awaitHealthy();
        }
    }

    private void work(Doer doer, long end, boolean imagesOnly) throws IOException {
        while (System.nanoTime() < end) {
            Choice choice = choose(imagesOnly);
            String answer = doer.call(choice.line());
            lock.lock();
            try {
                calls++;
                boolean same = choice.expected().isEmpty() || answer.equals(OK + choice.expected());
                if (answer.startsWith(OK) && same) {
                    choice.done().accept(answer.substring(OK.length()));
                } else {
                    wrong.add(choice.line() + ": " + answer + ", and not " + choice.expected());
                }
                busy.removeAll(choice.uses());
            } finally {
                lock.unlock();
            }
            if (!wrong.isEmpty()) {
                return;
            }
        }
    }

    private Choice choose(boolean imagesOnly) {
        lock.lock();
        try {
            Choice choice = null;
            while (choice == null) {
                choice = imagesOnly ? ofImages() : random.nextInt(3) == 0 ? ofImages() : ofVolumes();
            }
            busy.addAll(choice.uses());
            return choice;
        } finally {
            lock.unlock();
        }
    }

    private Thing free(char kind) {
        List<Thing> all = things.values().stream()
                .filter(each -> each.kind() == kind && !busy.contains(each.name()) && !busy.contains(each.of()))
                .toList();
        return all.isEmpty() ? null : all.get(random.nextInt(all.size()));
    }

    private boolean isUsed(String volume) {
        return things.values().stream().anyMatch(each -> each.of().equals(volume));
    }

    private Choice making(String line, Thing made, String... uses) {
        List<String> all = new ArrayList<>(List.of(uses));
        all.add(made.name());
        return new Choice(line, all, any -> things.put(made.name(), made), "");
    }

    private Choice removing(String line, Thing gone) {
        return new Choice(line, List.of(gone.name(), gone.of()), any -> things.remove(gone.name()), "");
    }

    private Choice ofImages() {
        String next = "image-" + ++number;
        Thing image = free('i');
        boolean full =
                things.values().stream().filter(each -> each.kind() == 'i').count() >= MOST;
        if (image == null || !full && random.nextInt(3) == 0) {
            return new Choice(
                    "add " + next + " " + next,
                    List.of(next),
                    digest -> things.put(next, new Thing('i', next, digest, "")),
                    "");
        }
        return random.nextBoolean()
                ? new Choice("get " + image.name(), List.of(image.name()), any -> {}, image.content())
                : removing("delete-image " + image.name(), image);
    }

    private Choice ofVolumes() {
        String next = "volume-" + ++number;
        Thing volume = free('v');
        if (volume == null) {
            return making("create " + next + " " + next, new Thing('v', next, next, ""));
        }
        String name = volume.name();
        boolean full = things.size() >= 3 * MOST;
        switch (random.nextInt(full ? 4 : 11)) {
            case 0, 1 -> {
                return isUsed(name) ? null : removing("delete " + name, volume);
            }
            case 2 -> {
                Thing snapshot = free('s');
                return snapshot == null
                        ? null
                        : removing("delete-snapshot " + snapshot.of() + " " + snapshot.name(), snapshot);
            }
            case 3 -> {
                Thing backup = free('b');
                return backup == null ? null : removing("delete-backup " + backup.name() + " " + backup.of(), backup);
            }
            case 4 -> {
                return making("create " + next + " " + next, new Thing('v', next, next, ""));
            }
            case 5 -> {
                return making("clone " + next + " " + name, new Thing('v', next, volume.content(), ""), name);
            }
            case 6 -> {
                Thing rewritten = new Thing('v', name, next, "");
                return making("write " + name + " " + next, rewritten);
            }
            case 7 -> {
                String snapshot = "snapshot-" + number;
                return making(
                        "snapshot " + name + " " + snapshot, new Thing('s', snapshot, volume.content(), name), name);
            }
            case 8 -> {
                Thing snapshot = free('s');
                return snapshot == null
                        ? null
                        : making(
                                "from-snapshot " + next + " " + snapshot.of() + " " + snapshot.name(),
                                new Thing('v', next, snapshot.content(), ""),
                                snapshot.name(),
                                snapshot.of());
            }
            case 9 -> {
                String backup = "backup-" + number;
                return making("backup " + backup + " " + name, new Thing('b', backup, volume.content(), name), name);
            }
            default -> {
                return new Choice(
                        "read " + name,
                        List.of(name),
                        any -> {},
                        Clusters.digest("SHA-256", MixedDrivers.content(volume.content())));
            }
        }
    }

    private void judge(MixedDrivers first, PrivateCephCluster cluster, String pool) throws IOException {
        List<String> names = cluster.run("rbd", "ls", pool).lines().toList();
        for (Thing each : List.copyOf(things.values())) {
            String expected = "ok " + Clusters.digest("SHA-256", MixedDrivers.content(each.content()));
            switch (each.kind()) {
                case 'i' ->
                    assertThat(first.answer("get " + each.name()))
                            .as(each.toString())
                            .isEqualTo(OK + each.content());
                case 'v' ->
                    assertThat(first.answer("read " + each.name()))
                            .as(each.toString())
                            .isEqualTo(expected);
                case 's' -> {
                    String copy = "volume-of-" + each.name();
                    assertThat(first.answer("from-snapshot " + copy + " " + each.of() + " " + each.name()))
                            .startsWith("ok");
                    assertThat(first.answer("read " + copy)).as(each.toString()).isEqualTo(expected);
                    assertThat(first.answer("delete " + copy)).startsWith("ok");
                }
                default -> {
                    String target = "volume-of-" + each.name();
                    assertThat(first.answer("create " + target + " other")).startsWith("ok");
                    assertThat(first.answer("restore " + each.name() + " " + each.of() + " " + target))
                            .startsWith("ok");
                    assertThat(first.answer("read " + target))
                            .as(each.toString())
                            .isEqualTo(expected);
                    assertThat(first.answer("delete " + target)).startsWith("ok");
                }
            }
        }
        assertThat(names.stream().filter(name -> name.startsWith("image-") || name.matches("volume-[0-9]+")))
                .allMatch(things::containsKey, "is known");
    }

    private void clear(MixedDrivers first, Rados rados, PrivateCephCluster cluster, String pool) throws IOException {
        for (char kind : "sbvi".toCharArray()) {
            for (Thing each : List.copyOf(things.values())) {
                if (each.kind() == kind) {
                    String line =
                            switch (kind) {
                                case 's' -> "delete-snapshot " + each.of() + " " + each.name();
                                case 'b' -> "delete-backup " + each.name() + " " + each.of();
                                case 'v' -> "delete " + each.name();
                                default -> "delete-image " + each.name();
                            };
                    assertThat(first.answer(line)).as(line).startsWith("ok");
                }
            }
        }
        CinderVolumes volumes = new CinderVolumes(rados, CinderOptions.DEFAULT.withPool(pool));
        volumes.releaseUnusedParents(Duration.ZERO);
        cluster.run("rbd", "trash", "purge", "--no-progress", pool);
    }
}
