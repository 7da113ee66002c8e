package io.jrados.rados;

import static org.assertj.core.api.Assertions.assertThat;

import io.jrados.json.JsonReader;
import io.jrados.testkit.Covers;
import io.jrados.testkit.PrivateCephCluster;
import io.jrados.testkit.PrivateCephTest;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** A client that was not told of hundreds of maps, on a cluster that keeps only the last few. */
@PrivateCephTest(conf = {"mon min osdmap epochs = 10", "paxos service trim min = 5", "osd map message max = 10"})
class MapCatchUpTest {
    private static void makeEpochs(Rados admin, int count) throws Exception {
        Pool pool = admin.pool("rbd");
        for (int i = 0; i < count; i++) {
            pool.createSnapId();
        }
    }

    @Test
    @Covers({"C08", "C10", "C12"})
    void hundredsOfEpochsLater(PrivateCephCluster cluster) throws Exception {
        String name = cluster.pool(getClass());
        try (Rados late = Clients.connect(cluster);
                Rados admin = Clients.connect(cluster, cluster.admin())) {
            Pool pool = late.pool(name);
            pool.writeFull("object", ByteBuffer.allocate(1));
            long before = late.osdMapEpoch();
            makeEpochs(admin, 250);
            assertThat(late.osdMapEpoch()).as("nobody told it").isLessThan(before + 250);

            // an OSD that sees how old its client's map is sends newer ones
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
            while (late.osdMapEpoch() < before + 250 && System.nanoTime() - end < 0) {
                pool.writeFull("object", ByteBuffer.allocate(2));
            }
            Wait.on(late.waitForLatestOsdMapAsync());
            assertThat(late.osdMapEpoch()).isGreaterThanOrEqualTo(before + 250);
            assertThat(pool.stat("object").size()).isEqualTo(2);
        }
    }

    /** The monitors have forgotten the epoch that would come next. */
    @Test
    @Covers("C08")
    void afterTheMonitorsHaveForgottenItsEpoch(PrivateCephCluster cluster) throws Exception {
        String name = cluster.pool(getClass(), "forgotten");
        try (Rados late = Clients.connect(cluster);
                Rados admin = Clients.connect(cluster, cluster.admin())) {
            Pool pool = late.pool(name);
            pool.writeFull("object", ByteBuffer.allocate(1));
            long before = late.osdMapEpoch();
            makeEpochs(admin, 30);
            // they would keep what an OSD may still need, for minutes
            cluster.run("ceph", "config", "set", "mon", "mon_osd_force_trim_to", Long.toString(before + 10));
            long oldest = 0;
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(90);
            while (oldest <= before + 1) {
                assertThat(System.nanoTime())
                        .as("the monitors forget %d, the oldest is %d", before, oldest)
                        .isLessThan(end);
                makeEpochs(admin, 3);
                CommandResult report = admin.admin().commands().mon(Command.of("report"));
                oldest = JsonReader.read(report.output())
                        .get("osdmap_first_committed")
                        .number();
            }
            Wait.on(late.waitForLatestOsdMapAsync());
            assertThat(late.osdMapEpoch()).isGreaterThan(oldest);
            pool.writeFull("object", ByteBuffer.allocate(3));
            assertThat(cluster.run("rados", "-p", name, "stat", "object")).contains("size 3");
        }
    }
}
