package io.jrados.drivers;

import static org.assertj.core.api.Assertions.assertThat;

import io.jrados.conf.CephConf;
import io.jrados.drivers.DriverException.Kind;
import io.jrados.drivers.cinder.CinderVolumes;
import io.jrados.drivers.cinder.model.CinderOptions;
import io.jrados.drivers.glance.GlanceStore;
import io.jrados.drivers.glance.model.AddedImage;
import io.jrados.drivers.glance.model.GlanceOptions;
import io.jrados.rados.Rados;
import io.jrados.rados.Wait;
import io.jrados.rbd.Image;
import io.jrados.rbd.Rbd;
import io.jrados.testkit.Bounded;
import io.jrados.testkit.CephCluster;
import io.jrados.testkit.FaultNetwork;
import io.jrados.testkit.PrivateCephCluster;
import io.jrados.testkit.PrivateCephTest;
import io.jrados.testkit.Weather;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * The work of a cloud while the weather is bad: images are added and deleted, volumes made, snapshotted, cloned and
 * deleted. Afterwards what succeeded is there, what failed is gone unless the failure says otherwise, and all of it can
 * be deleted by the same calls. {@code -Djrados.weather.seconds} makes it longer, {@code -Djrados.weather.seed} repeats
 * it.
 */
@PrivateCephTest(
        osds = 2,
        mons = 1,
        mgrs = 1,
        store = PrivateCephTest.Store.BLUESTORE,
        conf = {
            "osd heartbeat interval = 1",
            "osd heartbeat grace = 5",
            "osd client watch timeout = 8",
            "mgr stats period = 1",
            "mon tick interval = 1"
        })
@Timeout(7200)
class DriversWeatherTest {
    private static final int STORM_SECONDS = 12;

    /** The time for anything that is waited for: three times the longest event and deadline, on a busy machine. */
    private static final Duration LIMIT = Duration.ofSeconds(180);

    private static final Duration BUSY = Duration.ofSeconds(60);
    private static final int START = 1 << 16;

    private final AtomicBoolean storm = new AtomicBoolean(true);
    private final List<String> log = new CopyOnWriteArrayList<>();

    private static long seed() {
        Long one = Long.getLong("jrados.weather.seed");
        boolean campaign = Integer.getInteger("jrados.weather.seconds") != null;
        return one != null ? one : campaign ? new Random().nextInt(Integer.MAX_VALUE) : 1;
    }

    @Test
    void whatDriversSaidIsSoAndNothingElseIsLeft(PrivateCephCluster cluster) throws Exception {
        long seed = seed();
        System.out.println("weather of seed " + seed);
        Random random = new Random(seed);
        String images = cluster.pool(getClass(), "images", 2);
        String volumes = cluster.pool(getClass(), "volumes", 2);
        Images glance;
        Volumes cinder;
        try (FaultNetwork network = new FaultNetwork();
                Rados rados = connect(cluster, network, Duration.ofSeconds(1 + random.nextInt(5)))) {
            glance = new Images(rados, images, new Random(random.nextLong()));
            cinder = new Volumes(rados, volumes, new Random(random.nextLong()));
            Weather weather =
                    new Weather(cluster, random.nextBoolean() ? images : volumes, List.of(network), 2, 1, random);
            List<Bounded> calls = List.of(
                    Bounded.begin("adding and deleting images", () -> whileItBlows(glance::step)),
                    Bounded.begin("making and deleting volumes", () -> whileItBlows(cinder::step)));
            try {
                int seconds = Integer.getInteger("jrados.weather.seconds", STORM_SECONDS);
                weather.blow(System.nanoTime() + Duration.ofSeconds(seconds).toNanos());
            } finally {
                storm.set(false);
            }
            cluster.awaitHealthy();
            for (Bounded call : calls) {
                Optional<Throwable> failure = call.end(LIMIT);
                if (failure.isPresent()) {
                    throw new AssertionError("seed " + seed + ", " + weather.log(), failure.get());
                }
            }
            System.out.println(glance.tried.size() + " images, " + cinder.tried.size() + " volumes, " + weather.log()
                    + "\n  " + String.join("\n  ", log));
        } catch (Throwable wrong) {
            throw new AssertionError("seed " + seed + ": " + wrong.getMessage() + "\n" + log, wrong);
        }
        try (Rados calm = connect(cluster, null, Duration.ofSeconds(60))) {
            glance.judge(cluster, calm);
            cinder.judge(cluster, calm);
        } catch (Throwable wrong) {
            throw new AssertionError("seed " + seed + ": " + wrong.getMessage() + "\n" + log, wrong);
        }
    }

    private static Rados connect(CephCluster cluster, FaultNetwork network, Duration deadline) throws IOException {
        var builder = Rados.builder(CephConf.builder().file(cluster.conf()).build())
                .connectDeadline(Duration.ofSeconds(60))
                .operationDeadline(deadline)
                .commandDeadline(Duration.ofSeconds(10));
        return Wait.on((network == null ? builder : builder.translator(network)).connectAsync());
    }

    private interface Flow {
        void step() throws IOException;
    }

    private void whileItBlows(Flow flow) {
        while (storm.get()) {
            try {
                flow.step();
            } catch (IOException weather) {
                // each step has noted what it means
            }
        }
    }

    private void note(String what, String name, Exception failed) {
        log.add(what + " " + name + ": " + (failed == null ? "done" : failed + leftBehind(failed)));
    }

    private static String leftBehind(Exception failed) {
        return isClean(failed) ? "" : ", which could not be taken back";
    }

    /** Whether a call that failed says that it has taken back what it did. */
    private static boolean isClean(Throwable failed) {
        for (Throwable each = failed; each != null; each = each.getCause()) {
            if (each.getSuppressed().length > 0) {
                return false;
            }
        }
        return true;
    }

    /** An image store in bad weather. */
    private final class Images {
        private final GlanceStore store;
        private final String pool;
        private final Random random;
        private final List<String> tried = new ArrayList<>();
        private final Map<String, byte[]> there = new TreeMap<>();
        private final Set<String> maybe = new TreeSet<>();
        private final String fsid;

        Images(Rados rados, String pool, Random random) throws IOException {
            this.store =
                    new GlanceStore(rados, GlanceOptions.DEFAULT.withPool(pool).withChunkSize(1));
            this.fsid = rados.fsid().toString();
            this.pool = pool;
            this.random = random;
        }

        private String uri(String name) {
            return new RbdLocation(fsid, pool, name, GlanceStore.SNAPSHOT).toString();
        }

        void step() throws IOException {
            List<String> all = List.copyOf(there.keySet());
            if (all.isEmpty() || random.nextInt(3) > 0) {
                add("image-" + tried.size());
            } else if (random.nextBoolean()) {
                read(all.get(random.nextInt(all.size())));
            } else {
                delete(all.get(random.nextInt(all.size())));
            }
        }

        private void add(String name) throws IOException {
            byte[] data = Clusters.data(tried.size(), 1 + random.nextInt(3 << 20));
            tried.add(name);
            try {
                long declared = random.nextBoolean() ? data.length : 0;
                AddedImage added = store.add(name, ByteSource.of(new ByteArrayInputStream(data)), declared);
                assertThat(added.md5()).isEqualTo(Clusters.digest("MD5", data));
                there.put(name, data);
                note("add", name, null);
            } catch (IOException failed) {
                note("add", name, failed);
                if (!isClean(failed)) {
                    maybe.add(name);
                }
                throw failed;
            }
        }

        private void read(String name) throws IOException {
            byte[] data = there.get(name);
            ByteBuffer read = ByteBuffer.allocate(data.length + 1);
            try (ImageReader reader = store.get(uri(name))) {
                while (reader.read(read) >= 0) {
                    assertThat(read.hasRemaining())
                            .as("bytes behind the end of " + name)
                            .isTrue();
                }
            }
            assertThat(Arrays.equals(read.array(), 0, read.position(), data, 0, data.length))
                    .as("the bytes of " + name)
                    .isTrue();
        }

        private void delete(String name) throws IOException {
            byte[] data = there.remove(name);
            maybe.add(name);
            try {
                store.delete(uri(name));
                maybe.remove(name);
                note("delete", name, null);
            } catch (DriverException refused) {
                note("delete", name, refused);
                if (refused.kind() == Kind.IN_USE_BY_STORE) { // nothing was changed then
                    maybe.remove(name);
                    there.put(name, data);
                }
                throw refused;
            } catch (IOException failed) {
                note("delete", name, failed);
                throw failed;
            }
        }

        void judge(CephCluster cluster, Rados calm) throws IOException {
            Set<String> allowed = new TreeSet<>(there.keySet());
            allowed.addAll(maybe);
            assertThat(allowed)
                    .as("images that are there")
                    .containsAll(Rbd.on(calm.pool(pool)).list());
            for (Map.Entry<String, byte[]> image : there.entrySet()) {
                String spec = pool + "/" + image.getKey() + "@" + GlanceStore.SNAPSHOT;
                assertThat(Arrays.equals(Clusters.export(cluster, spec), image.getValue()))
                        .as("the bytes of " + spec)
                        .isTrue();
            }
            GlanceStore afterwards = new GlanceStore(calm, GlanceOptions.DEFAULT.withPool(pool));
            for (String name : allowed) {
                deleteAtLast(afterwards, name);
            }
            Clusters.assertEmpty(cluster, pool);
        }

        /** A name without a header is refused for a watch's lifetime. */
        private void deleteAtLast(GlanceStore afterwards, String name) throws IOException {
            long end = System.nanoTime() + BUSY.toNanos();
            while (true) {
                try {
                    afterwards.delete(uri(name));
                    return;
                } catch (DriverException refused) {
                    if (refused.kind() == Kind.NOT_FOUND && maybe.contains(name)) {
                        return;
                    }
                    if (refused.kind() != Kind.IN_USE_BY_STORE || System.nanoTime() > end) {
                        throw refused;
                    }
                }
            }
        }
    }

    /** A volume service in bad weather. */
    private final class Volumes {
        private final CinderVolumes service;
        private final Rbd rbd;
        private final String pool;
        private final Random random;

        /** In the order of their making: clones behind their sources. */
        private final List<String> tried = new ArrayList<>();

        private final Map<String, byte[]> there = new TreeMap<>();
        private final Set<String> maybe = new TreeSet<>();

        /** Each of a volume that is there, and surely with it; by the volume. */
        private final Map<String, String> snapshots = new TreeMap<>();

        private final Set<String> triedSnapshots = new TreeSet<>();

        Volumes(Rados rados, String pool, Random random) throws IOException {
            this.service = new CinderVolumes(
                    rados, CinderOptions.DEFAULT.withPool(pool).withBusyBudget(Duration.ofSeconds(2)));
            this.rbd = Rbd.on(rados.pool(pool));
            this.pool = pool;
            this.random = random;
        }

        void step() throws IOException {
            List<String> all = List.copyOf(there.keySet());
            if (all.isEmpty() || random.nextInt(4) == 0) {
                String name = "volume-" + tried.size();
                byte[] start = Clusters.data(tried.size(), START);
                made(name, start, () -> service.create(name, 1), true);
                return;
            }
            String volume = all.get(random.nextInt(all.size()));
            String snapshot = snapshots.get(volume);
            if (snapshot == null && random.nextBoolean()) {
                snapshot(volume);
            } else if (snapshot == null) {
                delete(volume);
            } else if (random.nextBoolean()) {
                String name = "volume-" + tried.size();
                made(name, there.get(volume), () -> service.createFromSnapshot(volume, snapshot, name, 1), false);
            } else {
                deleteSnapshot(volume, snapshot);
            }
        }

        private void made(String name, byte[] start, Flow making, boolean writes) throws IOException {
            tried.add(name);
            try {
                making.step();
                maybe.add(name); // until it has its bytes
                if (writes) {
                    try (Image image = rbd.open(name)) {
                        image.write(0, ByteBuffer.wrap(start));
                    }
                }
                maybe.remove(name);
                there.put(name, start);
                note("make", name, null);
            } catch (IOException failed) {
                note("make", name, failed);
                if (!isClean(failed)) {
                    maybe.add(name);
                }
                throw failed;
            }
        }

        private void snapshot(String volume) throws IOException {
            String name = "snapshot-of-" + volume;
            triedSnapshots.add(volume);
            try {
                service.createSnapshot(volume, name);
                snapshots.put(volume, name);
                note("snapshot", volume, null);
            } catch (IOException failed) {
                note("snapshot", volume, failed);
                throw failed;
            }
        }

        private void deleteSnapshot(String volume, String snapshot) throws IOException {
            snapshots.remove(volume);
            try {
                service.deleteSnapshot(volume, snapshot);
                note("delete snapshot of", volume, null);
            } catch (IOException failed) {
                note("delete snapshot of", volume, failed);
                throw failed;
            }
        }

        private void delete(String volume) throws IOException {
            byte[] start = there.remove(volume);
            maybe.add(volume);
            try {
                service.delete(volume);
                maybe.remove(volume);
                note("delete", volume, null);
            } catch (DriverException refused) {
                note("delete", volume, refused);
                if (refused.kind() == Kind.VOLUME_IS_BUSY) {
                    maybe.remove(volume);
                    there.put(volume, start);
                }
                throw refused;
            } catch (IOException failed) {
                note("delete", volume, failed);
                throw failed;
            }
        }

        void judge(CephCluster cluster, Rados calm) throws IOException {
            Rbd now = Rbd.on(calm.pool(pool));
            Set<String> allowed = new TreeSet<>(there.keySet());
            allowed.addAll(maybe);
            assertThat(allowed).as("volumes that are there").containsAll(now.list());
            for (Map.Entry<String, byte[]> volume : there.entrySet()) {
                byte[] read = new byte[START];
                try (Image image = now.openReadOnly(volume.getKey())) {
                    image.read(0, ByteBuffer.wrap(read));
                    if (snapshots.containsKey(volume.getKey())) {
                        assertThat(image.snapshots())
                                .extracting(snapshot -> snapshot.name())
                                .contains(snapshots.get(volume.getKey()));
                    }
                }
                assertThat(Arrays.equals(read, volume.getValue()))
                        .as("the bytes of " + pool + "/" + volume.getKey())
                        .isTrue();
            }
            CinderVolumes afterwards =
                    new CinderVolumes(calm, CinderOptions.DEFAULT.withPool(pool).withBusyBudget(BUSY));
            for (int i = tried.size() - 1; i >= 0; i--) {
                String volume = tried.get(i);
                if (triedSnapshots.contains(volume)) {
                    afterwards.deleteSnapshot(volume, "snapshot-of-" + volume);
                }
                afterwards.delete(volume);
            }
            // A volume with a snapshot, which could not be deleted before it, went to the trash.
            assertThat(afterwards.purge().failed()).isEmpty();
            Clusters.assertEmpty(cluster, pool);
        }
    }
}
