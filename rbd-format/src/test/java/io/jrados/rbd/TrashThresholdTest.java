package io.jrados.rbd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.jrados.rbd.model.ImageOptions;
import io.jrados.rbd.model.Progress;
import io.jrados.rbd.model.TrashEntry;
import io.jrados.testkit.Covers;
import io.jrados.testkit.PrivateCephCluster;
import io.jrados.testkit.PrivateCephTest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Purging the trash until its pool is no fuller than a threshold, in twin pools: one by us, one by the native tool. */
@PrivateCephTest(mgrs = 1, conf = "mgr stats period = 1")
@Timeout(300)
class TrashThresholdTest {
    private static final int MIB = 1 << 20;
    private static final int IMAGES = 6;

    private record Room(double share, long stored) {}

    private static Room room(PrivateCephCluster cluster, String pool) throws IOException {
        JsonNode df = new ObjectMapper().readTree(cluster.run("ceph", "df", "--format", "json"));
        for (JsonNode each : df.get("pools")) {
            if (each.get("name").asText().equals(pool)) {
                JsonNode stats = each.get("stats");
                return new Room(
                        stats.get("percent_used").asDouble(),
                        stats.get("stored").asLong());
            }
        }
        return new Room(0, 0);
    }

    /** Images of 8 MiB with all their bytes, whose deferment ends one after the other, and two that take nothing. */
    private static void fill(TestClient client, Rbd rbd) throws IOException {
        byte[] bytes = TestClient.bytes(1, 8 * MIB);
        for (int i = 0; i < IMAGES; i++) {
            rbd.create("image" + i, 8 * MIB, ImageOptions.DEFAULT);
            try (Image image = rbd.open("image" + i)) {
                image.write(0, ByteBuffer.wrap(bytes));
            }
            rbd.moveToTrash("image" + i, Duration.ofDays(10 + IMAGES - i));
        }
        rbd.create("expired", 8 * MIB, ImageOptions.DEFAULT);
        rbd.moveToTrash("expired", Duration.ZERO);
        rbd.create("young", 8 * MIB, ImageOptions.DEFAULT);
        rbd.moveToTrash("young", Duration.ofDays(30));
    }

    private static List<String> left(Rbd rbd) throws IOException {
        return rbd.trash().stream().map(TrashEntry::name).sorted().toList();
    }

    @Test
    @Covers("H103")
    void asMuchIsPurgedAsByTheNativeTool(PrivateCephCluster cluster) throws IOException {
        String ours = cluster.pool(TrashThresholdTest.class, "ours");
        String theirs = cluster.pool(TrashThresholdTest.class, "theirs");
        try (TestClient client = new TestClient(cluster, ours, TestClient.Mode.CRC)) {
            Rbd twin = Rbd.on(client.rados.pool(theirs));
            fill(client, client.rbd);
            fill(client, twin);
            long end = System.nanoTime() + Duration.ofMinutes(2).toNanos();
            Room full = room(cluster, ours);
            while (full.stored < IMAGES * 8L * MIB || full.share <= 0 || room(cluster, theirs).share != full.share) {
                assertThat(System.nanoTime()).as("no figures: %s", full).isLessThan(end);
                full = room(cluster, ours);
            }
            assertThatThrownBy(() -> client.rbd.purgeTrash(Double.NaN, Progress.NONE))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("threshold");
            assertThatThrownBy(() -> client.rbd.purgeTrash(1.5, Progress.NONE))
                    .isInstanceOf(IllegalArgumentException.class);
            client.rbd.purgeTrash(1, Progress.NONE);
            client.rbd.purgeTrash(full.share + 0.001, Progress.NONE);
            assertThat(left(client.rbd)).as("nothing is too full").hasSize(IMAGES + 2);

            // a little more than half of what is there is too much
            double threshold = full.share * 0.45;
            AtomicLong purged = new AtomicLong();
            client.rbd.purgeTrash(threshold, (done, total) -> purged.set(done));
            client.rbd("trash", "purge", "--no-progress", "--threshold", String.format("%.8f", threshold), theirs);
            assertThat(left(client.rbd))
                    .isEqualTo(left(twin))
                    .contains("image0", "young")
                    .doesNotContain("expired", "image" + (IMAGES - 1));
            assertThat(purged).hasValue(IMAGES + 2 - left(client.rbd).size());
            assertThat(Arrays.asList(client.rbd("trash", "ls", ours).text().split("\n")))
                    .hasSize(left(client.rbd).size());
        }
    }
}
