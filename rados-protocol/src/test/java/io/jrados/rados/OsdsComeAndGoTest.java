package io.jrados.rados;

import static io.jrados.rados.NativeClients.bytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jrados.error.DeadlineException;
import io.jrados.error.RadosException;
import io.jrados.osd.op.ReadOperation;
import io.jrados.osd.op.WriteResult;
import io.jrados.testkit.Covers;
import io.jrados.testkit.PrivateCephCluster;
import io.jrados.testkit.PrivateCephTest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Groups that nobody serves for a while: because their OSDs say so, or because there are none. */
@PrivateCephTest(
        osds = 2,
        store = PrivateCephTest.Store.BLUESTORE,
        conf = {"osd backoff on peering = true", "osd heartbeat interval = 1", "osd heartbeat grace = 4"})
class OsdsComeAndGoTest {
    @Test
    @Covers({"E14", "E15", "K21"})
    void whatIsHeldBackGoesOnInOrder(PrivateCephCluster cluster) throws Exception {
        BlockingQueue<Boolean> held = new LinkedBlockingQueue<>();
        RadosObserver observer = new RadosObserver() {
            @Override
            public void heldBack(int osd, boolean begin) {
                held.add(begin);
            }
        };
        Rados client =
                Wait.on(Rados.builder(Clients.conf(cluster)).observer(observer).connectAsync());
        try (client) {
            String name = cluster.pool(getClass(), "a", 2);
            cluster.run("ceph", "osd", "pool", "set", name, "min_size", "2");
            Pool pool = client.pool(name);
            Wait.on(pool.appendAsync("held", bytes("0")));
            cluster.kill("osd.1");
            cluster.run("ceph", "osd", "down", "1");
            Wait.on(client.waitForLatestOsdMapAsync());
            List<CompletableFuture<WriteResult>> writes = new ArrayList<>();
            for (int i = 1; i < 10; i++) {
                writes.add(pool.appendAsync("held", bytes(Integer.toString(i))));
            }
            assertThat(held.poll(60, TimeUnit.SECONDS))
                    .as("the group has too few OSDs")
                    .isTrue();
            assertThat(writes).noneMatch(CompletableFuture::isDone);
            cluster.revive("osd.1");
            for (CompletableFuture<WriteResult> write : writes) {
                Wait.on(write);
            }
            assertThat(NativeClients.text(pool.operate("held", new ReadOperation().read(0, 100))
                            .data(0)))
                    .isEqualTo("0123456789");
            cluster.awaitHealthy();
        }
    }

    @Test
    @Covers({"E11", "E13", "E17"})
    void anOperationWithoutAnOsdWaitsForOne(PrivateCephCluster cluster) throws Exception {
        try (Rados client = Clients.connect(cluster)) {
            Pool pool = client.pool(cluster.pool(getClass(), "b", 2));
            pool.writeFull("homeless", bytes("x"));
            cluster.kill("osd.0", "osd.1");
            cluster.run("ceph", "osd", "down", "0", "1");
            Wait.on(client.waitForLatestOsdMapAsync());
            CompletableFuture<WriteResult> write = pool.appendAsync("homeless", bytes("y"));
            assertThatThrownBy(() -> pool.withDeadline(Duration.ofSeconds(2)).stat("homeless"))
                    .isInstanceOfSatisfying(DeadlineException.class, late -> assertThat(late.sent())
                            .isEqualTo(DeadlineException.Sent.NEVER_SENT))
                    .hasMessageContaining("no OSD serves it");
            assertThat(write).isNotDone();
            cluster.revive("osd.0", "osd.1");
            Wait.on(write);
            assertThat(pool.stat("homeless").size()).isEqualTo(2);
            cluster.awaitHealthy();
        }
    }

    @Test
    @Covers({"E33", "E41", "E42", "K11"})
    void aWatchOutlivesItsOsd(PrivateCephCluster cluster) throws Exception {
        try (Rados client = Clients.connect(cluster)) {
            Pool pool = client.pool(cluster.pool(getClass(), "c", 2));
            pool.writeFull("watched", bytes("x"));
            BlockingQueue<String> told = new LinkedBlockingQueue<>();
            Watch watch = Wait.on(pool.watchAsync("watched", new Watch.Listener() {
                @Override
                public byte[] onNotify(long notifyId, long notifierId, byte[] message) {
                    told.add("notified");
                    return new byte[0];
                }

                @Override
                public void onError(RadosException error) {
                    told.add(error.getMessage());
                }
            }));
            for (int osd = 0; osd < 2; osd++) {
                cluster.kill("osd." + osd);
                cluster.run("ceph", "osd", "down", Integer.toString(osd));
                Wait.on(pool.notifyAsync("watched", new byte[0], Duration.ofSeconds(30)));
                assertThat(told.poll(30, TimeUnit.SECONDS)).isEqualTo("notified");
                cluster.revive("osd." + osd);
                cluster.awaitHealthy();
            }
            assertThat(pool.operate("watched", new ReadOperation().listWatchers())
                            .watchers(0))
                    .singleElement()
                    .satisfies(watcher -> assertThat(watcher.cookie()).isEqualTo(watch.handle()));
            told.clear();
            Wait.on(watch.closeAsync());
            assertThat(told).isEmpty();
        }
    }
}
