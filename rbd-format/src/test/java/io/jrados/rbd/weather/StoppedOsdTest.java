package io.jrados.rbd.weather;

import static org.assertj.core.api.Assertions.assertThat;

import io.jrados.error.RadosException;
import io.jrados.rados.Pool;
import io.jrados.rados.Rados;
import io.jrados.rados.Wait;
import io.jrados.rbd.NativeClient;
import io.jrados.rbd.Rbd;
import io.jrados.rbd.TestConf;
import io.jrados.testkit.Bounded;
import io.jrados.testkit.PrivateCephCluster;
import io.jrados.testkit.PrivateCephTest;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;

/**
 * An OSD is stopped just before the k-th operation of a verb, longer or shorter than the deadline, with an interrupt or
 * a cancellation in the middle or without: afterwards the image is what was acknowledged, and works. A few crossings of
 * all are done in each run; the name of each says how to repeat it, such as {@code -Djrados.weather.seed=7
 * -Djrados.weather.only="SHRINK LONGER"}. {@code -Djrados.weather.crossings} does more of them, {@code
 * -Djrados.weather.seeds} each with more seeds.
 */
@PrivateCephTest(
        osds = 2,
        store = PrivateCephTest.Store.BLUESTORE,
        conf = {"osd heartbeat grace = 60", "osd client watch timeout = 15"})
@Timeout(1800)
class StoppedOsdTest {
    private static final Duration DEADLINE = Duration.ofSeconds(2);
    private static final Duration LIMIT = Duration.ofSeconds(40);
    private static final int CROSSINGS = 5;

    /** Events while the OSD is stopped, and how long it is. */
    private enum Sky {
        CALM(0),
        LONGER(3500),
        SHORTER(400),
        INTERRUPT(3500),
        CANCEL(3500);

        final long millis;

        Sky(long millis) {
            this.millis = millis;
        }
    }

    private PrivateCephCluster cluster;
    private String pool;

    @TestFactory
    List<DynamicTest> crossings(PrivateCephCluster own) throws IOException {
        cluster = own;
        pool = own.pool(getClass(), "a", 2);
        String only = System.getProperty("jrados.weather.only", "");
        long seed = Long.getLong("jrados.weather.seed", new Random().nextInt(1_000_000));
        int seeds = Integer.getInteger("jrados.weather.seeds", 1);
        List<DynamicTest> all = new ArrayList<>();
        for (int i = 0; i < seeds; i++) {
            for (Sky sky : Sky.values()) {
                for (Verb verb : Verb.values()) {
                    add(all, verb.name(), sky, seed + i, crossing -> verb.run(crossing.tested, crossing.random));
                }
                add(all, "CLOSE", sky, seed + i, crossing -> crossing.tested
                        .image()
                        .close());
                add(all, "HAND_OVER", sky, seed + i, Crossing::handOver);
            }
        }
        all.removeIf(test -> !test.getDisplayName().matches(".*(" + only + ").*"));
        Collections.shuffle(all, new Random(seed));
        return only.isEmpty() ? all.subList(0, Integer.getInteger("jrados.weather.crossings", CROSSINGS)) : all;
    }

    /** The side of a crossing that is not weather. */
    private interface Deed {
        void act(Crossing crossing) throws Exception;
    }

    private void add(List<DynamicTest> all, String name, Sky sky, long seed, Deed deed) {
        String what = name + " " + sky + " seed " + seed;
        all.add(DynamicTest.dynamicTest(what, () -> {
            Crossing crossing = new Crossing(sky, new Random(name.hashCode() * 31L + seed));
            try {
                crossing.run(name, deed);
            } catch (Throwable wrong) {
                throw new AssertionError(
                        what + ": " + crossing.story + ": " + wrong.getMessage() + "\n" + crossing.log(), wrong);
            } finally {
                crossing.end();
            }
        }));
    }

    private final class Crossing {
        final Random random;
        final Sky sky;
        final Judge judge = new Judge(cluster, LIMIT);
        final Moment moment = new Moment();
        final StringBuilder story = new StringBuilder();
        final List<TestedImage> images = new ArrayList<>();
        Rados rados;
        Rbd rbd;
        NativeClient rival;
        TestedImage tested;

        Crossing(Sky sky, Random random) {
            this.sky = sky;
            this.random = random;
        }

        void run(String name, Deed deed) throws Exception {
            rados = Wait.on(Rados.builder(TestConf.of(cluster))
                    .connectDeadline(Duration.ofSeconds(30))
                    .operationDeadline(DEADLINE)
                    .commandDeadline(Duration.ofSeconds(5))
                    .hook(moment)
                    .connectAsync());
            Pool patient = rados.pool(pool).withDeadline(LIMIT);
            rbd = Rbd.on(patient);
            prepare(name);
            judge.must("closing " + tested.name, () -> tested.image().close());
            judge.must("opening " + tested.name, () -> tested.reopen(Rbd.on(rados.pool(pool))));
            if (name.equals("HAND_OVER")) {
                rival = new NativeClient(cluster, pool);
                rival.open(tested.name);
            }
            weather(name, deed);
            if (name.equals("CLOSE")) {
                afterClose();
            } else {
                judge.open(tested);
                judge.must("closing " + tested.name, () -> tested.image().close());
            }
            if (rival != null) {
                rival.run("image.close()");
            }
            judge.closed(tested);
            clean();
        }

        String log() {
            return images.isEmpty() ? "" : images.get(0).log();
        }

        private void prepare(String name) throws Exception {
            TestedImage parent = TestedImage.create(rbd, "parent", LIMIT);
            images.add(parent);
            fill(parent, 20);
            Verb.SNAPSHOT.run(parent, random);
            judge.open(parent);
            String snapshot = parent.model.snapshots().iterator().next();
            parent.image().protectSnapshot(snapshot);
            parent.image().close();
            tested = parent.clone(snapshot, "tested", 2);
            images.add(0, tested);
            fill(tested, 30);
            Verb.SNAPSHOT.run(tested, random);
            fill(tested, 20);
            Verb.SNAPSHOT.run(tested, random);
            fill(tested, 20);
        }

        private void fill(TestedImage image, int changes) {
            for (int i = 0; i < changes; i++) {
                image.submitAny(random);
            }
            image.harvest();
        }

        private void weather(String name, Deed deed) throws Exception {
            String osd = "osd." + random.nextInt(2);
            // Few verbs have more operations than this beside the writes in flight; what comes too late is done then.
            int step = random.nextInt(24);
            story.append(osd).append(" stopped before operation ").append(step);
            moment.arm(step, sky == Sky.CALM ? () -> {} : () -> pause(osd));
            int writes = random.nextInt(5);
            story.append(", ").append(writes).append(" writes in flight");
            for (int i = 0; i < writes; i++) {
                tested.submitAny(random);
            }
            Bounded call = Bounded.begin(name, () -> deed.act(this));
            await(() -> call.isDone() || moment.count() > step, Duration.ofSeconds(3));
            if (!moment.orNow()) {
                story.append(" (of ").append(moment.count()).append(", so after it)");
                tested.submitWrite(random.nextInt(tested.blocks()), 1);
            }
            if (sky == Sky.INTERRUPT || sky == Sky.CANCEL) {
                await(call::isDone, Duration.ofMillis(100 + random.nextInt(300)));
                if (sky == Sky.INTERRUPT && rival == null) {
                    call.interrupt();
                } else {
                    tested.cancelAll();
                }
            }
            await(() -> false, Duration.ofMillis(sky.millis));
            if (sky != Sky.CALM) {
                cluster.resume(osd);
            }
            Optional<Throwable> failure = call.end(LIMIT);
            story.append(", ended with ")
                    .append(failure.map(Throwable::toString).orElse("success"));
            if (failure.isPresent() && !(failure.get() instanceof RadosException)) {
                throw new AssertionError("failed with what is no RadosException", failure.get());
            }
            tested.note(story.toString());
            tested.harvest();
        }

        /** On a thread of its own: the one that is just sending may be interrupted. */
        private void pause(String osd) {
            Bounded.run("pausing " + osd, LIMIT, () -> cluster.pause(osd)).ifPresent(failed -> {
                throw new AssertionError("cannot pause " + osd, failed);
            });
        }

        /** Lets time pass, for the weather, unless there is nothing to wait for. */
        private void await(java.util.function.BooleanSupplier until, Duration most) throws InterruptedException {
            long end = System.nanoTime() + most.toNanos();
            CountDownLatch never = new CountDownLatch(1);
            while (!until.getAsBoolean() && System.nanoTime() < end) {
                never.await(5, TimeUnit.MILLISECONDS);
            }
        }

        /** A native client writes what is in doubt here. */
        void handOver() throws IOException {
            int block = random.nextInt(tested.blocks());
            tested.submitWrite(block, 1);
            long version = TestedImage.newVersion();
            BlockModel.Change change = tested.foreign(block, 1, version);
            rival.run("image.write(bytes.fromhex('" + hex(block, version) + "'), " + block * Block.SIZE + ")");
            tested.model.acknowledged(change);
        }

        private String hex(int block, long version) {
            byte[] bytes = new byte[Block.SIZE];
            Block.bytes(block, List.of(version)).get(bytes);
            return java.util.HexFormat.of().formatHex(bytes);
        }

        /** Judges the image whatever close said: a native client can write, this client lives, and bytes stay. */
        private void afterClose() throws Exception {
            judge.closed(tested);
            judge.must("opening " + tested.name + " again", () -> tested.reopen(rbd));
            judge.open(tested);
            judge.must("closing " + tested.name + " again", () -> tested.image().close());
        }

        private void clean() throws Exception {
            boolean natively = random.nextBoolean();
            for (TestedImage image : images) {
                judge.remove(image, rbd, natively);
            }
            judge.must("closing the client", () -> rados.close());
            judge.empty(pool);
            rados = null;
        }

        /** After a failure: what it left must not make the next fail. */
        void end() throws Exception {
            if (rival != null) {
                rival.close();
            }
            if (rados != null) {
                Rados left = rados;
                Bounded.begin("closing the client", left::close);
                pool = cluster.pool(StoppedOsdTest.class, "b" + TestedImage.newVersion(), 2);
            }
        }
    }

    @org.junit.jupiter.api.Test
    void theModelTellsALostBlock() {
        BlockModel model = new BlockModel(1, block -> java.util.Set.of(0L));
        model.acknowledged(model.begin(0, 1, 7));
        assertThat(model.may(0)).containsExactly(7L);
    }
}
