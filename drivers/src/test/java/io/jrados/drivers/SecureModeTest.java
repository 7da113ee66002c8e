package io.jrados.drivers;

import static io.jrados.drivers.Clusters.assertEmpty;
import static io.jrados.drivers.Clusters.data;
import static io.jrados.drivers.Clusters.export;
import static org.assertj.core.api.Assertions.assertThat;

import io.jrados.drivers.cinder.CinderVolumes;
import io.jrados.drivers.cinder.model.CinderOptions;
import io.jrados.drivers.glance.GlanceStore;
import io.jrados.drivers.glance.model.GlanceOptions;
import io.jrados.rados.Rados;
import io.jrados.testkit.CephCluster;
import io.jrados.testkit.CephTest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The drivers over encrypted connections; all their other tests are over plain ones, since the drivers see none. */
@CephTest
class SecureModeTest {
    @Test
    void imagesAndVolumesAreMadeAndDeleted(CephCluster cluster) throws IOException {
        String pool = cluster.pool(SecureModeTest.class);
        byte[] bytes = data(1, 9 << 20);
        try (Rados rados = Clusters.connect(cluster, "secure")) {
            GlanceStore store = new GlanceStore(rados, GlanceOptions.DEFAULT.withPool(pool));
            String uri = store.add("image", ByteSource.of(new ByteArrayInputStream(bytes)), bytes.length)
                    .uri();
            CinderVolumes volumes = new CinderVolumes(rados, CinderOptions.DEFAULT.withPool(pool));
            assertThat(volumes.createFromImage(List.of(uri), "raw", "volume-1", 1))
                    .isTrue();
            volumes.createClone("volume-1", "volume-2", 1);
            assertThat(export(cluster, pool + "/image@snap")).isEqualTo(bytes);
            Clusters.assertMode(rados, "secure");
            volumes.delete("volume-2");
            volumes.delete("volume-1");
            store.delete(uri);
        }
        assertEmpty(cluster, pool);
    }
}
