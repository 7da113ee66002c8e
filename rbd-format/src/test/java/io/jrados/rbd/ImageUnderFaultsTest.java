package io.jrados.rbd;

import static org.assertj.core.api.Assertions.assertThat;

import io.jrados.conf.CephConf;
import io.jrados.rados.Rados;
import io.jrados.rados.Wait;
import io.jrados.rbd.model.ImageOptions;
import io.jrados.testkit.Covers;
import io.jrados.testkit.Fault;
import io.jrados.testkit.FaultNetwork;
import io.jrados.testkit.PrivateCephCluster;
import io.jrados.testkit.PrivateCephTest;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** An image with the default features while daemons die and connections break; no acknowledged write is lost. */
@PrivateCephTest(
        osds = 3,
        store = PrivateCephTest.Store.BLUESTORE,
        conf = {"osd heartbeat interval = 1", "osd heartbeat grace = 6", "osd client watch timeout = 6"})
@Timeout(600)
class ImageUnderFaultsTest {
    private static final ImageOptions OPTIONS = ImageOptions.DEFAULT.withOrder(16);
    private static final int SIZE = 4 << 20;

    private final long seed = Long.getLong("jrados.seed", System.nanoTime());
    private final int rounds = Integer.getInteger("jrados.rounds", 1);

    @Test
    @Covers({"E09", "E14", "H25", "H87", "K14", "K19"})
    void whileOsdsAreKilled(PrivateCephCluster cluster) throws IOException {
        String pool = cluster.pool(getClass(), "kill", 3);
        try (Rados rados = Rados.connect(TestConf.of(cluster))) {
            Rbd rbd = Rbd.on(rados.pool(pool));
            rbd.create("killed", SIZE, OPTIONS);
            VersionedBlocks blocks;
            try (Image image = rbd.open("killed")) {
                blocks = new VersionedBlocks(image, seed);
                for (int round = 0; round < rounds; round++) {
                    for (String daemon : new String[] {"osd.0", "osd.1", "osd.2"}) {
                        blocks.go(150);
                        cluster.kill(daemon);
                        blocks.go(150);
                        cluster.revive(daemon);
                    }
                }
                blocks.go(150);
                blocks.finish();
            }
            cluster.awaitHealthy();
            judge(cluster, blocks, pool + "/killed");
        }
    }

    @Test
    @Covers({"E09", "E14", "H25", "H87", "K14", "K19"})
    void whileConnectionsAreReset(PrivateCephCluster cluster) throws IOException {
        String pool = cluster.pool(getClass(), "reset", 2);
        CephConf conf = TestConf.of(cluster);
        try (FaultNetwork network = new FaultNetwork();
                Rados rados = Wait.on(Rados.builder(conf).translator(network).connectAsync())) {
            Rbd rbd = Rbd.on(rados.pool(pool));
            rbd.create("reset", SIZE, OPTIONS);
            VersionedBlocks blocks;
            try (Image image = rbd.open("reset")) {
                blocks = new VersionedBlocks(image, seed);
                blocks.go(50);
                int before = network.accepted();
                network.apply(Fault.none().resettingEvery(200 << 10));
                blocks.go(800 * rounds);
                network.apply(Fault.none());
                blocks.finish();
                assertThat(network.accepted() - before)
                        .as("connections made anew")
                        .isGreaterThan(2);
            }
            judge(cluster, blocks, pool + "/reset");
        }
    }

    /** Nobody closes anything: what was not acknowledged may be there or not, each block as a whole. */
    @Test
    @Covers({"H25", "H87", "K14"})
    void whenTheClientIsGone(PrivateCephCluster cluster) throws IOException {
        String pool = cluster.pool(getClass(), "gone", 2);
        CephConf conf = TestConf.of(cluster);
        VersionedBlocks blocks;
        try (FaultNetwork network = new FaultNetwork()) {
            Rados rados = Wait.on(Rados.builder(conf).translator(network).connectAsync());
            Rbd rbd = Rbd.on(rados.pool(pool));
            rbd.create("gone", SIZE, OPTIONS);
            blocks = new VersionedBlocks(rbd.open("gone"), seed);
            blocks.go(300);
            blocks.goWithoutWaiting(40);
            network.apply(new Fault(Duration.ZERO, false, 0, 0, 0, Fault.Flow.BLACKHOLE, Fault.Ways.BOTH));
            rados.close();
        }
        blocks.check(cluster.exec("rbd", "export", "--no-progress", pool + "/gone", "-")
                .succeeded()
                .output());
        // Takes the lock over from the client that is gone.
        cluster.run("rbd", "object-map", "check", "--no-progress", pool + "/gone");
        assertThat(cluster.run("rbd", "info", pool + "/gone")).doesNotContain("invalid");
    }

    private static void judge(PrivateCephCluster cluster, VersionedBlocks blocks, String spec) throws IOException {
        blocks.check(cluster.exec("rbd", "export", "--no-progress", spec, "-")
                .succeeded()
                .output());
        cluster.run("rbd", "object-map", "check", "--no-progress", spec);
        assertThat(cluster.run("rbd", "info", spec)).doesNotContain("invalid");
    }
}
