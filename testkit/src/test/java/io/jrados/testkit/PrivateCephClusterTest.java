package io.jrados.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;

@PrivateCephTest(osds = 3, store = PrivateCephTest.Store.BLUESTORE, conf = "osd heartbeat grace = 7")
class PrivateCephClusterTest {
    @Test
    void killedDaemonsComeBackWithTheirData(PrivateCephCluster cluster) throws IOException {
        String pool = cluster.pool(PrivateCephClusterTest.class, "kill", 3);
        byte[] data = "survives".getBytes(StandardCharsets.UTF_8);
        cluster.exec(Duration.ofSeconds(30), data, "rados", "-p", pool, "put", "object", "-")
                .succeeded();

        cluster.kill("osd.0", "osd.1", "osd.2", "mon.a");
        cluster.revive("mon.a", "osd.1");
        cluster.awaitHealthy();

        assertThat(cluster.run("rados", "-p", pool, "get", "object", "-")).isEqualTo("survives");
        assertThat(cluster.conf()).content().contains("osd heartbeat grace = 7", "osd objectstore = bluestore");
    }
}
