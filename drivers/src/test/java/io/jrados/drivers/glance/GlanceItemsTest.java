package io.jrados.drivers.glance;

import static io.jrados.drivers.Clusters.assertEmpty;
import static io.jrados.drivers.Clusters.data;
import static io.jrados.drivers.Clusters.digest;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.jrados.conf.CephConf;
import io.jrados.drivers.ByteSource;
import io.jrados.drivers.Clusters;
import io.jrados.drivers.DriverEvent;
import io.jrados.drivers.DriverException;
import io.jrados.drivers.DriverException.Kind;
import io.jrados.drivers.ImageReader;
import io.jrados.drivers.glance.model.AddedImage;
import io.jrados.drivers.glance.model.GlanceOptions;
import io.jrados.drivers.glance.model.Upload;
import io.jrados.error.Errno;
import io.jrados.error.RadosException;
import io.jrados.rados.Rados;
import io.jrados.rados.Wait;
import io.jrados.rbd.Image;
import io.jrados.rbd.Rbd;
import io.jrados.rbd.model.Features;
import io.jrados.rbd.model.ImageOptions;
import io.jrados.rbd.model.Progress;
import io.jrados.testkit.CephCluster;
import io.jrados.testkit.CephTest;
import io.jrados.testkit.Covers;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The rest of the store: options, several stores, parts of images, checks, events, and calls that return at once. */
@CephTest
@Timeout(120)
class GlanceItemsTest {
    private static final int MIB = 1 << 20;

    @TempDir
    private Path folder;

    private CephCluster cluster;
    private String pool;
    private Rados rados;
    private GlanceOptions options;

    @BeforeEach
    void connect(CephCluster theCluster) throws IOException {
        cluster = theCluster;
        pool = cluster.pool(GlanceItemsTest.class);
        rados = Clusters.connect(cluster, "crc");
        options = GlanceOptions.DEFAULT.withPool(pool).withChunkSize(1);
    }

    @AfterEach
    void leaveNothing() throws IOException {
        rados.close();
        assertEmpty(cluster, pool);
    }

    private static ByteSource source(byte[] bytes) {
        return ByteSource.of(new ByteArrayInputStream(bytes));
    }

    private static DriverException assertFails(Kind kind, ThrowingCallable call) {
        DriverException failed = catchThrowableOfType(DriverException.class, call);
        assertThat(failed).isNotNull();
        assertThat(failed.kind()).as(failed.getMessage()).isEqualTo(kind);
        return failed;
    }

    private static byte[] all(ImageReader reader) throws IOException {
        try (reader) {
            ByteBuffer all = ByteBuffer.allocate(64 * MIB);
            while (reader.read(all) >= 0) {
                assertThat(all.hasRemaining()).isTrue();
            }
            byte[] bytes = new byte[all.flip().remaining()];
            all.get(bytes);
            return bytes;
        }
    }

    @Test
    @Covers("O3")
    void item003InLibertyAnImageOfUnknownSizeGrowsWithEachChunk() throws IOException {
        GlanceStore store = new GlanceStore(
                rados, GlanceOptions.LIBERTY.withPool(pool).withChunkSize(1).withWritesInFlight(1));
        byte[] bytes = data(3, 5 * MIB + 77);
        ByteSource all = source(bytes);
        List<Long> sizes = new ArrayList<>();
        int[] read = {0};
        ByteSource watched = chunk -> {
            if (chunk.position() == 0) {
                try (Image image = Rbd.on(rados.pool(pool)).openReadOnly("liberty")) {
                    sizes.add(image.size());
                    assertThat(image.size()).isEqualTo(read[0]);
                }
            }
            boolean more = all.read(chunk);
            read[0] = Math.min(bytes.length, (sizes.size()) * MIB);
            return more;
        };
        AddedImage added = store.add("liberty", watched, 0);
        assertThat(sizes).contains(0L, (long) MIB, 5L * MIB);
        assertThat(store.size(added.uri())).isEqualTo(bytes.length);
        assertThat(all(store.get(added.uri()))).isEqualTo(bytes);
        store.delete(added.uri());
    }

    @Test
    @Covers("O12")
    void item012FeaturesAreAsTheClientsConfigurationSays() throws IOException {
        for (String features : new String[] {"3", "0"}) {
            try (Rados other = Rados.connect(CephConf.builder()
                    .file(cluster.conf())
                    .set("rbd_default_features", features)
                    .build())) {
                GlanceStore store = new GlanceStore(other, options);
                AddedImage added = store.add("featured", source(new byte[9]), 9);
                // Striping in the usual way is no feature.
                assertThat(cluster.run("rbd", "info", "--format", "json", pool + "/featured"))
                        .contains("\"features\":[\"layering\"]");
                store.delete(added.uri());
            }
        }
        GlanceStore store = new GlanceStore(rados, options.withFeatures(Features.LAYERING | Features.EXCLUSIVE_LOCK));
        AddedImage added = store.add("featured", source(new byte[9]), 9);
        assertThat(cluster.run("rbd", "info", "--format", "json", pool + "/featured"))
                .contains("\"features\":[\"layering\",\"exclusive-lock\"]");
        store.delete(added.uri());
    }

    @Test
    @Covers("O16")
    void item016PartsOfAnImageAreRead() throws IOException {
        byte[] bytes = data(16, 3 * MIB + 500);
        GlanceStore store = new GlanceStore(rados, options);
        String uri = store.add("parts", source(bytes), bytes.length).uri();
        for (long[] part : new long[][] {
            {0, 1}, {MIB - 3, 7}, {5, 2 * MIB}, {3 * MIB, MIB}, {bytes.length, 5}, {1L << 50, 5}, {9, 0}
        }) {
            int from = (int) Math.min(part[0], bytes.length);
            int to = (int) Math.min(from + part[1], bytes.length);
            assertThat(all(store.get(uri, part[0], part[1]))).isEqualTo(java.util.Arrays.copyOfRange(bytes, from, to));
        }
        assertThatThrownBy(() -> store.get(uri, -1, 5)).hasMessageContaining("offset");
        assertThatThrownBy(() -> store.get(uri, 5, -1)).hasMessageContaining("length");
        assertFails(Kind.NOT_FOUND, () -> store.get(uri.replace("parts", "none"), 0, 1));
        store.delete(uri);
    }

    @Test
    @Covers("O23")
    void item023MonitorsThatAreNotThereFailOneStoreOnly() throws IOException {
        try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            Path dead = Files.writeString(
                    folder.resolve("dead.conf"),
                    "[global]\nmon_host = v2:127.0.0.1:" + silent.getLocalPort() + "\nkey = "
                            + cluster.admin().key() + "\n");
            long begin = System.nanoTime();
            DriverException failed = assertFails(
                    Kind.STORE_BACKEND,
                    () -> GlanceStore.connect(
                            options.withCephConf(dead.toString()).withConnectTimeout(3)));
            assertThat(System.nanoTime() - begin).isLessThan(30_000_000_000L);
            assertThat(failed.kind().upstreamName()).isEqualTo("BackendException");
            assertThat(failed).hasCauseInstanceOf(RadosException.class);

            Path conf = Files.writeString(
                    folder.resolve("glance-api.conf"),
                    """
                    [DEFAULT]
                    enabled_backends = fast:rbd, dead:rbd, files:file
                    [glance_store]
                    default_backend = fast
                    [backend_defaults]
                    store_description = one of two
                    rbd_store_ceph_conf = %s
                    [fast]
                    rbd_store_pool = %s
                    [dead]
                    rbd_store_pool = %s
                    rbd_store_ceph_conf = %s
                    rados_connect_timeout = 3
                    """
                            .formatted(cluster.conf(), pool, pool, dead));
            try (GlanceStores stores = GlanceStores.open(conf)) {
                assertThat(stores.ids()).containsExactly("fast");
                assertFails(Kind.BAD_STORE_CONFIGURATION, () -> stores.store("dead"));
                assertFails(Kind.BAD_STORE_CONFIGURATION, () -> stores.store("other"));
                assertThat(stores.defaultStore().options().storeId()).contains("fast");
            }
        }
    }

    @Test
    @Covers("O24")
    void item024AnImageIsInTheStoreThatItsMetadataNames() throws IOException {
        String second = cluster.pool(GlanceItemsTest.class, "second");
        Path conf = Files.writeString(
                folder.resolve("glance-api.conf"),
                """
                [DEFAULT]
                enabled_backends = cheap:rbd, fast:rbd
                hashing_algorithm = sha256
                [glance_store]
                default_backend = fast
                [backend_defaults]
                rbd_store_ceph_conf = %s
                rbd_store_chunk_size = 2
                [cheap]
                rbd_store_pool = %s
                store_description = Slow: and "cheap"
                weight = 3
                [fast]
                rbd_store_pool = %s
                rbd_thin_provisioning = True
                """
                        .formatted(cluster.conf(), second, pool));
        byte[] bytes = data(24, MIB);
        try (GlanceStores stores = GlanceStores.open(conf)) {
            assertThat(stores.ids()).containsExactlyInAnyOrder("cheap", "fast");
            AddedImage added = stores.defaultStore().add("image", source(bytes), bytes.length);
            assertThat(added.metadata()).containsOnly(java.util.Map.entry("store", "fast"));
            assertThat(added.multihash()).isEqualTo(digest("SHA-256", bytes));
            assertThat(stores.defaultStore().urlPrefix()).isEqualTo("rbd://" + rados.fsid() + "/" + pool + "/");
            assertThat(added.uri()).startsWith(stores.defaultStore().urlPrefix());
            assertThat(stores.storeOf(added.uri())).isSameAs(stores.defaultStore());
            AddedImage cheap = stores.store("cheap").add("image", source(bytes), 0);
            assertThat(cheap.metadata()).containsEntry("store", "cheap");
            assertThat(stores.store("cheap").options().weight()).isEqualTo(3);
            assertThat(stores.store("cheap").options().chunkSize()).isEqualTo(2);
            assertThat(cluster.run("rbd", "ls", second)).isEqualTo("image");
            stores.storeOf(cheap.uri()).delete(cheap.uri());
            stores.storeOf(added.uri()).delete(added.uri());
            assertFails(Kind.NOT_FOUND, () -> stores.storeOf("rbd://image"));
        }
        assertEmpty(cluster, second);
    }

    @Test
    void aCheckGoesAlongAndMayEndTheUpload() throws Exception {
        byte[] bytes = data(30, 2 * MIB + 9);
        MessageDigest seen = MessageDigest.getInstance("SHA-256");
        GlanceStore store = new GlanceStore(rados, options);
        AddedImage added = store.add(Upload.of("checked", source(bytes))
                .withSize(bytes.length)
                .withHashingAlgorithm("sha1")
                .withVerifier(seen::update));
        assertThat(HexFormat.of().formatHex(seen.digest())).isEqualTo(digest("SHA-256", bytes));
        assertThat(added.multihash()).isEqualTo(digest("SHA-1", bytes));
        store.delete(added.uri());

        IllegalStateException wrong = new IllegalStateException("the signature is wrong");
        assertThatThrownBy(() -> store.add(Upload.of("wrong", source(bytes)).withVerifier(piece -> {
                    throw wrong;
                })))
                .isSameAs(wrong);
        assertFails(
                Kind.UNKNOWN_HASHING_ALGORITHM,
                () -> store.add(Upload.of("unknown", source(bytes)).withHashingAlgorithm("no-such")));
    }

    @Test
    void eventsTellWhatWasDone() throws IOException {
        List<String> events = new ArrayList<>();
        DriverEvent.Hook hook = event -> {
            events.add(event.call() + " " + event.step() + " " + event.image() + " "
                    + event.failure()
                            .map(failed -> failed.getClass().getSimpleName())
                            .orElse(""));
            throw new IllegalStateException("a hook that fails changes nothing");
        };
        GlanceStore store = new GlanceStore(rados, options, hook);
        String uri = store.add("told", source(new byte[9]), 9).uri();
        assertFails(Kind.DUPLICATE, () -> store.add("told", source(new byte[9]), 9));
        store.delete(uri);
        String image = pool + "/told";
        assertThat(events)
                .containsExactly(
                        "add created " + image + " ",
                        "add uploaded " + image + " ",
                        "add end " + image + " ",
                        "add end " + image + " DriverException",
                        "delete snapshot removed " + image + "@snap ",
                        "delete removed " + image + " ",
                        "delete end " + uri + " ");
    }

    @Test
    void callsRunOnAnExecutorAndCanBeCancelled() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try {
            GlanceStore store = new GlanceStore(rados, options);
            byte[] bytes = data(31, MIB);
            AsyncGlanceStore async = store.async(threads);
            AddedImage added =
                    Wait.on(async.addAsync(Upload.of("async", source(bytes)).withSize(bytes.length)));
            assertThat(Wait.on(async.sizeAsync(added.uri()))).isEqualTo(bytes.length);
            assertThat(all(Wait.on(async.getAsync(added.uri())))).isEqualTo(bytes);
            assertThat(all(Wait.on(async.getAsync(added.uri(), 5, 5)))).hasSize(5);
            Wait.on(async.deleteAsync(added.uri()));
            CompletableFuture<Long> failed = async.sizeAsync(added.uri());
            assertFails(Kind.NOT_FOUND, () -> Wait.on(failed));

            CompletableFuture<Void> reached = new CompletableFuture<>();
            CompletableFuture<Void> cancelled = new CompletableFuture<>();
            CompletableFuture<Void> ended = new CompletableFuture<>();
            ByteSource endless = chunk -> {
                chunk.put((byte) 1);
                reached.complete(null);
                Wait.on(cancelled);
                return true;
            };
            DriverEvent.Hook hook = event -> {
                if (event.step().equals("end")) {
                    ended.complete(null);
                }
            };
            CompletableFuture<AddedImage> upload =
                    new GlanceStore(rados, options, hook).async(threads).addAsync(Upload.of("cancelled", endless));
            Wait.on(reached);
            upload.cancel(false);
            cancelled.complete(null);
            Wait.on(ended);

            CompletableFuture<Long> refused = store.async(task -> {
                        throw new RejectedExecutionException("no room");
                    })
                    .sizeAsync("rbd://any");
            assertThat(catchThrowableOfType(RadosException.class, () -> Wait.on(refused))
                            .errno())
                    .isEqualTo(Errno.EAGAIN);
        } finally {
            threads.shutdown();
        }
    }

    @Test
    void anUploadIsCancelledByItsProgress() throws IOException {
        GlanceStore store = new GlanceStore(rados, options);
        boolean[] enough = {false};
        Progress progress = new Progress() {
            @Override
            public void report(long done, long total) {
                enough[0] = done >= 2 * MIB;
            }

            @Override
            public boolean isCancelled() {
                return enough[0];
            }
        };
        RadosException failed = catchThrowableOfType(
                RadosException.class, () -> store.add("stopped", source(new byte[5 * MIB]), 5 * MIB, progress));
        assertThat(failed.errno()).isEqualTo(Errno.ECANCELED);
    }

    @Test
    void whatADeadUploadLeftIsReplacedAndNothingElseIs() throws IOException {
        GlanceStore store = new GlanceStore(rados, options);
        Rbd rbd = Rbd.on(rados.pool(pool));
        ImageOptions marked = ImageOptions.DEFAULT.withMetadata("jrados.unfinished-image", "of a dead client");
        byte[] bytes = data(32, MIB);

        rbd.create("left", 5 * MIB, marked);
        AddedImage added = store.add("left", source(bytes), bytes.length);
        assertThat(all(store.get(added.uri()))).isEqualTo(bytes);
        try (Image image = rbd.openReadOnly("left")) {
            assertThat(image.metadata()).isEmpty();
        }
        assertFails(Kind.DUPLICATE, () -> store.add("left", source(bytes), bytes.length));
        store.delete(added.uri());

        // Whole but for the mark: its maker told nobody.
        rbd.create("whole", 5 * MIB, marked);
        try (Image image = rbd.open("whole")) {
            image.createSnapshot("snap");
            image.protectSnapshot("snap");
        }
        store.delete(store.add("whole", source(bytes), bytes.length).uri());

        rbd.create("watched", 5 * MIB, marked);
        try (Rados maker = Clusters.connect(cluster, "crc");
                Image open = Rbd.on(maker.pool(pool)).open("watched")) {
            assertFails(Kind.DUPLICATE, () -> store.add("watched", source(bytes), bytes.length));
            assertThat(open.metadata()).containsKey("jrados.unfinished-image");
        }
        rbd.remove("watched", Progress.NONE);

        // As glance_store's own upload begins.
        rbd.create("theirs", 5 * MIB, ImageOptions.DEFAULT);
        assertFails(Kind.DUPLICATE, () -> store.add("theirs", source(bytes), bytes.length));
        rbd.remove("theirs", Progress.NONE);
    }
}
