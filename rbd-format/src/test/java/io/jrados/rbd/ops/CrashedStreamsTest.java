package io.jrados.rbd.ops;

import static org.assertj.core.api.Assertions.assertThat;

import io.jrados.error.AlreadyExistsException;
import io.jrados.error.BusyException;
import io.jrados.error.RadosException;
import io.jrados.rados.IoLoops;
import io.jrados.rados.Rados;
import io.jrados.rados.Wait;
import io.jrados.rbd.Image;
import io.jrados.rbd.Rbd;
import io.jrados.rbd.model.Progress;
import io.jrados.rbd.model.SnapshotInfo;
import io.jrados.rbd.ops.FaultPoint.Kind;
import io.jrados.testkit.Covers;
import io.jrados.testkit.PrivateCephCluster;
import io.jrados.testkit.PrivateCephTest;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Clients that die in the middle of an import or a copy: nobody sees an image that is not whole under its name, and the
 * same call finishes it and leaves nothing over. A few points of each verb, by a seed that is printed; with the system
 * property jrados.exhaustive before and after every operation, which takes many minutes for each verb. The properties
 * jrados.verb and jrados.kind choose among these: COPY, CRASHED_AFTER.
 */
@PrivateCephTest(conf = "osd client watch timeout = 3")
@Timeout(3600)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CrashedStreamsTest {
    private static final Logger LOG = LoggerFactory.getLogger(CrashedStreamsTest.class);
    private static final boolean EXHAUSTIVE = Boolean.getBoolean("jrados.exhaustive");
    private static final int POINTS = 2;
    private static final long WITHIN_SECONDS = 60;
    private static final long EACH_NANOS = TimeUnit.SECONDS.toNanos(10);

    private Images images;
    private Rbd rbd;
    private StreamVerb.Streams streams;

    @BeforeAll
    void connect(PrivateCephCluster cluster) throws IOException {
        images = new Images(cluster, CrashedStreamsTest.class);
        rbd = Rbd.on(images.pool);
        streams = StreamVerb.Streams.make(Rbd.on(images.rados.pool(cluster.pool(CrashedStreamsTest.class, "source"))));
    }

    @AfterAll
    void disconnect() {
        images.close();
    }

    /** A client that dies. */
    private record Crash(StreamVerb verb, String name, int at, Kind kind) {
        static Crash of(StreamVerb verb, int at, Kind kind) {
            String name = verb.name().toLowerCase() + "-" + at + (kind == Kind.CRASHED_BEFORE ? "-before" : "-after");
            return new Crash(verb, name, at, kind);
        }
    }

    static Stream<StreamVerb> verbs() {
        String only = System.getProperty("jrados.verb", "");
        return Stream.of(StreamVerb.values())
                .filter(verb -> only.isEmpty() || verb.name().equals(only));
    }

    private static boolean isAsked(Crash crash) {
        String only = System.getProperty("jrados.kind", "");
        return only.isEmpty() || crash.kind().name().equals(only);
    }

    @ParameterizedTest
    @MethodSource("verbs")
    @Covers({"H17", "H109", "H110", "H113"})
    void theSameCallFinishesWhatADeadClientBegan(StreamVerb verb) throws IOException {
        long seed = Long.getLong("jrados.seed", new Random().nextLong(1 << 30));
        Random random = new Random(seed);
        List<Crash> crashes = new ArrayList<>();
        int operations = operations(verb);
        if (EXHAUSTIVE) {
            for (int at = 1; at <= operations; at++) {
                crashes.add(Crash.of(verb, at, Kind.CRASHED_BEFORE));
                crashes.add(Crash.of(verb, at, Kind.CRASHED_AFTER));
            }
            crashes.removeIf(crash -> !isAsked(crash));
        } else {
            for (int at : random.ints(POINTS, 1, operations + 1).distinct().toArray()) {
                crashes.add(Crash.of(verb, at, random.nextBoolean() ? Kind.CRASHED_BEFORE : Kind.CRASHED_AFTER));
            }
        }
        LOG.info("{}: {} deaths among {} operations, with -Djrados.seed={}", verb, crashes.size(), operations, seed);
        try (IoLoops loops = IoLoops.start(2)) {
            for (Crash crash : crashes) {
                crash.verb().prepare(rbd, streams, crash.name());
                die(crash, loops);
            }
        }
        finishAll(crashes, " with -Djrados.seed=" + seed);
        LOG.info("{}: all {} finished", verb, crashes.size());
        images.assertNothingLeft();
    }

    private int operations(StreamVerb verb) throws IOException {
        String name = "counted-" + verb.name().toLowerCase();
        verb.prepare(rbd, streams, name);
        FaultPoint count = FaultPoint.nowhere();
        verb.run(Rbd.on(new FaultyPool(images.pool, count)), streams, name, Progress.NONE);
        StreamVerb.remove(rbd, name);
        return count.count();
    }

    /** The client's sockets close; it has given nothing back. */
    private void die(Crash crash, IoLoops loops) throws IOException {
        FaultPoint point = FaultPoint.at(crash.at(), crash.kind());
        try (Rados client =
                Wait.on(Rados.builder(images.rados.conf()).loops(loops).connectAsync())) {
            Rbd dying = Rbd.on(new FaultyPool(client.pool(images.pool.name()), point));
            crash.verb().run(dying, streams, crash.name(), Progress.NONE);
        } catch (RadosException died) {
            assertThat(point.isReached())
                    .as("%s died by itself: %s", crash, died)
                    .isTrue();
        }
    }

    /** Finishes each in turn; those whose maker may still be alive wait for the next round. */
    private void finishAll(List<Crash> crashes, String seed) throws IOException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(WITHIN_SECONDS) + crashes.size() * EACH_NANOS;
        Deque<Crash> left = new ArrayDeque<>(crashes);
        while (!left.isEmpty()) {
            Crash crash = left.remove();
            try {
                if (!isFinished(crash)) {
                    left.add(crash);
                    assertThat(System.nanoTime()).isLessThan(deadline);
                    continue;
                }
                StreamVerb.remove(rbd, crash.name());
            } catch (IOException | RuntimeException | AssertionError wrong) {
                throw new AssertionError(crash + seed, wrong);
            }
        }
    }

    private boolean isFinished(Crash crash) throws IOException {
        if (crash.verb() != StreamVerb.DIFF && rbd.exists(crash.name())) {
            assertDone(crash);
        }
        try {
            crash.verb().run(rbd, streams, crash.name(), Progress.NONE);
        } catch (BusyException young) {
            return false;
        } catch (AlreadyExistsException done) {
            assertThat(done).hasMessageContaining(crash.name());
        }
        assertDone(crash);
        assertThat(rbd.list())
                .filteredOn(name -> name.startsWith(crash.name() + "."))
                .isEmpty();
        return true;
    }

    private void assertDone(Crash crash) throws IOException {
        byte[] found = images.export(images.spec(crash.name()));
        assertThat(Arrays.equals(found, streams.after())).as("the bytes").isTrue();
        try (Image image = rbd.openReadOnly(crash.name())) {
            assertThat(image.snapshots())
                    .extracting(SnapshotInfo::name)
                    .isEqualTo(crash.verb().snapshots());
        }
        assertThat(images.rbd("object-map", "check", "--no-progress", images.spec(crash.name()))
                        .text())
                .doesNotContain("invalid");
    }
}
