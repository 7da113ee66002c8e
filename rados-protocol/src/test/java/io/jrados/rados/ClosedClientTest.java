package io.jrados.rados;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jrados.cls.Lock;
import io.jrados.cls.LockInfo;
import io.jrados.cls.LockTerms;
import io.jrados.cls.Locks;
import io.jrados.error.ClosedException;
import io.jrados.error.RadosException;
import io.jrados.osd.op.ReadOperation;
import io.jrados.osd.op.ReadPolicy;
import io.jrados.osd.op.SnapContext;
import io.jrados.osd.op.WriteOperation;
import io.jrados.testkit.CephCluster;
import io.jrados.testkit.CephTest;
import io.jrados.testkit.Covers;
import io.jrados.testkit.EveryCall;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Shows that no call of a closed client waits, whatever was closed first. */
@CephTest
@Timeout(120)
class ClosedClientTest {
    /** Calls that only tell what is known, make another view, or end something, and so does not fail. */
    private static final Set<String> QUIET = Set.of(
            "Rados.fsid()",
            "Rados.instanceId()",
            "Rados.address()",
            "Rados.conf()",
            "Rados.loop()",
            "Rados.osdMapEpoch()",
            "Rados.pools()",
            "Rados.setEpochBarrier(long)",
            "Rados.admin()",
            "Rados.requireMinCompatClient()",
            "Rados.close()",
            "Rados.closeAsync()",
            "Rados.complete(Runnable)",
            "Rados.environment()",
            "Rados.observer()",
            "Pool.rados()",
            "Pool.id()",
            "Pool.name()",
            "Pool.namespace()",
            "Pool.inNamespace(String)",
            "Pool.withLocator(String)",
            "Pool.withReadPolicy(ReadPolicy)",
            "Pool.withDeadline(Duration)",
            "Pool.withFullTry()",
            "Pool.viewOf(Pool)",
            "Pool.isErasureCoded()",
            "Pool.isCacheTier()",
            "Pool.deadline()",
            "Pool.withDoubts(Consumer)",
            "Pool.snapshots()",
            "Watch.handle()",
            "Watch.flush()",
            "Watch.flushAsync()",
            "Watch.close()",
            "Watch.closeAsync()",
            "ClusterAdmin.commands()",
            "ClusterAdmin.pools()",
            "ClusterAdmin.blocklist()",
            "ClusterAdmin.configKeys()",
            "ClusterAdmin.requireMinCompatClient()",
            "ClusterAdmin.requireOsdRelease()",
            "PoolAdmin.list()",
            "ObjectListing.between(ObjectCursor, ObjectCursor)",
            "ObjectListing.slices(int)");

    private static final Watch.Listener DEAF = new Watch.Listener() {
        @Override
        public byte[] onNotify(long notifyId, long notifierId, byte[] message) {
            return new byte[0];
        }

        @Override
        public void onError(RadosException error) {
            // nothing is asserted about it
        }
    };

    private static EveryCall everyCall(Pool pool) {
        return new EveryCall()
                .with(String.class, "1.0")
                .with(ByteBuffer.class, ByteBuffer.allocate(1))
                .with(ReadOperation.class, new ReadOperation().stat())
                .with(WriteOperation.class, new WriteOperation().create(false))
                .with(SnapContext.class, SnapContext.EMPTY)
                .with(ReadPolicy.class, ReadPolicy.BALANCE)
                .with(Watch.Listener.class, DEAF)
                .with(Pool.class, pool)
                .with(Command.class, Command.of("osd stat"))
                .with(PoolOptions.class, PoolOptions.DEFAULT)
                .with(PoolQuota.class, PoolQuota.NONE)
                .with(LogLine.Level.class, LogLine.Level.INFO)
                .with(Consumer.class, line -> {})
                .with(Runnable.class, () -> {})
                .with(ObjectFilter.class, ObjectFilter.xattrEquals("a", "b"))
                .with(ObjectCursor.class, ObjectCursor.BEGIN)
                .with(Lock.class, Lock.exclusive("lock", "cookie"))
                .with(LockTerms.class, LockTerms.USUAL)
                .with(LockInfo.Locker.class, new LockInfo.Locker("client.1", "c", Optional.empty(), "", ""));
    }

    /** Calls all that hangs on a client, which must be closed. */
    private static void everyCallEnds(Rados rados, Pool pool, Watch watch) throws Exception {
        EveryCall calls = everyCall(pool)
                .of(Rados.class, rados, "part")
                .of(Pool.class, pool, "listing")
                .of(Watch.class, watch)
                .of(ClusterAdmin.class, rados.admin())
                .of(Commands.class, rados.admin().commands())
                .of(PoolAdmin.class, rados.admin().pools())
                .of(Blocklist.class, rados.admin().blocklist())
                .of(ConfigKeys.class, rados.admin().configKeys())
                .of(ObjectListing.class, pool.listing(), "forEach", "spliterator", "iterator")
                .of(Locks.class, Locks.in(pool));
        List<String> others = new ArrayList<>();
        calls.outcomes().forEach((call, outcome) -> {
            boolean right =
                    QUIET.contains(call) ? outcome.failure().isEmpty() : outcome.cause() instanceof ClosedException;
            if (!right) {
                others.add(call + ": " + (outcome.cause() == null ? outcome.value() : outcome.cause()));
            }
        });
        assertThat(others).isEmpty();
        assertThat(calls.outcomes()).hasSizeGreaterThan(150);
    }

    @Test
    @Covers("C34")
    void everyCallEndsAtOnceAfterClose(CephCluster cluster) throws Exception {
        Rados rados = Clients.connect(cluster);
        Pool pool = rados.pool(cluster.pool(getClass()));
        pool.writeFull("watched", ByteBuffer.allocate(1));
        Watch watch = Wait.on(pool.watchAsync("watched", DEAF));
        rados.close();

        everyCallEnds(rados, pool, watch);
    }

    /** Threads that are closed close the clients that use them. */
    @Test
    @Covers("C34")
    void everyCallEndsAtOnceAfterItsThreadsWereClosedFirst(CephCluster cluster) throws Exception {
        IoLoops loops = IoLoops.start(2);
        Rados rados = Wait.on(Rados.builder(Clients.conf(cluster)).loops(loops).connectAsync());
        Pool pool = rados.pool(cluster.pool(getClass()));
        pool.writeFull("watched", ByteBuffer.allocate(1));
        LinkedBlockingQueue<RadosException> lost = new LinkedBlockingQueue<>();
        Watch watch = Wait.on(pool.watchAsync("watched", new Watch.Listener() {
            @Override
            public byte[] onNotify(long notifyId, long notifierId, byte[] message) {
                return new byte[0];
            }

            @Override
            public void onError(RadosException error) {
                lost.add(error);
            }
        }));
        loops.close();

        everyCallEnds(rados, pool, watch);
        assertThat(lost.poll(30, TimeUnit.SECONDS)).isInstanceOf(ClosedException.class);
        assertThatThrownBy(() -> Wait.on(
                        Rados.builder(Clients.conf(cluster)).loops(loops).connectAsync()))
                .isInstanceOf(ClosedException.class);
    }

    /** Eight threads use a client that a ninth closes: each is told so. */
    @Test
    @Covers("C34")
    void everyCallThatRacesWithCloseEnds(CephCluster cluster) throws Exception {
        for (int round = 0; round < 5; round++) {
            Rados rados = Clients.connect(cluster);
            Pool pool = rados.pool(cluster.pool(getClass()));
            pool.writeFull("read", ByteBuffer.allocate(1));
            List<CompletableFuture<Throwable>> ends = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                CompletableFuture<Throwable> end = new CompletableFuture<>();
                boolean monitors = i == 0;
                ends.add(end);
                Thread worker = new Thread(() -> {
                    try {
                        while (true) {
                            if (monitors) {
                                Wait.on(rados.waitForLatestOsdMapAsync());
                            } else {
                                pool.stat("read");
                            }
                        }
                    } catch (RadosException | RuntimeException failed) {
                        end.complete(failed);
                    }
                });
                worker.setDaemon(true);
                worker.start();
            }
            for (int i = 0; i < 100; i++) {
                pool.stat("read");
            }
            rados.close();
            for (CompletableFuture<Throwable> end : ends) {
                assertThat(end.get(30, TimeUnit.SECONDS)).isInstanceOf(ClosedException.class);
            }
        }
    }

    /** Close is the same for all who call it: nobody goes on while a client's threads still run. */
    @Test
    @Covers("C34")
    void aSecondCloseWaitsForTheFirst(CephCluster cluster) throws Exception {
        RadosClient client = (RadosClient) Clients.connect(cluster);
        CompletableFuture<Void> first = client.closeAsync();

        client.closeAsync().get(30, TimeUnit.SECONDS);
        first.get(30, TimeUnit.SECONDS); // both end with the same event, in any order
        assertThat(client.closeAsync()).isCompleted();
        assertThat(client.closeAsync().cancel(true)).as("a future of everybody").isFalse();
    }

    @Test
    @Covers("C34")
    void aClientMayBeClosedByWhatRunsOnItsLoops(CephCluster cluster) throws Exception {
        Rados rados = Clients.connect(cluster);
        Pool pool = rados.pool(cluster.pool(getClass()));
        CompletableFuture<Void> closed =
                pool.operateAsync("any", new WriteOperation().create(false)).thenRun(rados::close);

        closed.get(30, TimeUnit.SECONDS);
        assertThatThrownBy(() ->
                        pool.operateAsync("any", new ReadOperation().stat()).get(30, TimeUnit.SECONDS))
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(ClosedException.class);
    }
}
