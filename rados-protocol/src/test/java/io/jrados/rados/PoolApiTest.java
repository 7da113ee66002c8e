package io.jrados.rados;

import static io.jrados.rados.NativeClients.bytes;
import static io.jrados.rados.NativeClients.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jrados.error.Errno;
import io.jrados.error.RadosException;
import io.jrados.osd.op.ReadOperation;
import io.jrados.osd.op.SnapContext;
import io.jrados.osd.op.WriteOperation;
import io.jrados.osd.op.WriteResult;
import io.jrados.testkit.CephCluster;
import io.jrados.testkit.CephTest;
import io.jrados.testkit.Covers;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;

/**
 * The features of a pool besides operations: pages, flushing, snapshots of the whole, watches that are asked how they
 * are.
 */
@CephTest
class PoolApiTest {
    private static CephCluster cluster;
    private static Rados rados;
    private static Pool pool;
    private static NativeClients natives;

    @BeforeAll
    static void connect(CephCluster shared, TestInfo test) throws IOException {
        cluster = shared;
        String name = shared.pool(test.getTestClass().orElseThrow());
        rados = Clients.connect(shared);
        pool = rados.pool(name);
        natives = new NativeClients(shared, name);
    }

    @AfterAll
    static void close() {
        rados.close();
    }

    @Test
    @Covers({"E66", "F12"})
    void goesThroughAnOmapAsFarAsItIsAsked() throws Exception {
        Map<String, byte[]> pairs = new TreeMap<>();
        for (int i = 0; i < 2500; i++) {
            pairs.put(String.format("%s-%04d", i % 2 == 0 ? "even" : "odd", i), new byte[] {1});
        }
        pool.operate("omap", new WriteOperation().omapSet(pairs));
        assertThat(pool.omapStream("omap", "").limit(3).map(Map.Entry::getKey))
                .containsExactly("even-0000", "even-0002", "even-0004");
        assertThat(pool.omapStream("omap", "odd").count()).isEqualTo(1250);
        assertThat(pool.omapEntries("omap", "")).hasSize(2500);
        assertThatThrownBy(() -> pool.omap("absent"))
                .isInstanceOfSatisfying(RadosException.class, failed -> assertThat(failed.errno())
                        .isEqualTo(Errno.ENOENT));
    }

    @Test
    @Covers({"F13"})
    void flushingWaitsForEarlierWrites() throws Exception {
        List<CompletableFuture<?>> writes = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            writes.add(pool.writeAsync("flushed-" + i % 7, i, ByteBuffer.allocate(100)));
        }
        Wait.on(pool.flushAsync());
        assertThat(writes).allMatch(CompletableFuture::isDone);
        Wait.on(pool.flushAsync());
    }

    @Test
    @Covers({"C17", "E21", "F18"})
    void snapshotsOfTheWholePool() throws Exception {
        // monitors ask more than a profile for it, whoever owns the objects
        try (Rados admin = Clients.connect(cluster, cluster.admin())) {
            Pool whole = admin.pool(cluster.pool(getClass(), "snaps"));
            whole.writeFull("o", bytes("before"));
            whole.createSnapshot("monday");
            PoolSnapshot monday = whole.snapshots().get(0);
            assertThat(monday.name()).isEqualTo("monday");
            whole.writeFull("o", bytes("after"));
            assertThat(text(Wait.on(whole.operateAsync("o", new ReadOperation().read(0, 100), monday.id()))
                            .data(0)))
                    .isEqualTo("before");
            assertThat(new NativeClients(cluster, whole.name()).rados("-s", "monday", "get", "o", "-"))
                    .contains("before");
            assertThat(new NativeClients(cluster, whole.name()).rados("lssnap")).contains("monday");
            whole.operate("o", new WriteOperation().rollback(monday.id()));
            assertThat(text(whole.operate("o", new ReadOperation().read(0, 100)).data(0)))
                    .isEqualTo("before");
            new NativeClients(cluster, whole.name()).rados("mksnap", "tuesday");
            Wait.on(admin.waitForLatestOsdMapAsync());
            assertThat(whole.snapshots()).extracting(PoolSnapshot::name).containsExactlyInAnyOrder("monday", "tuesday");
            whole.removeSnapshot("monday");
            assertThat(whole.snapshots()).extracting(PoolSnapshot::name).containsExactly("tuesday");
            assertThatThrownBy(whole::createSnapId)
                    .as("not both kinds in one pool")
                    .isInstanceOfSatisfying(RadosException.class, failed -> assertThat(failed.errno())
                            .isEqualTo(Errno.EINVAL));
        }
    }

    @Test
    @Covers({"F19", "E77"})
    void aSnapshotIdThatIsRemovedReadsNothing() throws Exception {
        pool.writeFull("gone", bytes("old"));
        long snap = pool.createSnapId();
        pool.operate("gone", new WriteOperation().writeFull(bytes("new")), new SnapContext(snap, snap));
        pool.removeSnapId(snap);
        pool.remove("gone");
        assertThatThrownBy(() -> pool.stat("gone"))
                .isInstanceOfSatisfying(RadosException.class, failed -> assertThat(failed.errno())
                        .isEqualTo(Errno.ENOENT));
    }

    @Test
    @Covers({"E34", "E35", "F16"})
    void aWatchTellsHowItIs() throws Exception {
        pool.writeFull("asked", bytes("x"));
        BlockingQueue<String> told = new LinkedBlockingQueue<>();
        AtomicReference<Watch> itself = new AtomicReference<>();
        Watch watch = Wait.on(pool.watchAsync(
                "asked",
                new Watch.Listener() {
                    @Override
                    public byte[] onNotify(long notifyId, long notifierId, byte[] message) {
                        try {
                            // Ending a watch in its own callback must not wait for that callback.
                            Wait.on(itself.get().closeAsync());
                            told.add("closed");
                        } catch (RadosException failed) {
                            told.add(failed.getMessage());
                        }
                        return new byte[0];
                    }

                    @Override
                    public void onError(RadosException error) {
                        told.add(error.getMessage());
                    }
                },
                Duration.ofSeconds(77)));
        itself.set(watch);
        assertThat(watch.sinceConfirmed()).isLessThan(Duration.ofMinutes(1));
        assertThat(pool.operate("asked", new ReadOperation().listWatchers()).watchers(0))
                .singleElement()
                .satisfies(watcher -> {
                    assertThat(watcher.timeoutSeconds()).isEqualTo(77);
                    assertThat(watcher.address()).isEqualTo(rados.address());
                });
        CompletableFuture<NotifyResult> notified = pool.notifyAsync("asked", new byte[0], Duration.ofSeconds(5));
        assertThat(told.poll(30, TimeUnit.SECONDS)).isEqualTo("closed");
        Wait.on(watch.flushAsync());
        Wait.on(notified);
        assertThat(pool.operate("asked", new ReadOperation().listWatchers()).watchers(0))
                .isEmpty();
        assertThat(told).isEmpty();
    }

    @Test
    @Covers({"E38", "E86", "F16", "F32"})
    void theNativeLibraryWatchesAndIsNotified() throws Exception {
        pool.writeFull("python", bytes("x"));
        CompletableFuture<String> python = CompletableFuture.supplyAsync(() -> {
            try {
                return natives.python(
                        """
                        import threading
                        heard = threading.Semaphore(0)
                        def told(notify_id, notifier_id, watch_id, data):
                            print(data.decode(), notifier_id, flush=True)
                            heard.release()
                        w = io.watch('python', told)
                        # The answer to the first goes out after its callback: a second tells that it has.
                        heard.acquire(timeout=30)
                        heard.acquire(timeout=30)
                        w.close()
                        """);
            } catch (IOException failed) {
                return failed.toString();
            }
        });
        while (pool.operate("python", new ReadOperation().listWatchers())
                        .watchers(0)
                        .isEmpty()
                && !python.isDone()) {
            Thread.onSpinWait();
        }
        NotifyResult result =
                Wait.on(pool.notifyAsync("python", "hello".getBytes(StandardCharsets.UTF_8), Duration.ofSeconds(10)));
        assertThat(result.replies()).hasSize(1);
        Wait.on(pool.notifyAsync("python", "bye".getBytes(StandardCharsets.UTF_8), Duration.ofSeconds(10)));
        assertThat(Wait.on(python)).startsWith("hello " + rados.instanceId());
    }

    @Test
    @Covers({"F05", "F13"})
    void anObserverSeesWhatIsDone() throws Exception {
        List<String> seen = new CopyOnWriteArrayList<>();
        RadosObserver observer = new RadosObserver() {
            @Override
            public void operationEnded(
                    String poolName, boolean write, long bytes, Duration took, Optional<Errno> failure) {
                seen.add((write ? "write " : "read ") + bytes + " "
                        + failure.map(Errno::toString).orElse("done"));
                throw new IllegalStateException("an observer's own mistake");
            }

            @Override
            public void osdConnected(int osd) {
                seen.add("connected");
            }

            @Override
            public void osdMap(long epoch) {
                seen.add("map");
            }
        };
        Rados observed =
                Wait.on(Rados.builder(Clients.conf(cluster)).observer(observer).connectAsync());
        try (observed) {
            observed.pool(pool.name()).writeFull("observed", ByteBuffer.allocate(123));
            assertThatThrownBy(() -> observed.pool(pool.name()).stat("unobserved"))
                    .isInstanceOf(RadosException.class);
        }
        assertThat(seen).contains("map", "connected", "write 123 done", "read 0 ENOENT");
    }

    @Test
    @Covers({"E25", "E69"})
    void aWritesClassCallsReturnTheirOutputs() throws Exception {
        // cls_hello's write_return_data answers with a number and text when its caller wants them.
        WriteResult result = pool.operate(
                "returning",
                new WriteOperation()
                        .exec("hello", "write_return_data", new byte[0])
                        .returnOutputs());
        assertThat(result.code(0)).isEqualTo(42);
        assertThat(new String(result.output(0), StandardCharsets.UTF_8)).isEqualTo("you might see this");
        WriteResult silent =
                pool.operate("returning", new WriteOperation().exec("hello", "write_return_data", new byte[0]));
        assertThat(silent.output(0)).isEmpty();
    }

    @Test
    @Covers({"E33", "E40", "E42", "E86", "K11"})
    void aWatchThatTheOsdForgetsIsLostAndMadeAnew() throws Exception {
        pool.writeFull("forgotten", bytes("x"));
        BlockingQueue<String> told = new LinkedBlockingQueue<>();
        Watch.Listener listener = new Watch.Listener() {
            @Override
            public byte[] onNotify(long notifyId, long notifierId, byte[] message) {
                told.add("notified");
                return new byte[0];
            }

            @Override
            public void onError(RadosException error) {
                told.add(error.errno().toString());
            }
        };
        // Signs of life come every 5 s: too seldom for this one.
        Watch brief = Wait.on(pool.watchAsync("forgotten", listener, Duration.ofSeconds(1)));
        assertThat(told.poll(60, TimeUnit.SECONDS)).isEqualTo("ENOTCONN");
        assertThatThrownBy(brief::sinceConfirmed)
                .isInstanceOfSatisfying(
                        RadosException.class, lost -> assertThat(lost.errno()).isEqualTo(Errno.ENOTCONN));
        Wait.on(brief.closeAsync());
        Watch again = Wait.on(pool.watchAsync("forgotten", listener));
        assertThat(again.handle()).isNotEqualTo(brief.handle());
        Wait.on(pool.notifyAsync("forgotten", new byte[0], Duration.ofSeconds(10)));
        assertThat(told.poll(30, TimeUnit.SECONDS)).isEqualTo("notified");
        Wait.on(again.closeAsync());
    }
}
