package io.jrados.rbd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.jrados.error.NotFoundException;
import io.jrados.error.RadosException;
import io.jrados.rbd.model.DiffExtent;
import io.jrados.rbd.model.DiffOptions;
import io.jrados.rbd.model.DiskUsage;
import io.jrados.rbd.model.DiskUsageOptions;
import io.jrados.rbd.model.Features;
import io.jrados.rbd.model.ImageOptions;
import io.jrados.rbd.model.Progress;
import io.jrados.testkit.CephCluster;
import io.jrados.testkit.CephTest;
import io.jrados.testkit.Covers;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

/**
 * The room that random images take, by whole objects and exactly, as {@code rbd du} adds it up: with all kinds of
 * layouts, as clones, with object maps that are valid and some that are not. {@code -Djrados.usage.images=500} looks at
 * more of them, {@code -Djrados.usage.seed} at others.
 */
@CephTest
@Timeout(1800)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DiskUsageTest {
    private static final int ORDER = 16;
    private static final int SIZE = (20 << ORDER) + 4096;
    private static final int IMAGES = Integer.getInteger("jrados.usage.images", 25);
    private static final long SEED = Long.getLong("jrados.usage.seed", 1);
    private static final String HEAD = "";

    private TestClient client;
    private NativeClient theirs;
    private boolean isCurrent;

    @BeforeAll
    void connect(CephCluster cluster) throws IOException {
        client = new TestClient(cluster, cluster.pool(DiskUsageTest.class), TestClient.Mode.CRC);
        theirs = new NativeClient(cluster, client.pool.name());
        isCurrent = Integer.parseInt(theirs.run("rbd.RBD().version()[1]")) >= 18;
        String data = cluster.pool(DiskUsageTest.class, "data");
        for (int i = 0; i < IMAGES; i++) {
            make(i, new Random(SEED * 1000 + i), data);
        }
    }

    @AfterAll
    void disconnect() throws IOException {
        theirs.close();
        client.close();
    }

    private void make(int number, Random random, String data) throws IOException {
        ImageOptions options = (number % 3 == 0 ? ImageOptions.LAYERING : ImageOptions.DEFAULT).withOrder(ORDER);
        options = number % 3 == 2 ? options.withStriping(16384, 3).withDataPool(data) : options;
        String name = "image" + number;
        boolean isClone = number % 5 > 2;
        if (isClone) {
            String parent = "parent" + number;
            client.rbd.create(parent, SIZE, options);
            try (Image image = client.rbd.open(parent)) {
                fill(image, random);
                image.createSnapshot("s");
                image.protectSnapshot("s");
            }
            client.rbd.clone(client.snapshot(parent, "s"), name, options.withCloneFormat(number % 5 == 3 ? 1 : 2));
        } else {
            client.rbd.create(name, SIZE, options);
        }
        try (Image image = client.rbd.open(name)) {
            for (int snapshot = 0; snapshot < 3; snapshot++) {
                fill(image, random);
                image.createSnapshot("s" + snapshot);
            }
            fill(image, random);
            boolean hasMap = (image.info().features() & Features.OBJECT_MAP) != 0;
            if (!hasMap || isCurrent) {
                image.resize((12 << ORDER) + random.nextInt(8 << ORDER), Progress.NONE);
                fill(image, random);
            }
            if (hasMap && random.nextInt(4) == 0) {
                image.updateFeatures(Features.OBJECT_MAP | Features.FAST_DIFF, false);
                image.updateFeatures(Features.OBJECT_MAP | Features.FAST_DIFF, true);
            }
        }
    }

    private static void fill(Image image, Random random) throws IOException {
        for (int i = 0; i < 4; i++) {
            int offset = random.nextInt((int) image.size());
            int length = 1 + random.nextInt((int) Math.min(image.size() - offset, 3 << ORDER));
            if (random.nextInt(3) == 0) {
                image.discard(offset, length);
            } else {
                byte[] bytes = new byte[Math.min(length, 1 << random.nextInt(17))];
                random.nextBytes(bytes);
                image.write(offset, ByteBuffer.wrap(bytes));
            }
        }
    }

    @Test
    @Covers("H59")
    void everyRowIsThatOfTheNativeTool() throws IOException {
        for (boolean exact : new boolean[] {false, true}) {
            DiskUsageOptions options = exact ? DiskUsageOptions.ALL.exact() : DiskUsageOptions.ALL;
            Map<String, List<String>> natively = new LinkedHashMap<>();
            String[] words = exact
                    ? new String[] {"du", "--pool", client.pool.name(), "--exact"}
                    : new String[] {"du", "--pool", client.pool.name()};
            for (JsonNode row : Json.of(client, words).get("images")) {
                natively.computeIfAbsent(row.get("name").asText(), name -> new ArrayList<>())
                        .add(text(row));
            }
            assertThat(natively).hasSizeGreaterThanOrEqualTo(IMAGES);
            for (Map.Entry<String, List<String>> image : natively.entrySet()) {
                List<DiskUsage> ours = client.rbd.diskUsage(image.getKey(), options, Progress.NONE);
                agree(image.getKey(), texts(ours), image.getValue(), exact);
            }
        }
    }

    /**
     * Release 16 counts bytes that were written and cut off again (see DiffTest), and takes an object for as large as
     * it is where no object map tells of it.
     */
    private void agree(String name, List<String> ours, List<String> natively, boolean exact) throws IOException {
        String what = name + (exact ? ", exactly" : ", by objects");
        if (isCurrent || !exact && isMapped(name)) {
            assertThat(ours).as(what).isEqualTo(natively);
            return;
        }
        assertThat(ours).as(what).hasSameSizeAs(natively);
        for (int i = 0; i < ours.size(); i++) {
            String[] mine = ours.get(i).split(" used ");
            String[] other = natively.get(i).split(" used ");
            assertThat(mine[0]).as(what).isEqualTo(other[0]);
            long used = Long.parseLong(mine[1]);
            long least = Long.parseLong(other[1]);
            if (exact) {
                assertThat(used).as(what).isLessThanOrEqualTo(least);
            } else {
                assertThat(used).as(what).isBetween(least, least + SIZE);
            }
        }
    }

    private boolean isMapped(String name) throws IOException {
        try (Image image = client.rbd.openReadOnly(name)) {
            return (image.info().features() & Features.FAST_DIFF) != 0
                    && image.info().flags() == 0;
        }
    }

    private static String text(JsonNode row) {
        String snapshot = row.has("snapshot") ? row.get("snapshot").asText() : HEAD;
        return snapshot + " of " + row.get("provisioned_size").asLong() + " used "
                + row.get("used_size").asLong();
    }

    private static List<String> texts(List<DiskUsage> rows) {
        return rows.stream()
                .map(row -> row.snapshot().orElse(HEAD) + " of " + row.provisionedBytes() + " used " + row.usedBytes())
                .toList();
    }

    private List<String> natively(String... words) throws IOException {
        List<String> rows = new ArrayList<>();
        Json.of(client, words).get("images").forEach(row -> rows.add(text(row)));
        return rows;
    }

    @Test
    @Covers("H59")
    void snapshotsMayBoundIt() throws IOException {
        DiskUsageOptions all = DiskUsageOptions.ALL;
        String spec = client.spec("image1");
        assertThat(texts(usage(all.until("s1")))).isEqualTo(natively("du", spec + "@s1"));
        assertThat(texts(usage(all.since("s0")))).isEqualTo(natively("du", "--from-snap", "s0", spec));
        assertThat(texts(usage(all.since("s0").until("s2"))))
                .isEqualTo(natively("du", "--from-snap", "s0", spec + "@s2"));
        assertThat(texts(usage(all.merged()))).isEqualTo(natively("du", "--merge-snapshots", spec));
        assertThat(usage(all.since("s1").until("s1"))).isEmpty();
        assertThatThrownBy(() -> usage(all.since("none"))).isInstanceOf(NotFoundException.class);
        assertThatThrownBy(() -> usage(all.until("none"))).isInstanceOf(NotFoundException.class);
        assertThatThrownBy(() -> usage(all.since("s2").until("s0")))
                .isInstanceOf(RadosException.class)
                .hasMessageContaining("newer");
    }

    private List<DiskUsage> usage(DiskUsageOptions options) throws IOException {
        return client.rbd.diskUsage("image1", options, Progress.NONE);
    }

    @Test
    @Covers("H59")
    void theParentsPartCountsIfAskedFor() throws IOException {
        for (int number = 3; number < Math.min(IMAGES, 15); number++) {
            String name = "image" + number;
            for (boolean exact : new boolean[] {false, true}) {
                DiskUsageOptions options = DiskUsageOptions.ALL.withParent().until("s0");
                DiffOptions asked = exact ? DiffOptions.ALL : DiffOptions.ALL.byObject();
                try (Image image = client.rbd.openSnapshot(name, "s0")) {
                    long data = image.diff(asked).stream()
                            .filter(DiffExtent::exists)
                            .mapToLong(DiffExtent::length)
                            .sum();
                    List<DiskUsage> rows = client.rbd.diskUsage(name, exact ? options.exact() : options, Progress.NONE);
                    assertThat(rows).extracting(DiskUsage::usedBytes).as(name).containsExactly(data);
                }
            }
        }
    }
}
