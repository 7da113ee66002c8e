package io.jrados.rbd;

import static org.assertj.core.api.Assertions.assertThat;

import io.jrados.rbd.change.ChangeOptions;
import io.jrados.rbd.change.ChangeReader;
import io.jrados.rbd.change.ImageChanges;
import io.jrados.rbd.model.DiskUsage;
import io.jrados.rbd.model.DiskUsageOptions;
import io.jrados.rbd.model.ImageOptions;
import io.jrados.rbd.model.Progress;
import io.jrados.rbd.model.SnapshotInfo;
import io.jrados.rbd.model.SummaryOptions;
import io.jrados.rbd.stream.Changes;
import io.jrados.rbd.stream.CopyOptions;
import io.jrados.rbd.stream.DiffExportOptions;
import io.jrados.rbd.stream.ExportOptions;
import io.jrados.rbd.stream.ImageStreams;
import io.jrados.rbd.stream.ImportOptions;
import io.jrados.testkit.AsRbdUser;
import io.jrados.testkit.CephCluster;
import io.jrados.testkit.CephTest;
import io.jrados.testkit.Covers;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ReadableByteChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Every verb that moves an image, and those that look at many, by a user with nothing but {@code profile rbd}. */
@CephTest
@AsRbdUser
@Timeout(300)
class StreamsAsRbdUserTest {
    private static final int SIZE = (12 << 16) + 4096;

    private interface Writing {
        void to(ByteArrayOutputStream sink) throws IOException;
    }

    private static byte[] bytes(Writing writing) throws IOException {
        ByteArrayOutputStream sink = new ByteArrayOutputStream();
        writing.to(sink);
        return sink.toByteArray();
    }

    private static ReadableByteChannel pipe(byte[] stream) {
        return Channels.newChannel(new ByteArrayInputStream(stream));
    }

    @Test
    @Covers({"H17", "H59", "H109", "H110", "H111", "H113", "H114"})
    void mayDoThemAll(CephCluster cluster) throws IOException {
        try (TestClient client =
                new TestClient(cluster, cluster.pool(StreamsAsRbdUserTest.class), TestClient.Mode.CRC)) {
            Rbd rbd = client.rbd;
            ImageStreams streams = ImageStreams.on(rbd);
            rbd.create("source", SIZE, ImageOptions.DEFAULT.withOrder(16));
            Map<String, byte[]> states;
            try (Image image = rbd.open("source")) {
                states = new ImageHistory(image, new Random(9)).live(2);
            }
            byte[] head = states.get(ImageHistory.HEAD);

            byte[] raw = bytes(sink ->
                    streams.exportImage("source", ExportOptions.DEFAULT, Channels.newChannel(sink), Progress.NONE));
            byte[] whole = bytes(sink -> streams.exportImage(
                    "source", ExportOptions.DEFAULT.withFormat(2), Channels.newChannel(sink), Progress.NONE));
            byte[] first = bytes(sink -> streams.exportDiff(
                    "source", DiffExportOptions.DEFAULT.until("s0"), Channels.newChannel(sink), Progress.NONE));
            byte[] second = bytes(sink -> streams.exportDiff(
                    "source",
                    DiffExportOptions.DEFAULT.since("s0").until("s1"),
                    Channels.newChannel(sink),
                    Progress.NONE));
            byte[] merged = bytes(sink -> ImageStreams.mergeDiffs(
                    List.of(pipe(first), pipe(second)), Channels.newChannel(sink), Progress.NONE));
            streams.importImage("raw", ImportOptions.DEFAULT, pipe(raw), Progress.NONE);
            streams.importImage("whole", ImportOptions.DEFAULT.withFormat(2), pipe(whole), Progress.NONE);
            rbd.create("by-diff", 0, ImageOptions.DEFAULT);
            streams.importDiff("by-diff", pipe(merged), Progress.NONE);
            streams.copyImage("source", CopyOptions.DEFAULT, rbd, "copied", Progress.NONE);
            TreeMap<Long, ByteBuffer> all = new TreeMap<>(Map.of(0L, ByteBuffer.wrap(head)));
            streams.makeImage(
                    "made", head.length, ImageOptions.DEFAULT, image -> image.write(0, ByteBuffer.wrap(head)));
            rbd.create("applied", 0, ImageOptions.DEFAULT);
            streams.applyChanges("applied", Changes.of(head.length, all).until("done"), 4, Progress.NONE);
            for (String name : List.of("raw", "whole", "copied", "made", "applied")) {
                assertThat(Arrays.equals(client.exported(client.spec(name)), head))
                        .as(name)
                        .isTrue();
            }
            assertThat(Arrays.equals(client.exported(client.spec("by-diff")), states.get("s1")))
                    .isTrue();
            look(rbd);
        }
    }

    private static void look(Rbd rbd) throws IOException {
        List<Long> lent = new ArrayList<>();
        ChangeReader reader = new ChangeReader() {
            @Override
            public CompletableFuture<?> data(long offset, ByteBuffer bytes) {
                lent.add(offset);
                return CompletableFuture.completedFuture(null);
            }

            @Override
            public CompletableFuture<?> zero(long offset, long length) {
                return CompletableFuture.completedFuture(null);
            }
        };
        ImageChanges changes = ImageChanges.on(rbd);
        changes.read("source", ChangeOptions.DEFAULT, reader, Progress.NONE);
        changes.read("source", ChangeOptions.DEFAULT.since("s0").making("s2"), reader, Progress.NONE);
        assertThat(lent).isNotEmpty();
        changes.list("source", ChangeOptions.DEFAULT.of("s2").byObject(), 5, Progress.NONE, answer -> {});
        assertThat(rbd.diskUsage("source", DiskUsageOptions.ALL, Progress.NONE))
                .extracting(DiskUsage::usedBytes)
                .hasSize(4)
                .contains(0L);
        List<String> described = new ArrayList<>();
        rbd.describeImages(SummaryOptions.DEFAULT.withUsage(), Progress.NONE, each -> {
            assertThat(each.failure()).isEmpty();
            assertThat(each.usedBytes()).isPresent();
            described.add(each.name());
        });
        assertThat(described).isEqualTo(rbd.list());
        try (Image image = rbd.openReadOnly("source")) {
            assertThat(image.snapshots()).extracting(SnapshotInfo::name).containsExactly("s0", "s1", "s2");
        }
        rbd.moveToTrash("raw", Duration.ofDays(1));
        rbd.purgeTrash(1, Progress.NONE); // asks the monitors how full pools are
        assertThat(rbd.trash()).hasSize(1);
    }
}
