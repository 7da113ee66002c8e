package io.jrados.rados;

import static org.assertj.core.api.Assertions.assertThat;

import io.jrados.conf.CephConf;
import io.jrados.testkit.Covers;
import io.jrados.testkit.Fault;
import io.jrados.testkit.FaultNetwork;
import io.jrados.testkit.PrivateCephCluster;
import io.jrados.testkit.PrivateCephTest;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/**
 * The {@link AppendModel} while daemons die and connections break. The OSDs abort if the client breaks the protocol.
 */
@PrivateCephTest(
        osds = 3,
        mons = 3,
        store = PrivateCephTest.Store.BLUESTORE,
        conf = {"osd heartbeat interval = 1", "osd heartbeat grace = 6"})
class AppendModelTest {
    private static Rados connect(PrivateCephCluster cluster) throws IOException {
        return Clients.connect(cluster);
    }

    private static Rados connect(PrivateCephCluster cluster, FaultNetwork network, String modes) throws IOException {
        CephConf conf = Clients.builder(cluster)
                .set("ms_client_mode", modes)
                .set("ms_mon_client_mode", modes)
                .build();
        return Wait.on(Rados.builder(conf).translator(network).connectAsync());
    }

    @Test
    @Covers({"C04", "E06", "E09", "E14", "K19", "K20"})
    void whileOsdsAndMonitorsAreKilled(PrivateCephCluster cluster) throws Exception {
        try (Rados rados = connect(cluster)) {
            AppendModel model = new AppendModel(rados.pool(cluster.pool(getClass(), "kill", 3)), "killed-").start();
            for (String daemons : new String[] {"osd.0", "osd.1,mon.a", "osd.2"}) {
                model.awaitMore(200);
                cluster.kill(daemons.split(","));
                model.awaitMore(200);
                cluster.revive(daemons.split(","));
            }
            model.awaitMore(200);
            model.finish();
            cluster.awaitHealthy();
        }
    }

    /** {@code -Djrados.seconds} makes it go through everything again and again. */
    @Test
    @Covers({"C04", "D09", "D35", "E06", "E09", "E14", "K19", "K20"})
    void whileEverythingChanges(PrivateCephCluster cluster) throws Exception {
        long end = System.nanoTime()
                + Duration.ofSeconds(Integer.getInteger("jrados.seconds", 0)).toNanos();
        int groups = 8;
        try (Rados rados = connect(cluster);
                Rados admin = Clients.connect(cluster, cluster.admin())) {
            Pool pool = rados.pool(cluster.pool(getClass(), "change", 3));
            AppendModel model = new AppendModel(pool, "changed-").start();
            do {
                model.awaitMore(100);
                cluster.pause("osd.1");
                cluster.run("ceph", "osd", "set", "noout");
                cluster.stop("mon.b");
                cluster.resume("osd.1");
                model.awaitMore(100);
                cluster.revive("mon.b");
                groups = Math.min(2 * groups, 64);
                split(admin, pool.name(), groups);
                model.awaitMore(100);
                model.look();
                cluster.run("ceph", "osd", "pause");
                cluster.kill("osd.2");
                cluster.run("ceph", "osd", "down", "2");
                cluster.run("ceph", "osd", "unpause");
                cluster.run("ceph", "osd", "unset", "noout");
                model.awaitMore(100);
                cluster.revive("osd.2");
                model.look();
            } while (System.nanoTime() < end);
            model.finish();
            cluster.awaitHealthy();
        }
    }

    /** Splits groups as a manager does, step by step: more groups, then other places for them. */
    private static void split(Rados admin, String pool, int groups) throws IOException {
        for (String variable : new String[] {"pg_num", "pg_num_actual", "pgp_num", "pgp_num_actual"}) {
            admin.monCommand("{\"prefix\": \"osd pool set\", \"pool\": \"" + pool + "\", \"var\": \"" + variable
                    + "\", \"val\": \"" + groups + "\"}");
        }
    }

    @Test
    @Covers({"D30", "E09", "K20"})
    void whilePrimariesMove(PrivateCephCluster cluster) throws Exception {
        try (Rados rados = connect(cluster);
                Rados admin = Clients.connect(cluster, cluster.admin())) {
            String pool = cluster.pool(getClass(), "move", 2);
            AppendModel model = new AppendModel(rados.pool(pool), "moved-").start();
            long epoch = rados.osdMapEpoch();
            for (int osd = 0; osd < 3; osd++) {
                model.awaitMore(200);
                affinity(admin, osd, 0);
                model.awaitMore(200);
                affinity(admin, osd, 1);
            }
            model.awaitMore(200);
            model.finish();
            Wait.on(rados.waitForLatestOsdMapAsync());
            assertThat(rados.osdMapEpoch()).isGreaterThanOrEqualTo(epoch + 6);
        }
    }

    private static void affinity(Rados admin, int osd, int weight) throws IOException {
        admin.monCommand("{\"prefix\": \"osd primary-affinity\", \"id\": " + osd + ", \"weight\": " + weight + ".0}");
    }

    @Test
    @Covers({"A26", "E09", "E14", "K19"})
    void whileConnectionsAreResetInCrcMode(PrivateCephCluster cluster) throws Exception {
        withResets(cluster, "crc", 96 << 10);
    }

    @Test
    @Covers({"A13", "E09", "E14", "K19"})
    void whileConnectionsAreResetInSecureMode(PrivateCephCluster cluster) throws Exception {
        withResets(cluster, "secure", 96 << 10);
    }

    private void withResets(PrivateCephCluster cluster, String mode, long bytes) throws Exception {
        try (FaultNetwork network = new FaultNetwork();
                Rados rados = connect(cluster, network, mode)) {
            AppendModel model =
                    new AppendModel(rados.pool(cluster.pool(getClass(), "reset", 2)), "reset-" + mode + "-").start();
            model.awaitMore(100);
            int before = network.accepted();
            network.apply(Fault.none().resettingEvery(bytes));
            model.awaitMore(1500);
            network.apply(Fault.none());
            model.finish();
            assertThat(network.accepted() - before).as("connections made anew").isGreaterThan(2);
        }
    }
}
