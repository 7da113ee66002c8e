package io.jrados.rbd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.jrados.error.DeadlineException;
import io.jrados.error.Explanation;
import io.jrados.error.OutcomeUnknownException;
import io.jrados.error.RadosException;
import io.jrados.error.Stage;
import io.jrados.error.Waiting;
import io.jrados.osd.op.WriteOperation;
import io.jrados.rados.Pool;
import io.jrados.rados.Rados;
import io.jrados.rados.Wait;
import io.jrados.rbd.format.ObjectNames;
import io.jrados.rbd.model.ImageOptions;
import io.jrados.rbd.model.Progress;
import io.jrados.testkit.PrivateCephCluster;
import io.jrados.testkit.PrivateCephTest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Stalls that a cluster, or Ceph's own clients, cause: within a second a client says what it waits for. */
@PrivateCephTest(
        osds = 3,
        mgrs = 1,
        conf = {"osd heartbeat grace = 120", "mon osd down out interval = 600", "mgr stats period = 1"})
@Timeout(240)
class ExplainTest {
    private static final Logger LOG = LoggerFactory.getLogger(ExplainTest.class);
    /** The second that is promised, with slack for a busy machine. */
    private static final Duration SOON = Duration.ofSeconds(3);

    private static final String[] OSDS = {"osd.0", "osd.1", "osd.2"};

    private final PrivateCephCluster cluster;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private Rados rados;
    private String poolOfImages = "";

    ExplainTest(PrivateCephCluster cluster) {
        this.cluster = cluster;
    }

    @BeforeEach
    void connect() throws IOException {
        rados = Rados.connect(TestConf.of(cluster));
    }

    @AfterEach
    void close() {
        threads.shutdownNow();
        rados.close();
    }

    // ---- looking

    private static Optional<Waiting> find(Explanation all, Stage stage, String what, String cause) {
        return all.waiting().stream()
                .filter(one -> one.stage() == stage
                        && one.what().contains(what)
                        && one.cause().contains(cause))
                .findFirst();
    }

    /** The stall has just been staged: soon the client names it. */
    private Waiting named(Stage stage, String what, String cause) throws RadosException {
        return named(rados, stage, what, cause);
    }

    private static Waiting named(Rados client, Stage stage, String what, String cause) throws RadosException {
        long start = System.nanoTime();
        while (true) {
            Explanation all = client.explain();
            Duration took = Duration.ofNanos(System.nanoTime() - start);
            Optional<Waiting> found = find(all, stage, what, cause);
            if (found.isPresent()) {
                LOG.info("after {} ms: {}", took.toMillis(), found.get());
                assertThat(found.get().since()).isBeforeOrEqualTo(Instant.now().plusMillis(1));
                return found.get();
            }
            assertThat(took)
                    .as("until it says '%s' and '%s' in stage %s; now: %s", what, cause, stage.name(), all)
                    .isLessThan(SOON);
        }
    }

    private void nothingIsWaitedFor() throws RadosException {
        long start = System.nanoTime();
        Explanation all = rados.explain();
        while (!all.waiting().isEmpty()) {
            assertThat(System.nanoTime() - start).as(all.toString()).isLessThan(TimeUnit.SECONDS.toNanos(60));
            all = rados.explain();
        }
        assertThat(all).hasToString("nothing is waited for");
    }

    // ---- staging

    private String pool(String label) throws IOException {
        return cluster.pool(ExplainTest.class, label, 1);
    }

    private String primary(String pool, String object) throws IOException {
        String map = cluster.run("ceph", "osd", "map", pool, object, "-f", "json");
        return "osd." + map.replaceAll("(?s).*\"acting_primary\": *(\\d+).*", "$1");
    }

    private static CompletableFuture<?> write(Pool pool, String object) {
        return pool.operateAsync(object, new WriteOperation().writeFull(ByteBuffer.allocate(16)));
    }

    private static CompletableFuture<Void> write(Image image) {
        return image.writeAsync(0, ByteBuffer.allocate(512));
    }

    private static void ends(Future<?> future) throws Exception {
        future.get(60, TimeUnit.SECONDS);
    }

    private <T> Future<T> begin(Callable<T> blocking) {
        return threads.submit(blocking);
    }

    /** An image whose first object lies on another OSD than what verbs read and change. */
    private String image(Rbd rbd, String name) throws IOException {
        String pool = rbd.pool().name();
        for (int i = 0; ; i++) {
            String id = rbd.create(name + i, 8 << 20, ImageOptions.DEFAULT.withFeatures("layering,exclusive-lock"));
            String data = primary(pool, ObjectNames.data("rbd_data." + id, 0));
            if (!data.equals(primary(pool, ObjectNames.header(id))) && !data.equals(primary(pool, "rbd_info"))) {
                return name + i;
            }
        }
    }

    private String osdOf(Image image) throws IOException {
        return primary(poolOfImages, ObjectNames.data("rbd_data." + image.id(), 0));
    }

    private Rbd images(String label) throws IOException {
        poolOfImages = pool(label);
        return Rbd.on(rados.pool(poolOfImages));
    }

    // ---- OSDs

    @Test
    void aStoppedOsd() throws Exception {
        Pool pool = rados.pool(pool("stopped"));
        Wait.on(write(pool, "a"));
        nothingIsWaitedFor();
        String osd = primary(pool.name(), "a");
        cluster.pause(osd);
        CompletableFuture<?> written;
        try {
            written = write(pool, "a");
            Waiting waiting = named(Stage.ANSWER, "writing object a", osd + " at ");
            assertThat(waiting.cause()).contains("has not answered").contains("sent 1 times");
        } finally {
            cluster.resume(osd);
        }
        ends(written);
        nothingIsWaitedFor();
    }

    @Test
    void anOsdThatIsNotThere() throws Exception {
        Pool pool = rados.pool(pool("dead"));
        Wait.on(write(pool, "a"));
        String osd = primary(pool.name(), "a");
        cluster.run("ceph", "osd", "set", "nodown");
        cluster.stop(osd);
        CompletableFuture<?> written;
        try {
            written = write(pool, "a");
            named(Stage.CONNECTING, "writing object a", osd + " at ");
            cluster.run("ceph", "osd", "unset", "nodown");
            cluster.run("ceph", "osd", "down", osd);
            Wait.on(rados.waitForLatestOsdMapAsync());
            named(Stage.PLACEMENT, "writing object a", "no OSD serves it");
        } finally {
            cluster.run("ceph", "osd", "unset", "nodown");
            cluster.revive(osd);
            cluster.awaitHealthy();
        }
        ends(written);
    }

    @Test
    void aGroupWithTooFewOsdsThatHoldsBack() throws Exception {
        Pool pool = rados.pool(cluster.pool(ExplainTest.class, "backoff", 3));
        Wait.on(write(pool, "a"));
        cluster.run("ceph", "osd", "pool", "set", pool.name(), "min_size", "3");
        String primary = primary(pool.name(), "a");
        String other = primary.equals(OSDS[0]) ? OSDS[1] : OSDS[0];
        cluster.stop(other);
        CompletableFuture<?> written;
        try {
            cluster.run("ceph", "osd", "down", other);
            Wait.on(rados.waitForLatestOsdMapAsync());
            written = write(pool, "a");
            named(Stage.BACKOFF, "writing object a", primary + " at ");
        } finally {
            cluster.revive(other);
            cluster.awaitHealthy();
        }
        ends(written);
    }

    @Test
    void aPausedCluster() throws Exception {
        Pool pool = rados.pool(pool("paused"));
        Wait.on(write(pool, "a"));
        cluster.run("ceph", "osd", "pause");
        CompletableFuture<?> written;
        try {
            Wait.on(rados.waitForLatestOsdMapAsync());
            written = write(pool, "a");
            named(Stage.PAUSED, "writing object a", "the cluster has paused writes");
        } finally {
            cluster.run("ceph", "osd", "unpause");
        }
        ends(written);
    }

    @Test
    void aPoolOverItsQuota() throws Exception {
        Pool pool = rados.pool(pool("quota"));
        Wait.on(write(pool, "a"));
        Wait.on(write(pool, "b"));
        cluster.run("ceph", "osd", "pool", "set-quota", pool.name(), "max_objects", "1");
        long start = System.nanoTime();
        while (!cluster.run("ceph", "osd", "pool", "ls", "detail").contains("full_quota")) {
            assertThat(System.nanoTime() - start).isLessThan(TimeUnit.SECONDS.toNanos(60));
        }
        Wait.on(rados.waitForLatestOsdMapAsync());
        CompletableFuture<?> written = write(pool, "c");
        named(Stage.FULL, "writing object c", "the pool is full or over its quota");
        cluster.run("ceph", "osd", "pool", "set-quota", pool.name(), "max_objects", "0");
        ends(written);
    }

    @Test
    void aMapThatHasToCome() throws Exception {
        Pool pool = rados.pool(pool("barrier"));
        long epoch = rados.osdMapEpoch() + 1;
        rados.setEpochBarrier(epoch);
        CompletableFuture<?> written = write(pool, "a");
        named(Stage.MAP, "writing object a", "which is waited for");
        cluster.run("ceph", "osd", "set", "noscrub");
        cluster.run("ceph", "osd", "unset", "noscrub");
        ends(written);
    }

    // ---- limits

    @Test
    void theClientsOwnLimit() throws Exception {
        try (Rados client = Rados.connect(
                TestConf.builder(cluster).set("objecter_inflight_ops", "2").build())) {
            Pool pool = client.pool(pool("limit"));
            Wait.on(write(pool, "a"));
            String osd = primary(pool.name(), "a");
            cluster.pause(osd);
            CompletableFuture<?> last = null;
            try {
                for (int i = 0; i < 4; i++) {
                    last = write(pool, "a");
                }
                named(client, Stage.LIMIT, "writing object a", "2 operations of");
            } finally {
                cluster.resume(osd);
            }
            ends(last);
        }
    }

    @Test
    void theImagesLimit() throws Exception {
        Rbd rbd = images("qos");
        rbd.create("slow", 8 << 20, ImageOptions.DEFAULT);
        assertThat(cluster.run(
                        "rbd", "config", "image", "set", poolOfImages + "/slow", "rbd_qos_write_iops_limit", "1"))
                .isEmpty();
        try (Image image = rbd.open("slow")) {
            CompletableFuture<Void> last = write(image);
            for (int i = 0; i < 3; i++) {
                last = write(image);
            }
            named(Stage.LIMIT, "of image " + poolOfImages + "/slow", "rbd_qos_write_iops_limit=1");
            ends(last);
        }
    }

    // ---- images

    @Test
    void aNativeOwnerThatDoesNotAnswer() throws Exception {
        Rbd rbd = images("owner");
        rbd.create("owned", 8 << 20, ImageOptions.DEFAULT);
        try (NativeClient owner = new NativeClient(cluster, poolOfImages);
                Image image = rbd.open("owned")) {
            owner.open("owned");
            owner.write(0, 1, 512);
            String client = "client." + owner.run("cluster.get_instance_id()");
            CompletableFuture<Void> written;
            Future<?> resized;
            owner.stop();
            try {
                written = write(image);
                Waiting waiting =
                        named(Stage.LOCK, "1 change of image " + poolOfImages + "/owned", "and is being asked for it");
                assertThat(waiting.cause()).contains(client + " at ").contains("is alive: it watches the image");
                named(Stage.WATCHERS, "notifying the watchers of", "not all of them have answered");
                resized = begin(() -> {
                    image.resize(16 << 20, Progress.NONE);
                    return null;
                });
            } finally {
                owner.resume();
            }
            ends(written);
            ends(resized);
        }
    }

    @Test
    void aVerbThatTheNativeOwnerHasNotBegun() throws Exception {
        Rbd rbd = images("verb");
        rbd.create("asked", 8 << 20, ImageOptions.DEFAULT);
        try (NativeClient owner = new NativeClient(cluster, poolOfImages);
                Image image = rbd.open("asked")) {
            owner.open("asked");
            owner.write(0, 1, 512);
            owner.stop();
            Future<?> snapshot;
            try {
                snapshot = begin(() -> {
                    image.createSnapshot("s");
                    return null;
                });
                named(Stage.OWNER, "SNAP_CREATE of image " + poolOfImages + "/asked", "has not said that it does it");
            } finally {
                owner.resume();
            }
            ends(snapshot);
        }
    }

    @Test
    void aLockThatAPersonHasTaken() throws Exception {
        Rbd rbd = images("person");
        rbd.create("locked", 8 << 20, ImageOptions.DEFAULT);
        cluster.run("rbd", "lock", "add", poolOfImages + "/locked", "mine");
        try (Image image = rbd.open("locked")) {
            CompletableFuture<Void> written = write(image);
            named(Stage.LOCK, "1 change of image " + poolOfImages + "/locked", "a lock of another kind, \"mine\"");
            String locker = cluster.run("rbd", "lock", "ls", poolOfImages + "/locked")
                    .lines()
                    .filter(line -> line.contains("mine"))
                    .findFirst()
                    .orElseThrow()
                    .split(" ")[0];
            cluster.run("rbd", "lock", "rm", poolOfImages + "/locked", "mine", locker);
            ends(written);
        }
    }

    @Test
    void aSnapshotThatClosesTheGate() throws Exception {
        Rbd rbd = images("gate");
        String name = image(rbd, "gated");
        try (Image image = rbd.open(name)) {
            write(image).get(60, TimeUnit.SECONDS);
            String osd = osdOf(image);
            cluster.pause(osd);
            CompletableFuture<Void> before;
            CompletableFuture<Void> behind;
            Future<?> snapshot;
            try {
                before = write(image);
                snapshot = begin(() -> {
                    image.createSnapshot("s");
                    return null;
                });
                named(Stage.GATE, "creating snapshot s of image " + poolOfImages + "/" + name, "writes under way");
                behind = write(image);
                Waiting waiting = named(
                        Stage.GATE,
                        "1 change of image " + poolOfImages + "/" + name,
                        "others being kept out by creating snapshot s");
                assertThat(waiting.cause()).contains("which waits for writes under way");
                named(Stage.ANSWER, "writing object rbd_data." + image.id(), osd + " at ");
            } finally {
                cluster.resume(osd);
            }
            ends(before);
            ends(snapshot);
            ends(behind);
        }
        nothingIsWaitedFor();
    }

    @Test
    void aWriteInDoubt() throws Exception {
        try (Rados client = Rados.connect(TestConf.builder(cluster)
                .set("rados_osd_op_timeout", Duration.ofSeconds(1))
                .build())) {
            Pool pool = client.pool(pool("doubt"));
            Wait.on(write(pool, "a"));
            String osd = primary(pool.name(), "a");
            cluster.pause(osd);
            OutcomeUnknownException late;
            try {
                CompletableFuture<?> written = write(pool, "a");
                late = catchThrowableOfType(OutcomeUnknownException.class, () -> Wait.on(written));
                assertThat(late).hasMessageContaining("ms for an OSD's answer: " + osd + " at ");
                named(client, Stage.IN_DOUBT, "writing object a", osd + " at ");
            } finally {
                cluster.resume(osd);
            }
            late.receipt().finish();
        }
    }

    // ---- monitors and managers

    @Test
    void monitorsThatDoNotAnswer() throws Exception {
        String only = "mon.a";
        cluster.pause(only);
        CompletableFuture<?> asked;
        try {
            asked = rados.monCommandAsync("{\"prefix\": \"osd stat\"}", new byte[0]);
            named(Stage.MONITORS, "running command 'osd stat'", "mon.a has not answered");
        } finally {
            cluster.resume(only);
        }
        ends(asked);
    }

    @Test
    void aDeadlineNamesTheLimit() throws Exception {
        try (Rados client = Rados.connect(TestConf.builder(cluster)
                .set("objecter_inflight_ops", "1")
                .set("rados_osd_op_timeout", Duration.ofSeconds(1))
                .build())) {
            Pool pool = client.pool(pool("limit"));
            Wait.on(write(pool, "a"));
            String osd = primary(pool.name(), "a");
            cluster.pause(osd);
            try {
                write(pool.withDeadline(Duration.ofMinutes(2)), "a");
                CompletableFuture<?> second = write(pool, "a");
                DeadlineException late = catchThrowableOfType(DeadlineException.class, () -> Wait.on(second));
                assertThat(late.sent()).isEqualTo(DeadlineException.Sent.NEVER_SENT);
                assertThat(late)
                        .hasMessageContaining("ms for room within a limit: 1 operations of")
                        .hasMessageContaining("for " + osd);
            } finally {
                cluster.resume(osd);
            }
        }
    }
}
