package io.jrados.drivers.cinder;

import static io.jrados.drivers.cinder.CinderFixture.GIB;
import static org.assertj.core.api.Assertions.assertThat;

import io.jrados.drivers.cinder.model.CinderOptions;
import io.jrados.rados.Wait;
import io.jrados.rbd.model.ImageOptions;
import io.jrados.testkit.Covers;
import io.jrados.testkit.PrivateCephCluster;
import io.jrados.testkit.PrivateCephTest;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The statistics of the volumes' pool, of which monitors know nothing until a manager has told them. */
@PrivateCephTest(mgrs = 1)
class CapacityTest {
    private static Map<String, Object> told(CinderVolumes volumes) {
        long end = System.nanoTime() + Duration.ofMinutes(1).toNanos();
        while (true) {
            Map<String, Object> stats = volumes.stats().toMap();
            if (stats.get("backend_state").equals("up")) {
                return stats;
            }
            assertThat(System.nanoTime()).as("no figures").isLessThan(end);
        }
    }

    @Test
    @Covers("O74")
    void item074TheCapacityFollowsTheQuota(PrivateCephCluster cluster) throws IOException {
        try (CinderFixture cinder = new CinderFixture(cluster, cluster.pool(CapacityTest.class))) {
            cluster.run("ceph", "osd", "pool", "set-quota", cinder.pool, "max_bytes", Long.toString(10 * GIB));
            Wait.on(cinder.rados.waitForLatestOsdMapAsync());
            for (long size : List.of(GIB, 2 * GIB, GIB * 3 / 2)) {
                cinder.rbd().create("volume-" + size, size, ImageOptions.DEFAULT);
            }
            CinderOptions shared =
                    CinderOptions.DEFAULT.withExclusivePool(false).withDynamicTotalCapacity(false);
            Map<String, Object> stats = told(cinder.with(shared));
            assertThat(stats)
                    .containsEntry("total_capacity_gb", 10.0)
                    .containsEntry("provisioned_capacity_gb", 5L)
                    .containsEntry("storage_protocol", "ceph")
                    .containsEntry("location_info", "ceph::" + cinder.rados.fsid() + "::" + cinder.pool);
            assertThat((double) stats.get("free_capacity_gb")).isLessThanOrEqualTo(10.0);
            assertThat(told(cinder.volumes)).doesNotContainKey("provisioned_capacity_gb");
        }
    }
}
