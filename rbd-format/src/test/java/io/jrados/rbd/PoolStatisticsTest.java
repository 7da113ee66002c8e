package io.jrados.rbd;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.jrados.rbd.model.ImageOptions;
import io.jrados.rbd.model.PoolStatistics;
import io.jrados.rbd.model.PoolStatistics.Sum;
import io.jrados.rbd.model.Progress;
import io.jrados.testkit.CephCluster;
import io.jrados.testkit.CephTest;
import io.jrados.testkit.Covers;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The sums over a pool's images, as the native tool and its library add it up. */
@CephTest
@Timeout(120)
class PoolStatisticsTest {
    private static final int MIB = 1 << 20;

    @Test
    @Covers("H108")
    void headersAreAddedUpAsTheNativeToolDoes(CephCluster cluster) throws IOException {
        try (TestClient client = new TestClient(cluster, cluster.pool(PoolStatisticsTest.class), TestClient.Mode.CRC);
                NativeClient theirs = new NativeClient(cluster, client.pool.name())) {
            check(client.rbd.statistics().images(), 0, 0, 0, 0);
            check(client.rbd.statistics().trash(), 0, 0, 0, 0);
            for (int i = 1; i <= 12; i++) {
                client.rbd.create("image" + i, i * MIB, ImageOptions.LAYERING);
            }
            try (Image image = client.rbd.open("image9")) {
                image.createSnapshot("large");
                image.resize(MIB, Progress.NONE);
                image.createSnapshot("small");
            }
            client.rbd.moveToTrash("image12", Duration.ZERO);
            client.rbd("snap", "create", "--no-progress", client.spec("image11") + "@s");
            client.rbd("trash", "mv", client.spec("image11"));
            Rbd elsewhere = Rbd.on(client.pool.inNamespace("elsewhere"));
            client.rbd.createNamespace("elsewhere");
            elsewhere.create("other", MIB, ImageOptions.LAYERING);

            PoolStatistics ours = client.rbd.statistics();
            check(ours.images(), 10, 2, 55 - 8, 55);
            check(ours.trash(), 2, 1, 23, 23);
            check(elsewhere.statistics().images(), 1, 0, 1, 1);
            JsonNode natively = Json.of(client, "pool", "stats", client.pool.name());
            same(ours.images(), natively.get("images"));
            same(ours.trash(), natively.get("trash"));
            String library = theirs.run("sorted(rbd.RBD().pool_stats_get(ioctx).items())");
            assertThat(library)
                    .contains(
                            "('image_provisioned_bytes', " + ours.images().provisionedBytes() + ")",
                            "('trash_provisioned_bytes', " + ours.trash().provisionedBytes() + ")",
                            "('image_max_provisioned_bytes', " + ours.images().maxProvisionedBytes() + ")",
                            "('trash_max_provisioned_bytes', " + ours.trash().maxProvisionedBytes() + ")");
        }
    }

    private static void same(Sum ours, JsonNode theirs) {
        assertThat(theirs.get("count").asLong()).isEqualTo(ours.count());
        assertThat(theirs.get("snap_count").asLong()).isEqualTo(ours.snapshots());
        assertThat(theirs.get("provisioned_bytes").asLong()).isEqualTo(ours.maxProvisionedBytes());
    }

    @Test
    @Covers("H01")
    void theVersionIsThatOfTheBuild() {
        assertThat(Rbd.version()).matches("\\d+\\.\\d+\\.\\d+(-\\w+)?");
    }

    private static void check(Sum sum, long count, long snapshots, long provisioned, long most) {
        assertThat(sum.count()).isEqualTo(count);
        assertThat(sum.snapshots()).isEqualTo(snapshots);
        assertThat(sum.provisionedBytes()).isEqualTo(provisioned * MIB);
        assertThat(sum.maxProvisionedBytes()).isEqualTo(most * MIB);
    }
}
