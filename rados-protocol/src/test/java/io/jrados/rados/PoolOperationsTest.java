package io.jrados.rados;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jrados.error.AlreadyExistsException;
import io.jrados.error.Errno;
import io.jrados.error.NotFoundException;
import io.jrados.error.RadosException;
import io.jrados.osd.op.Comparison;
import io.jrados.osd.op.ReadOperation;
import io.jrados.osd.op.ReadResult;
import io.jrados.osd.op.SnapContext;
import io.jrados.osd.op.WriteOperation;
import io.jrados.testkit.CephCluster;
import io.jrados.testkit.CephTest;
import io.jrados.testkit.Covers;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;

/** Operations on objects of a real cluster, and the native tool's view of them. */
@CephTest
class PoolOperationsTest {
    private static CephCluster cluster;
    private static String poolName;
    private static Rados rados;
    private static Pool pool;

    @BeforeAll
    static void connect(CephCluster shared, TestInfo test) throws IOException {
        cluster = shared;
        poolName = shared.pool(test.getTestClass().orElseThrow());
        rados = Clients.connect(shared);
        pool = rados.pool(poolName);
    }

    @AfterAll
    static void close() {
        rados.close();
    }

    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String text(String object) throws RadosException {
        ByteBuffer into = ByteBuffer.allocate(1000);
        int length = pool.read(object, 0, into);
        return new String(into.array(), 0, length, StandardCharsets.UTF_8);
    }

    private static String tool(String... words) throws IOException {
        List<String> command = new ArrayList<>(List.of("rados", "-p", poolName));
        command.addAll(List.of(words));
        return cluster.run(command.toArray(String[]::new));
    }

    @Test
    @Covers({"E51", "E60", "F08"})
    void theToolReadsWhatWeWriteAndWeReadWhatItWrites() throws Exception {
        pool.writeFull("ours", bytes("written in Java"));
        Path copy = cluster.scratch().resolve("ours");
        tool("get", "ours", copy.toString());
        assertThat(copy).hasContent("written in Java");

        Path source = Files.writeString(cluster.scratch().resolve("theirs"), "written natively");
        tool("put", "theirs", source.toString());
        assertThat(text("theirs")).isEqualTo("written natively");
        tool("append", "theirs", source.toString());
        assertThat(pool.stat("theirs").size()).isEqualTo(32);
    }

    @Test
    @Covers({"E09", "E60", "E63"})
    void writesAppendsZeroesTruncatesAndDeletes() throws Exception {
        String object = "life";
        pool.operate(object, new WriteOperation().create(true));
        assertThatThrownBy(() -> pool.operate(object, new WriteOperation().create(true)))
                .isInstanceOf(AlreadyExistsException.class);
        Wait.on(pool.appendAsync(object, bytes("one ")));
        Wait.on(pool.appendAsync(object, bytes("two")));
        pool.write(object, 4, bytes("TWO"));
        assertThat(text(object)).isEqualTo("one TWO");
        pool.operate(object, new WriteOperation().zero(0, 3).truncate(5));
        assertThat(text(object)).isEqualTo("\0\0\0 T");
        pool.remove(object);
        assertThatThrownBy(() -> pool.stat(object))
                .isInstanceOf(NotFoundException.class)
                .hasMessageContaining("object life in pool " + poolName);
    }

    @Test
    @Covers({"E66", "E67", "E68", "E80", "F09", "F10", "F11"})
    void attributesAndOmapInCompoundOperations() throws Exception {
        String object = "compound";
        pool.operate(
                object,
                new WriteOperation()
                        .writeFull(bytes("data"))
                        .setXattr("colour", "red".getBytes(StandardCharsets.UTF_8))
                        .omapSet(Map.of("a", new byte[] {1}, "b", new byte[] {2}))
                        .omapSetHeader(new byte[] {3}));
        assertThat(tool("getxattr", object, "colour")).startsWith("red");
        assertThat(tool("listomapkeys", object)).isEqualTo("a\nb");
        ReadResult read = pool.operate(
                object,
                new ReadOperation().stat().getXattrs().omapValues("", "", 10).omapHeader());
        assertThat(read.stat(0).size()).isEqualTo(4);
        assertThat(read.xattrs(1)).containsOnlyKeys("colour");
        assertThat(read.omap(2).pairs()).containsOnlyKeys("a", "b");
        assertThat(read.output(3)).containsExactly(3);
        assertThatThrownBy(() -> pool.operate(
                        object,
                        new WriteOperation()
                                .compareXattr("colour", Comparison.EQ, "blue".getBytes(StandardCharsets.UTF_8))
                                .truncate(0)))
                .isInstanceOfSatisfying(RadosException.class, failed -> assertThat(failed.errno())
                        .isEqualTo(Errno.ECANCELED));
        assertThat(text(object)).as("all parts or none").isEqualTo("data");
    }

    @Test
    @Covers("E66")
    void fetchesAnOmapPageByPage() throws Exception {
        Map<String, byte[]> pairs = new java.util.TreeMap<>();
        for (int i = 0; i < 3000; i++) {
            pairs.put(String.format("key-%05d", i), new byte[] {(byte) i});
        }
        pool.operate("pages", new WriteOperation().omapSet(pairs));
        assertThat(pool.omap("pages")).containsOnlyKeys(pairs.keySet());
    }

    @Test
    @Covers({"C18", "E20", "E59", "F19"})
    void snapshotsKeepWhatWasThere() throws Exception {
        String object = "snapped";
        pool.writeFull(object, bytes("before"));
        long snap = pool.createSnapId();
        pool.operate(object, new WriteOperation().writeFull(bytes("after")), new SnapContext(snap, snap));
        ByteBuffer old = ByteBuffer.allocate(100);
        ReadResult read = Wait.on(pool.operateAsync(object, new ReadOperation().read(0, old), snap));
        assertThat(new String(old.array(), 0, read.length(0), StandardCharsets.UTF_8))
                .isEqualTo("before");
        assertThat(text(object)).isEqualTo("after");
        assertThat(Wait.on(pool.operateAsync(object, new ReadOperation().listSnaps(), SnapContext.SNAPDIR))
                        .snaps(0)
                        .clones())
                .anySatisfy(clone -> assertThat(clone.snaps()).containsExactly(snap));
        pool.removeSnapId(snap);
    }

    @Test
    @Covers({"E69", "E87", "F15"})
    void callsObjectClasses() throws Exception {
        pool.writeFull("called", bytes("x"));
        assertThat(pool.exec("called", "lock", "list_locks", new byte[0])).isNotEmpty();
        assertThatThrownBy(() -> pool.exec("called", "nothing", "at_all", new byte[0]))
                .isInstanceOfSatisfying(RadosException.class, failed -> assertThat(failed.errno())
                        .isEqualTo(Errno.EOPNOTSUPP));
    }

    @Test
    @Covers({"D37", "E44", "F06", "F20", "K22"})
    void listsTheObjectsOfANamespace() throws Exception {
        Pool namespace = pool.inNamespace("listed");
        TreeSet<String> names = new TreeSet<>();
        List<CompletableFuture<?>> writes = new ArrayList<>();
        for (int i = 0; i < 1500; i++) {
            String name = "object-" + i + (i % 100 == 0 ? "-ö€" : "");
            names.add(name);
            writes.add(namespace.operateAsync(name, new WriteOperation().create(false)));
        }
        for (CompletableFuture<?> write : writes) {
            Wait.on(write);
        }
        List<String> listed = new ArrayList<>();
        namespace.objects().forEach(listed::add);
        assertThat(listed).containsExactlyInAnyOrderElementsOf(names);
        assertThat(tool("-N", "listed", "ls").lines()).containsExactlyInAnyOrderElementsOf(names);
    }

    @Test
    @Covers({"E32", "E35", "E37", "E38", "E39", "E43", "E57", "F16"})
    void watchesAndNotifiesWithTheToolToo() throws Exception {
        String object = "watched";
        pool.writeFull(object, bytes("x"));
        BlockingQueue<String> told = new LinkedBlockingQueue<>();
        Watch watch = Wait.on(pool.watchAsync(object, new Watch.Listener() {
            @Override
            public byte[] onNotify(long notifyId, long notifierId, byte[] message) {
                told.add(Thread.currentThread().getName() + " " + notifierId);
                return "answer".getBytes(StandardCharsets.UTF_8);
            }

            @Override
            public void onError(RadosException error) {
                told.add(error.errno().toString());
            }
        }));
        assertThat(pool.operate(object, new ReadOperation().listWatchers()).watchers(0))
                .singleElement()
                .satisfies(watcher -> {
                    assertThat(watcher.clientId()).isEqualTo(rados.instanceId());
                    assertThat(watcher.cookie()).isEqualTo(watch.handle());
                });
        assertThat(tool("listwatchers", object)).contains("client." + rados.instanceId());

        NotifyResult notified = Wait.on(pool.notifyAsync(object, new byte[] {1}, Duration.ofSeconds(10)));
        assertThat(notified.missed()).isEmpty();
        assertThat(notified.replies()).singleElement().satisfies(reply -> assertThat(reply.answer())
                .isEqualTo("answer".getBytes(StandardCharsets.UTF_8)));
        assertThat(told.poll(10, TimeUnit.SECONDS)).isEqualTo("jrados-callback " + rados.instanceId());

        assertThat(tool("notify", object, "hello")).contains("client." + rados.instanceId());
        assertThat(told.poll(10, TimeUnit.SECONDS)).startsWith("jrados-callback");

        Wait.on(watch.closeAsync());
        assertThat(pool.operate(object, new ReadOperation().listWatchers()).watchers(0))
                .isEmpty();
    }

    @Test
    @Covers({"E33", "E40", "E86"})
    void tellsAWatchOfADeletedObject() throws Exception {
        String object = "doomed";
        pool.writeFull(object, bytes("x"));
        BlockingQueue<Errno> told = new LinkedBlockingQueue<>();
        Wait.on(pool.watchAsync(object, new Watch.Listener() {
            @Override
            public byte[] onNotify(long notifyId, long notifierId, byte[] message) {
                return new byte[0];
            }

            @Override
            public void onError(RadosException error) {
                told.add(error.errno());
            }
        }));
        pool.remove(object);
        assertThat(told.poll(30, TimeUnit.SECONDS)).isEqualTo(Errno.ENOTCONN);
    }

    @Test
    @Covers({"C11", "C12", "C13", "C16", "F04", "F24"})
    void findsAPoolThatIsNewerThanItsMap() throws Exception {
        assertThatThrownBy(() -> rados.pool("no-such-pool"))
                .isInstanceOf(NotFoundException.class)
                .hasMessageContaining("opening pool no-such-pool");
        String made = cluster.pool(getClass(), "later");
        assertThat(rados.pool(made).name()).isEqualTo(made);
        assertThat(new String(
                        rados.monCommand("{\"prefix\": \"osd lspools\", \"format\": \"json\"}")
                                .output(),
                        StandardCharsets.UTF_8))
                .contains(made);
    }

    @Test
    void failsWhereTheHookSays() throws Exception {
        int[] count = {0};
        Rados counting = Wait.on(Rados.builder(Clients.conf(cluster))
                .hook((name, object, write) -> {
                    if (++count[0] == 2) {
                        throw new RadosException(Errno.EIO, "failing on purpose");
                    }
                })
                .connectAsync());
        try (counting) {
            Pool counted = counting.pool(poolName);
            counted.writeFull("hooked", bytes("x"));
            assertThatThrownBy(() -> counted.remove("hooked")).hasMessageContaining("on purpose");
            assertThat(counted.stat("hooked").size()).isEqualTo(1);
        }
    }
}
