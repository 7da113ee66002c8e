package io.jrados.drivers;

import static io.jrados.drivers.Clusters.data;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.jrados.drivers.DriverException.Kind;
import io.jrados.drivers.glance.GlanceStore;
import io.jrados.drivers.glance.model.AddedImage;
import io.jrados.drivers.glance.model.GlanceOptions;
import io.jrados.error.Errno;
import io.jrados.error.RadosException;
import io.jrados.rados.Rados;
import io.jrados.rados.Wait;
import io.jrados.rbd.Image;
import io.jrados.rbd.Rbd;
import io.jrados.rbd.model.ImageOptions;
import io.jrados.rbd.model.Progress;
import io.jrados.testkit.Covers;
import io.jrados.testkit.PrivateCephCluster;
import io.jrados.testkit.PrivateCephTest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

@PrivateCephTest
class FullClusterTest {
    private static final int MIB = 1 << 20;

    private static void setFull(PrivateCephCluster cluster, Rados rados, boolean full) throws IOException {
        List<String> ratios = full ? List.of("0.00001", "0.00002", "0.00003") : List.of("0.85", "0.90", "0.95");
        List<String> kinds = List.of("nearfull", "backfillfull", "full");
        for (int i = 0; i < 3; i++) {
            int at = full ? i : 2 - i;
            cluster.run("ceph", "osd", "set-" + kinds.get(at) + "-ratio", ratios.get(at));
        }
        long end = System.nanoTime() + Duration.ofMinutes(1).toNanos();
        while (cluster.run("ceph", "osd", "dump").matches("(?s).*\\bflags [a-z,]*\\bfull\\b.*") != full) {
            assertThat(System.nanoTime()).as("full: " + full).isLessThan(end);
        }
        Wait.on(rados.waitForLatestOsdMapAsync());
    }

    private static void assertStorageFull(GlanceStore store, String name, ByteSource source, long size) {
        DriverException failed = catchThrowableOfType(DriverException.class, () -> store.add(name, source, size));
        assertThat(failed.kind()).isEqualTo(Kind.STORAGE_FULL);
        assertThat(failed.errno()).isEqualTo(Errno.ENOSPC);
        assertThat(failed).hasMessageContaining("adding image " + name).hasMessageEndingWith("(ENOSPC)");
        // A failure to clean up would be here.
        assertThat(failed.getSuppressed()).noneMatch(RadosException.class::isInstance);
    }

    private static ByteSource source(byte[] bytes) {
        return ByteSource.of(new ByteArrayInputStream(bytes));
    }

    @Test
    @Covers("O9")
    void item009AnUploadIntoAFullClusterLeavesNothing(PrivateCephCluster cluster) throws IOException {
        String pool = cluster.pool(FullClusterTest.class);
        try (Rados rados = Clusters.connect(cluster, "crc")) {
            GlanceStore store = new GlanceStore(rados, GlanceOptions.DEFAULT.withPool(pool));
            Rbd images = Rbd.on(rados.pool(pool).withFullTry());
            images.create(
                    "split", MIB, ImageOptions.LAYERING.withDataPool(cluster.pool(FullClusterTest.class, "data")));
            byte[] bytes = data(1, 40 * MIB);
            ByteSource all = source(bytes);
            int[] chunks = {0};
            ByteSource filling = chunk -> {
                if (chunk.position() == 0 && ++chunks[0] == 3) {
                    setFull(cluster, rados, true);
                }
                return all.read(chunk);
            };
            assertStorageFull(store, "half", filling, bytes.length);
            assertStorageFull(store, "none", source(bytes), bytes.length);
            try (Image split = images.open("split")) {
                assertThat(catchThrowableOfType(
                                        RadosException.class, () -> split.write(0, ByteBuffer.wrap(data(2, MIB))))
                                .errno())
                        .as("the data pool is asked as the header's is")
                        .isEqualTo(Errno.ENOSPC);
            }
            images.remove("split", Progress.NONE);
            Clusters.assertEmpty(cluster, pool);

            setFull(cluster, rados, false);
            AddedImage added = store.add("half", source(bytes), bytes.length);
            assertThat(Clusters.export(cluster, pool + "/half")).isEqualTo(bytes);
            store.delete(added.uri());
            Clusters.assertEmpty(cluster, pool);
        }
    }
}
