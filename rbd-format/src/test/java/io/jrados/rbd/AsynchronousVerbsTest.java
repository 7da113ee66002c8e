package io.jrados.rbd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.jrados.error.ClosedException;
import io.jrados.error.Errno;
import io.jrados.error.NotFoundException;
import io.jrados.error.RadosException;
import io.jrados.rados.Rados;
import io.jrados.rados.Wait;
import io.jrados.rbd.model.ImageOptions;
import io.jrados.rbd.model.Progress;
import io.jrados.testkit.CephCluster;
import io.jrados.testkit.CephTest;
import io.jrados.testkit.Covers;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ReadableByteChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

/** The asynchronous forms of verbs on a cluster: their ends, cancellations at each operation, and the client's end. */
@CephTest
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(120)
class AsynchronousVerbsTest {
    private static final long MIB = 1 << 20;
    private static final int ENDLESS = 100;
    private static final int CROWD = 200;

    private TestClient client;
    private Rados hooked;
    private Rbd rbd;

    /** Called before each operation of {@link #hooked}, on the thread that submits it. */
    private final AtomicReference<Runnable> hook = new AtomicReference<>(() -> {});

    @BeforeAll
    void connect(CephCluster cluster) throws IOException {
        client = new TestClient(cluster, cluster.pool(AsynchronousVerbsTest.class), TestClient.Mode.CRC);
        hooked = Rados.builder(TestConf.of(cluster))
                .hook((pool, object, write) -> hook.get().run())
                .connect();
        rbd = Rbd.on(hooked.pool(client.pool.name()));
    }

    @AfterAll
    void disconnect() {
        hooked.close();
        client.close();
    }

    /** Waits, on the machine's clock, for what goes on behind a cancelled future. */
    private static void eventually(String what, Check check) throws IOException {
        long end = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        while (!check.holds()) {
            assertThat(System.nanoTime()).as(what).isLessThan(end);
            LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
        }
    }

    private interface Check {
        boolean holds() throws IOException;
    }

    @Test
    @Covers({"H03", "H16", "H46"})
    void aChainOfVerbsNeedsNoThreadOfTheCaller() throws Exception {
        byte[] content = TestClient.bytes(1, (int) MIB);
        CompletableFuture<Void> chain = rbd.createAsync("chain", MIB, ImageOptions.DEFAULT)
                .thenCompose(id -> rbd.openAsync("chain"))
                .thenCompose(image -> image.writeAsync(0, ByteBuffer.wrap(content))
                        .thenCompose(written -> image.createSnapshotAsync("s"))
                        .thenCompose(made -> image.closeAsync()))
                .thenCompose(closed ->
                        rbd.cloneAsync(client.snapshot("chain", "s"), "child", ImageOptions.DEFAULT.withCloneFormat(2)))
                .thenCompose(id -> rbd.openAsync("child"))
                .thenCompose(child -> child.flattenAsync(Progress.NONE)
                        .thenCompose(flat -> child.parentAsync())
                        .thenAccept(parent -> assertThat(parent).isEmpty())
                        .thenCompose(looked -> child.closeAsync()));
        Wait.on(chain);
        assertThat(client.exported(client.spec("child"))).isEqualTo(content);
        assertThat(client.rbd("status", client.spec("child")).text()).contains("Watchers: none");
        Wait.on(rbd.removeAsync("child", Progress.NONE));
        try (Image image = rbd.open("chain")) {
            Wait.on(image.removeSnapshotAsync("s"));
            image.lock().acquireAsync().get();
            assertThat(image.lock().ownerAsync().get()).isPresent();
            image.lock().releaseAsync().get();
        }
        Wait.on(rbd.removeAsync("chain", Progress.NONE));
        RadosException gone = catchThrowableOfType(RadosException.class, () -> Wait.on(rbd.openAsync("chain")));
        assertThat(gone).isInstanceOf(NotFoundException.class);
        assertThat(gone.getStackTrace()[0].getClassName())
                .as("whose frame is first")
                .startsWith(getClass().getName());
    }

    /** Cancels a verb at its operations 1, 2, ... until it ends first. */
    private <T> void cancelEverywhere(Function<Integer, CompletableFuture<T>> verb, Settled settled)
            throws IOException {
        for (int k = 1; k < ENDLESS; k++) {
            int last = k;
            AtomicInteger count = new AtomicInteger();
            CompletableFuture<CompletableFuture<T>> submitted = new CompletableFuture<>();
            hook.set(() -> {
                if (count.incrementAndGet() == last) {
                    submitted.join().cancel(true);
                }
            });
            CompletableFuture<T> future = verb.apply(k);
            submitted.complete(future);
            future.handle((done, failed) -> null).join();
            hook.set(() -> {});
            int number = k;
            boolean cancelled = future.isCancelled();
            try {
                settled.check(number, cancelled);
            } catch (IOException | RuntimeException | AssertionError wrong) {
                throw new AssertionError("cancelled at operation " + k, wrong);
            }
            if (!cancelled) {
                assertThat(k).as("operations").isGreaterThan(2);
                return;
            }
        }
        throw new AssertionError("the verb has no end");
    }

    private interface Settled {
        void check(int number, boolean cancelled) throws IOException;
    }

    @Test
    @Covers("H03")
    void aCancelledCreateLeavesNothing() throws IOException {
        ImageOptions options = ImageOptions.DEFAULT;
        cancelEverywhere(k -> rbd.createAsync("created" + k, MIB, options), (k, cancelled) -> {
            String name = "created" + k;
            if (cancelled) {
                // the verb takes its steps back, or was done before the interrupt came
                rbd.awaitVerbs();
                assertThat(isHalfMade(name)).as(name).isFalse();
            }
            if (client.rbd.list().contains(name)) {
                client.rbd("rm", "--no-progress", client.spec(name));
            }
            assertThat(client.pool.objects()).noneMatch(object -> object.equals("rbd_id." + name));
        });
        assertThat(client.rbd.list()).noneMatch(name -> name.startsWith("created"));
        assertThat(client.pool.objects()).noneMatch(object -> object.startsWith("rbd_id.created"));
    }

    /** Whether there is a name without an entry in the directory, or without a header. */
    private boolean isHalfMade(String name) throws IOException {
        boolean named = false;
        for (String object : client.pool.objects()) {
            named |= object.equals("rbd_id." + name);
        }
        return named != client.rbd.list().contains(name) || named && !opens(name);
    }

    private boolean opens(String name) throws RadosException {
        try (Image image = client.rbd.openReadOnly(name)) {
            return image.size() == MIB;
        } catch (NotFoundException half) {
            return false;
        }
    }

    @Test
    @Covers({"H04", "H08"})
    void anImageThatIsOpenedForNobodyIsClosed() throws IOException {
        client.rbd.create("opened", MIB, ImageOptions.DEFAULT);
        cancelEverywhere(k -> rbd.openAsync("opened"), (k, cancelled) -> {
            if (cancelled) {
                eventually(
                        "the end of its watch",
                        () -> client.rbd("status", client.spec("opened")).text().contains("Watchers: none"));
            }
        });
        try (Image image = client.rbd.open("opened")) {
            eventually("one watcher at most", () -> image.watchers().size() <= 1);
        }
    }

    @Test
    @Covers("H22")
    void verbsThatWaitForThisVeryClientAsOwnerAreServed() throws Exception {
        rbd.create("owned", MIB, ImageOptions.DEFAULT);
        try (Image owner = rbd.open("owned");
                Image asker = rbd.open("owned")) {
            owner.lock().acquireTransient();
            List<CompletableFuture<Void>> asked = new ArrayList<>();
            for (int i = 0; i < CROWD; i++) {
                asked.add(asker.setMetadataAsync("key" + i, new byte[] {'v'}));
            }
            for (CompletableFuture<Void> each : asked) {
                Wait.on(each);
            }
            assertThat(owner.metadata()).hasSize(CROWD);
            assertThat(owner.lock().isOwned()).isTrue();
        }
    }

    @Test
    @Covers("C34")
    void theEndOfTheClientEndsItsVerbs(CephCluster cluster) throws Exception {
        client.rbd.create("ended", 8 * MIB, ImageOptions.DEFAULT);
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch never = new CountDownLatch(1);
        List<CompletableFuture<?>> all = new ArrayList<>();
        Rados ending = Rados.connect(TestConf.of(cluster));
        Rbd ended = Rbd.on(ending.pool(client.pool.name()));
        Image image = ended.open("ended");
        image.write(0, ByteBuffer.allocate((int) MIB));
        all.add(image.resizeAsync(MIB, (done, total) -> {
            begun.countDown();
            try {
                never.await();
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
            }
        }));
        assertThat(begun.await(60, TimeUnit.SECONDS)).isTrue();
        // from a thread of a verb, in the middle of all
        CompletableFuture<Void> go = new CompletableFuture<>();
        CompletableFuture<Void> closed = ended.existsAsync("ended").thenAccept(exists -> {
            go.join();
            ending.close();
        });
        for (int i = 0; i < CROWD; i++) {
            all.add(image.setMetadataAsync("key" + i, new byte[1]));
            all.add(ended.createAsync("never" + i, MIB, ImageOptions.DEFAULT));
        }
        go.complete(null);
        closed.get(60, TimeUnit.SECONDS);
        for (CompletableFuture<?> each : all) {
            each.handle((done, failed) -> null).get(60, TimeUnit.SECONDS);
        }
        RadosException running = catchThrowableOfType(RadosException.class, () -> Wait.on(all.get(0)));
        assertThat(running).isInstanceOf(ClosedException.class);
        assertThat(running.errno()).isEqualTo(Errno.EBADF);
        assertThat(catchThrowableOfType(RadosException.class, () -> Wait.on(ended.listAsync())))
                .isInstanceOf(ClosedException.class);
        assertThat(image.closeAsync().handle((done, failed) -> true).get(60, TimeUnit.SECONDS))
                .isTrue();
    }

    @Test
    void futuresCompleteWhereTheClientSays(CephCluster cluster) throws Exception {
        try (Rados plain = Rados.connect(TestConf.of(cluster))) {
            assertThat(completes(plain)).startsWith("jrados-verb-");
        }
        ExecutorService chosen = Executors.newSingleThreadExecutor(task -> new Thread(task, "chosen"));
        try (Rados named = Rados.builder(TestConf.of(cluster)).executor(chosen).connect()) {
            assertThat(completes(named)).isEqualTo("chosen");
        } finally {
            chosen.shutdown();
        }
        ExecutorService refuses = Executors.newSingleThreadExecutor();
        refuses.shutdown();
        try (Rados odd = Rados.builder(TestConf.of(cluster)).executor(refuses).connect()) {
            assertThat(completes(odd)).as("the executor refuses").startsWith("jrados-verb-");
        }
    }

    /** The name of the thread on which what depends on a verb runs. */
    private String completes(Rados rados) throws Exception {
        Rbd own = Rbd.on(rados.pool(client.pool.name()));
        own.create("completes", MIB, ImageOptions.LAYERING);
        CountDownLatch attached = new CountDownLatch(1);
        try (Image image = own.open("completes")) {
            CompletableFuture<Long> uploaded = image.uploadAsync(emptyAfter(attached), Progress.NONE);
            CompletableFuture<String> name =
                    uploaded.thenApply(bytes -> Thread.currentThread().getName());
            attached.countDown();
            return name.get(60, TimeUnit.SECONDS);
        } finally {
            client.rbd.remove("completes", Progress.NONE);
        }
    }

    /** A source without bytes, whose end comes late. */
    private static ReadableByteChannel emptyAfter(CountDownLatch latch) {
        return Channels.newChannel(new InputStream() {
            @Override
            public int read() throws IOException {
                try {
                    latch.await();
                } catch (InterruptedException interrupted) {
                    throw new InterruptedIOException();
                }
                return -1;
            }
        });
    }
}
