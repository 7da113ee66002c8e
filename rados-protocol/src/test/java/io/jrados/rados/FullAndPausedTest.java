package io.jrados.rados;

import static io.jrados.rados.NativeClients.bytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jrados.conf.CephConf;
import io.jrados.error.DeadlineException;
import io.jrados.error.Errno;
import io.jrados.error.NotFoundException;
import io.jrados.error.RadosException;
import io.jrados.osd.op.ReadOperation;
import io.jrados.osd.op.ReadPolicy;
import io.jrados.osd.op.WriteOperation;
import io.jrados.osd.op.WriteResult;
import io.jrados.testkit.Covers;
import io.jrados.testkit.PrivateCephCluster;
import io.jrados.testkit.PrivateCephTest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Flags of clusters and pools, limits of OSDs, and who serves reads. */
@PrivateCephTest(
        osds = 3,
        conf = {"osd max write size = 4", "mon allow pool delete = true"})
class FullAndPausedTest {
    private static final Duration SHORT = Duration.ofSeconds(2);

    private static PrivateCephCluster cluster;
    private static Rados rados;
    private static Pool pool;

    @BeforeAll
    static void connect(PrivateCephCluster own) throws IOException {
        cluster = own;
        rados = Wait.on(Rados.builder(Clients.conf(own))
                .operationDeadline(Duration.ofSeconds(40))
                .connectAsync());
        pool = rados.pool(own.pool(FullAndPausedTest.class, "a", 2));
    }

    @AfterAll
    static void close() {
        rados.close();
    }

    private static void assertFails(Errno with, ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOfSatisfying(RadosException.class, failed -> assertThat(failed.errno())
                .isEqualTo(with));
    }

    private static void await(BooleanSupplier condition) throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("a minute is over").isLessThan(end);
            never.await(20, TimeUnit.MILLISECONDS);
            Wait.on(rados.waitForLatestOsdMapAsync());
        }
    }

    private static boolean isFull() {
        return ((RadosClient) rados).map().pool(pool.id()).orElseThrow().isFull();
    }

    @Test
    @Covers({"D09", "E17", "E23", "E82", "F23"})
    void aFullPoolHoldsWritesButNotWhatFreesSpace() throws Exception {
        pool.writeFull("there", bytes("data"));
        pool.writeFull("doomed", bytes("data"));
        inject("full", "1000000");
        await(FullAndPausedTest::isFull);
        assertThat(pool.stat("there").size()).as("reads go on").isEqualTo(4);
        assertThatThrownBy(() -> pool.withDeadline(SHORT).writeFull("more", bytes("x")))
                .isInstanceOfSatisfying(DeadlineException.class, late -> assertThat(late.sent())
                        .isEqualTo(DeadlineException.Sent.NEVER_SENT))
                .hasMessageContaining("the pool is full");
        assertFails(Errno.ENOSPC, () -> pool.withFullTry().writeFull("more", ByteBuffer.allocate(1000)));
        Pool alike = pool.inNamespace("n").withFullTry().viewOf(pool);
        assertThat(alike.namespace()).isEqualTo("n");
        assertFails(Errno.ENOSPC, () -> alike.writeFull("more", bytes("x")));
        assertThatThrownBy(() -> pool.withDeadline(SHORT).viewOf(pool).writeFull("more", bytes("x")))
                .isInstanceOf(DeadlineException.class);
        assertFails(
                Errno.ENOSPC,
                () -> pool.operate("more", new WriteOperation().fullTry().append(bytes("x"))));
        pool.remove("doomed");
        assertFails(Errno.ENOENT, () -> pool.stat("doomed"));
        pool.operate("forced", new WriteOperation().fullForce().writeFull(bytes("x")));
        CompletableFuture<WriteResult> waiting = pool.writeAsync("waiting", 0, bytes("x"));
        inject("none", "0");
        Wait.on(waiting);
        assertThat(pool.stat("waiting").size()).isEqualTo(1);
    }

    /** OSDs of test clusters abort when operations of one client to one object come in another order than made. */
    @Test
    @Covers({"D09", "E09", "E14", "E17"})
    void whatPassesAFullPoolDoesNotOvertakeAWriteThatWaits() throws Exception {
        pool.writeFull("ordered", bytes("data"));
        inject("full", "1000000");
        await(FullAndPausedTest::isFull);
        CompletableFuture<WriteResult> first = pool.appendAsync("ordered", bytes("x"));
        CompletableFuture<WriteResult> removed =
                pool.operateAsync("ordered", new WriteOperation().fullTry().delete());
        CompletableFuture<WriteResult> last = pool.appendAsync("ordered", bytes("last"));
        assertThatThrownBy(() -> pool.withDeadline(SHORT).withFullTry().remove("ordered"))
                .isInstanceOfSatisfying(DeadlineException.class, late -> assertThat(late.sent())
                        .isEqualTo(DeadlineException.Sent.NEVER_SENT))
                .hasMessageContaining("must not overtake");
        assertThat(pool.stat("ordered").size()).isEqualTo(4);
        inject("none", "0");
        Wait.on(first);
        Wait.on(removed);
        Wait.on(last);
        assertThat(NativeClients.text(pool.operate("ordered", new ReadOperation().read(0, 100))
                        .data(0)))
                .isEqualTo("last");
    }

    /** A write that waits and is given up holds nobody any more. */
    @Test
    @Covers({"D09", "E17", "E23"})
    void whatPassesAFullPoolGoesOnWhenTheWriteBeforeItIsGivenUp() throws Exception {
        pool.writeFull("freed", bytes("data"));
        inject("full", "1000000");
        await(FullAndPausedTest::isFull);
        CompletableFuture<WriteResult> cancelled = pool.appendAsync("freed", bytes("x"));
        CompletableFuture<WriteResult> late = pool.withDeadline(SHORT).appendAsync("freed", bytes("y"));
        CompletableFuture<WriteResult> removed =
                pool.operateAsync("freed", new WriteOperation().fullTry().delete());
        cancelled.cancel(false);
        assertFails(Errno.ETIMEDOUT, () -> Wait.on(late));
        Wait.on(removed);
        assertFails(Errno.ENOENT, () -> pool.stat("freed"));
        inject("none", "0");
        await(() -> !isFull());
    }

    private static void inject(String state, String count) throws IOException {
        for (int osd = 0; osd < 3; osd++) {
            cluster.run("ceph", "tell", "osd." + osd, "injectfull", state, count);
        }
    }

    @Test
    @Covers({"D09", "E09", "E14", "E23"})
    void aPausedClusterGoesOnInOrder() throws Exception {
        cluster.run("ceph", "osd", "pause");
        Wait.on(rados.waitForLatestOsdMapAsync());
        List<CompletableFuture<WriteResult>> writes = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            writes.add(pool.appendAsync("paused", bytes(i % 10 + "")));
        }
        assertThatThrownBy(() -> pool.withDeadline(SHORT).stat("paused"))
                .isInstanceOf(DeadlineException.class)
                .hasMessageContaining("paused reads");
        assertThat(writes).noneMatch(CompletableFuture::isDone);
        cluster.run("ceph", "osd", "unpause");
        for (CompletableFuture<WriteResult> write : writes) {
            Wait.on(write);
        }
        assertThat(NativeClients.text(
                        pool.operate("paused", new ReadOperation().read(0, 100)).data(0)))
                .isEqualTo("0123456789".repeat(5));
    }

    /** CVE-2026-23047 of the kernel's client: a watch that came up against a pause never went on. */
    @Test
    @Covers({"D09", "E32"})
    void aWatchThatIsMadeDuringAPauseStandsWhenItIsOver() throws Exception {
        pool.writeFull("watched", bytes("x"));
        cluster.run("ceph", "osd", "pause");
        Wait.on(rados.waitForLatestOsdMapAsync());
        CompletableFuture<Watch> watching = pool.watchAsync("watched", new Watch.Listener() {
            @Override
            public byte[] onNotify(long notifyId, long notifierId, byte[] message) {
                return message;
            }

            @Override
            public void onError(RadosException error) {
                throw new AssertionError(error);
            }
        });
        assertThatThrownBy(() -> pool.withDeadline(SHORT).stat("watched")).isInstanceOf(DeadlineException.class);
        assertThat(watching).isNotDone();
        cluster.run("ceph", "osd", "unpause");
        Watch watch = Wait.on(watching);
        assertThat(watch.handle()).isNotZero();
        Wait.on(watch.closeAsync());
    }

    @Test
    @Covers({"D08", "E10", "E77"})
    void anOperationEndsWithItsPool() throws Exception {
        String name = cluster.pool(FullAndPausedTest.class, "b");
        Pool doomed = rados.pool(name);
        doomed.writeFull("o", bytes("x"));
        cluster.run("ceph", "osd", "set", "pause");
        Wait.on(rados.waitForLatestOsdMapAsync());
        CompletableFuture<WriteResult> write = doomed.writeAsync("o", 0, bytes("y"));
        cluster.run("ceph", "osd", "pool", "rm", name, name, "--yes-i-really-really-mean-it");
        cluster.run("ceph", "osd", "unset", "pause");
        assertThatThrownBy(() -> Wait.on(write))
                .isInstanceOf(NotFoundException.class)
                .hasMessageContaining("a pool that OSD map");
        assertFails(Errno.ENOENT, () -> doomed.stat("o"));
        assertThat(cluster.pool(FullAndPausedTest.class, "b")).isEqualTo(name);
        cluster.run("ceph", "osd", "pool", "create", name, "8");
    }

    @Test
    @Covers({"E88", "F08"})
    void aWriteThatIsTooLargeIsRefusedAndPartsOfItAreNot() throws Exception {
        ByteBuffer large = ByteBuffer.allocate((4 << 20) + 1);
        assertFails(Errno.EMSGSIZE, () -> pool.writeFull("large", large));
        int half = large.capacity() / 2;
        Wait.on(pool.writeAsync("large", 0, large.slice(0, half)));
        Wait.on(pool.writeAsync("large", half, large.slice(half, large.capacity() - half)));
        assertThat(pool.stat("large").size()).isEqualTo(large.capacity());
    }

    /** Returns the number of reads that an OSD has done. */
    private static long reads(int osd) throws IOException {
        String counters = cluster.run("ceph", "daemon", "osd." + osd, "perf", "dump", "osd", "op_r");
        return Long.parseLong(counters.replaceAll("[^0-9]", ""));
    }

    /** The OSDs that a fresh client talks to that only reads one object. */
    private static Set<Integer> servers(CephConf conf, ReadPolicy policy) throws IOException {
        try (Rados reader = Rados.connect(conf)) {
            Pool view = reader.pool(pool.name()).withReadPolicy(policy);
            for (int i = 0; i < 60; i++) {
                view.stat("read");
            }
            Set<Integer> served = new TreeSet<>();
            for (DaemonConnection connection : reader.connections()) {
                if (connection.daemon().startsWith("osd.")) {
                    served.add(Integer.parseInt(connection.daemon().substring(4)));
                }
            }
            return served;
        }
    }

    @Test
    @Covers({"D34", "D53", "E22", "F02"})
    void replicasServeReadsWhenTheyMay() throws Exception {
        pool.writeFull("read", bytes("data"));
        String placement = cluster.run("ceph", "osd", "map", pool.name(), "read");
        String[] acting = placement.replaceAll(".*acting \\(\\[(.*)], .*", "$1").split(",");
        int primary = Integer.parseInt(acting[0]);
        int replica = Integer.parseInt(acting[1]);
        CephConf conf = Clients.conf(cluster);
        assertThat(servers(conf, ReadPolicy.DEFAULT)).containsExactly(primary);
        long before = reads(replica);
        for (int round = 0; round < 60 && reads(replica) == before; round++) {
            // A replica serves what it knows to be durable everywhere, and learns that with later writes to the group.
            for (int i = 0; i < 64; i++) {
                pool.writeFull("later-" + i, bytes("x"));
            }
            assertThat(servers(conf, ReadPolicy.BALANCE)).containsExactlyInAnyOrder(primary, replica);
        }
        assertThat(reads(replica)).as("reads that the replica has done").isGreaterThan(before);
        CephConf near = Clients.builder(cluster)
                .set("crush_location", "osd=osd." + replica + " root=default")
                .set("rados_replica_read_policy", "localize")
                .build();
        assertThat(servers(conf, ReadPolicy.LOCALIZE))
                .as("this host has no OSDs in the map, so that the primary is as near as any")
                .containsExactly(primary);
        try (Rados local = Rados.connect(near)) {
            assertThat(local.pool(pool.name()).stat("read").size()).isEqualTo(4);
            assertThat(local.connections())
                    .extracting(DaemonConnection::daemon)
                    .contains("osd." + replica)
                    .doesNotContain("osd." + primary);
            local.pool(pool.name()).writeFull("read", bytes("new"));
            assertThat(local.pool(pool.name()).stat("read").size()).isEqualTo(3);
        }
    }

    @Test
    @Covers({"E38", "E39", "E86", "F16"})
    void aWatcherThatDoesNotAnswerIsMissed() throws Exception {
        pool.writeFull("silent", bytes("x"));
        CountDownLatch release = new CountDownLatch(1);
        Watch.Listener silent = new Watch.Listener() {
            @Override
            public byte[] onNotify(long notifyId, long notifierId, byte[] message) {
                try {
                    release.await(60, TimeUnit.SECONDS);
                } catch (InterruptedException ended) {
                    Thread.currentThread().interrupt();
                }
                return new byte[0];
            }

            @Override
            public void onError(RadosException error) {}
        };
        Watch watch = Wait.on(pool.watchAsync("silent", silent));
        NotifyResult result = Wait.on(pool.notifyAsync("silent", new byte[0], Duration.ofSeconds(1)));
        assertThat(result.replies()).isEmpty();
        assertThat(result.missed()).containsExactly(new NotifyResult.Watcher(rados.instanceId(), watch.handle()));
        release.countDown();
        Wait.on(watch.flushAsync());
        Wait.on(watch.closeAsync());
    }
}
