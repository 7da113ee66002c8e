package io.jrados.rbd.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.jrados.error.Errno;
import io.jrados.error.NotFoundException;
import io.jrados.error.RadosException;
import io.jrados.osd.op.ReadOperation;
import io.jrados.osd.op.WatcherInfo;
import io.jrados.rbd.Image;
import io.jrados.rbd.ImageSummary;
import io.jrados.rbd.Rbd;
import io.jrados.rbd.format.ObjectNames;
import io.jrados.rbd.model.DiffOptions;
import io.jrados.rbd.model.DiskUsage;
import io.jrados.rbd.model.DiskUsageOptions;
import io.jrados.rbd.model.Features;
import io.jrados.rbd.model.ImageOptions;
import io.jrados.rbd.model.ImageSpec;
import io.jrados.rbd.model.Progress;
import io.jrados.rbd.model.SnapshotInfo;
import io.jrados.rbd.model.SummaryOptions;
import io.jrados.testkit.CephCluster;
import io.jrados.testkit.CephTest;
import io.jrados.testkit.Covers;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

/** Many images described at once, and large ones added up: what is told is right, and the operations are counted. */
@CephTest
@Timeout(180)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SurveyTest {
    private static final long MIB = 1 << 20;
    private static final int PLAIN = 20;

    private Images images;
    private Rbd rbd;

    @BeforeAll
    void connect(CephCluster cluster) throws IOException {
        images = new Images(cluster, SurveyTest.class);
        rbd = Rbd.on(images.pool);
    }

    @AfterAll
    void disconnect() {
        images.close();
    }

    /** The same images through a pool that counts operations. */
    private Rbd counted(FaultPoint count) {
        return Rbd.on(new FaultyPool(images.pool, count));
    }

    @Test
    @Covers("K14")
    void allImagesOfAPoolAreDescribedInFourOperationsEach() throws IOException {
        rbd.createNamespace("many");
        String dataPool = images.cluster.pool(SurveyTest.class, "data");
        Rbd many = Rbd.on(images.pool.inNamespace("many"));
        Rbd elsewhere = Rbd.on(images.rados.pool(images.cluster.pool(SurveyTest.class, "elsewhere")));
        for (int i = 0; i < PLAIN; i++) {
            many.create("plain" + i, i * MIB, i % 2 == 0 ? ImageOptions.LAYERING : ImageOptions.DEFAULT);
        }
        many.create("striped", MIB, ImageOptions.DEFAULT.withStriping(65536, 4).withDataPool(dataPool));
        elsewhere.create("golden", 8 * MIB, ImageOptions.DEFAULT);
        try (Image golden = elsewhere.open("golden")) {
            golden.createSnapshot("base");
        }
        many.clone(
                ImageSpec.of(elsewhere.pool().name(), "golden").at("base"),
                "clone",
                ImageOptions.DEFAULT.withCloneFormat(2));
        elsewhere.moveToTrash("golden", Duration.ofDays(1));
        try (Image image = many.open("plain19")) {
            image.write(5 * MIB, ByteBuffer.allocate(10));
            image.createSnapshot("first");
            image.createSnapshot("second");
            image.protectSnapshot("second");
            image.write(9 * MIB, ByteBuffer.allocate(10));
        }
        many.create("damaged", MIB, ImageOptions.DEFAULT);
        String damaged = many.ids().get("damaged");
        many.pool().remove(ObjectNames.header(damaged));

        try (Image open = many.open("plain3")) {
            assertThat(open.watchers()).isEmpty();
            Map<String, ImageSummary> found = new LinkedHashMap<>();
            FaultPoint count = FaultPoint.nowhere();
            Rbd counted = Rbd.on(new FaultyPool(many.pool(), count));
            counted.describeImages(
                    SummaryOptions.DEFAULT.withWidth(7).withUsage(),
                    Progress.NONE,
                    each -> found.put(each.name(), each));
            assertThat(found.keySet()).containsExactlyElementsOf(many.list());
            // the list of this namespace, the names of the parent's pool and its trash
            assertThat(count.count()).isLessThanOrEqualTo(4 * found.size() + 3);
            assertThat(count.count())
                    .as("images without snapshots need one or two")
                    .isLessThan(2 * found.size() + 10);

            ImageSummary broken = found.remove("damaged");
            assertThat(broken.failure().orElseThrow().errno()).isEqualTo(Errno.ENOENT);
            assertThat(broken.info()).isEmpty();
            for (ImageSummary each : found.values()) {
                assertThat(each.failure()).as(each.name()).isEmpty();
                judge(many, each);
            }
            assertThat(found.get("plain3").watchers())
                    .extracting(WatcherInfo::clientId)
                    .containsExactly(images.rados.instanceId());
            assertThat(found.get("plain4").watchers()).isEmpty();
            assertThat(found.get("plain4").usedBytes()).isEmpty();
            assertThat(found.get("plain19").usedBytes()).hasValue(8 * MIB);
            assertThat(found.get("clone").parent().orElseThrow().isInTrash()).isTrue();
            assertThat(found.get("clone").parent().orElseThrow().spec())
                    .isEqualTo(ImageSpec.of(elsewhere.pool().name(), "golden").at("base"));
        }
    }

    /** As the native tool describes it, and as it is when it is open. */
    private void judge(Rbd many, ImageSummary ours) throws IOException {
        String spec = images.pool.name() + "/many/" + ours.name();
        try (Image image = many.openReadOnly(ours.name())) {
            assertThat(ours.info().orElseThrow()).usingRecursiveComparison().isEqualTo(image.info());
            assertThat(ours.snapshots()).usingRecursiveComparison().isEqualTo(image.snapshots());
            assertThat(ours.parent()).usingRecursiveComparison().isEqualTo(image.parent());
            assertThat(ours.times().orElseThrow()).isEqualTo(image.times());
        }
        if (!ours.name().startsWith("plain") || ours.name().equals("plain19")) {
            JsonNode theirs = images.json("info", spec);
            assertThat(theirs.get("size").asLong())
                    .isEqualTo(ours.info().orElseThrow().size());
            assertThat(theirs.get("objects").asLong())
                    .isEqualTo(ours.info().orElseThrow().objectCount());
            assertThat(theirs.get("snapshot_count").asInt())
                    .isEqualTo(ours.snapshots().size());
            JsonNode snapshots = images.json("snap", "ls", spec);
            List<String> names = new ArrayList<>();
            snapshots.forEach(snapshot -> names.add(snapshot.get("name").asText()));
            assertThat(ours.snapshots()).extracting(SnapshotInfo::name).isEqualTo(names);
        }
    }

    @Test
    @Covers("K14")
    void describingLeavesNoWatchAndEndsWhereItIsCancelled() throws IOException {
        rbd.createNamespace("still");
        Rbd still = Rbd.on(images.pool.inNamespace("still"));
        for (int i = 0; i < 10; i++) {
            still.create("image" + i, MIB, ImageOptions.DEFAULT);
        }
        AtomicInteger told = new AtomicInteger();
        still.describeImages(SummaryOptions.DEFAULT, Progress.NONE, each -> {
            told.incrementAndGet();
            assertThat(each.watchers()).isEmpty();
        });
        assertThat(told).hasValue(10);
        for (String id : still.ids().values()) {
            assertThat(still.pool()
                            .operate(ObjectNames.header(id), new ReadOperation().listWatchers())
                            .watchers(0))
                    .isEmpty();
        }
        told.set(0);
        FaultPoint count = FaultPoint.nowhere();
        Rbd counted = Rbd.on(new FaultyPool(still.pool(), count));
        Progress untilThird = new Progress() {
            @Override
            public void report(long done, long total) {
                assertThat(total).isEqualTo(10);
            }

            @Override
            public boolean isCancelled() {
                return told.get() == 3;
            }
        };
        assertThatThrownBy(() -> counted.describeImages(
                        SummaryOptions.DEFAULT.withWidth(2), untilThird, each -> told.incrementAndGet()))
                .isInstanceOfSatisfying(RadosException.class, failed -> assertThat(failed.errno())
                        .isEqualTo(Errno.ECANCELED));
        assertThat(told).hasValue(3);
        assertThat(count.count()).as("the list, and no image beyond the width").isLessThanOrEqualTo(1 + 3 + 2);
        assertThatThrownBy(() -> still.describeImages(SummaryOptions.DEFAULT, Progress.NONE, each -> {
                    throw new IllegalStateException("enough");
                }))
                .hasMessage("enough");
    }

    @Test
    @Covers("H59")
    void anImageOfFourTerabytesIsAddedUpByItsMapAlone() throws IOException {
        long size = (4L << 40) + 12345;
        rbd.create("large", size, ImageOptions.DEFAULT);
        try (Image image = rbd.open("large")) {
            image.write(0, ByteBuffer.allocate(10));
            image.write(3L << 40, ByteBuffer.allocate(10));
            image.createSnapshot("one");
            image.write(2L << 40, ByteBuffer.allocate(10));
            image.write(size - 1, ByteBuffer.allocate(1));
        }
        FaultPoint count = FaultPoint.nowhere();
        List<DiskUsage> rows = counted(count).diskUsage("large", DiskUsageOptions.ALL, Progress.NONE);
        assertThat(rows).extracting(DiskUsage::usedBytes).containsExactly(8 * MIB, 4 * MIB + 12345);
        assertThat(rows).extracting(DiskUsage::provisionedBytes).containsOnly(size);
        assertThat(count.count()).isLessThanOrEqualTo(10);
        FaultPoint ofDiff = FaultPoint.nowhere();
        try (Image image = counted(ofDiff).openReadOnly("large")) {
            assertThat(image.diff(DiffOptions.ALL.byObject())).hasSize(4);
            assertThat(image.diff(DiffOptions.ALL.byObject().since("one"))).hasSize(2);
        }
        assertThat(ofDiff.count()).isLessThanOrEqualTo(20);
        JsonNode theirs = images.json("du", images.spec("large")).get("images");
        assertThat(theirs.get(0).get("used_size").asLong()).isEqualTo(8 * MIB);
        assertThat(theirs.get(1).get("used_size").asLong()).isEqualTo(4 * MIB + 12345);
    }

    @Test
    @Covers("H59")
    void aSnapshotThatGoesAwayEndsTheAddingUp() throws IOException {
        rbd.create("passing", 8 * MIB, ImageOptions.DEFAULT);
        try (Image image = rbd.open("passing")) {
            image.write(0, ByteBuffer.allocate(10));
            image.createSnapshot("one");
            image.updateFeatures(Features.OBJECT_MAP | Features.FAST_DIFF, false);
        }
        FaultPoint gone = FaultPoint.before(object -> object.startsWith("rbd_data."), () -> {
            try (Image image = rbd.open("passing")) {
                image.removeSnapshot("one");
            }
        });
        assertThatThrownBy(() -> counted(gone).diskUsage("passing", DiskUsageOptions.ALL, Progress.NONE))
                .isInstanceOf(NotFoundException.class);
    }
}
