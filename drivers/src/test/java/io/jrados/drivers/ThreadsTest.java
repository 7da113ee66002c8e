package io.jrados.drivers;

import static org.assertj.core.api.Assertions.assertThat;

import io.jrados.drivers.glance.GlanceStore;
import io.jrados.drivers.glance.model.GlanceOptions;
import io.jrados.rados.Rados;
import io.jrados.testkit.CephCluster;
import io.jrados.testkit.CephTest;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

@CephTest
class ThreadsTest {
    private static final int UPLOADS = 10;
    private static final int CHUNK = 1 << 20;

    @Test
    void tenUploadsShareTwoThreads(CephCluster cluster) throws Exception {
        String pool = cluster.pool(ThreadsTest.class);
        ExecutorService callers = Executors.newFixedThreadPool(UPLOADS);
        CyclicBarrier halfWay = new CyclicBarrier(UPLOADS + 1);
        try (Rados rados = Clusters.connect(cluster, "crc")) {
            GlanceStore store =
                    new GlanceStore(rados, GlanceOptions.DEFAULT.withPool(pool).withChunkSize(1));
            List<Future<?>> uploads = new ArrayList<>();
            for (int i = 0; i < UPLOADS; i++) {
                String name = "image-" + i;
                uploads.add(callers.submit(() -> store.add(name, source(halfWay), 8L * CHUNK)));
            }
            halfWay.await(1, TimeUnit.MINUTES);
            // images with a lock have watches, whose listeners are called on threads that end when nothing is to be
            // told
            assertThat(Clusters.threads().stream()
                            .filter(each -> !each.getName().equals("jrados-callback")))
                    .hasSizeBetween(1, 2)
                    .allSatisfy(thread -> assertThat(thread.getName()).startsWith("jrados-io"));
            halfWay.await(1, TimeUnit.MINUTES);
            for (Future<?> upload : uploads) {
                upload.get(2, TimeUnit.MINUTES);
            }
            assertThat(Clusters.threads().stream().filter(each -> each.getName().startsWith("jrados-io")))
                    .hasSizeLessThanOrEqualTo(2);
        } finally {
            callers.shutdownNow();
        }
        Clusters.assertNoThreadsLeft();
    }

    /** Eight chunks; with four of them under way everybody waits for everybody, twice. */
    private static ByteSource source(CyclicBarrier halfWay) {
        ByteBuffer chunk = ByteBuffer.wrap(Clusters.data(1, CHUNK));
        int[] read = {0};
        return into -> {
            if (read[0] == 4) {
                try {
                    halfWay.await(1, TimeUnit.MINUTES);
                    halfWay.await(1, TimeUnit.MINUTES);
                } catch (Exception broken) {
                    throw new java.io.IOException("the uploads are not side by side", broken);
                }
            }
            if (read[0]++ == 8) {
                return false;
            }
            into.put(chunk.duplicate());
            return true;
        };
    }
}
