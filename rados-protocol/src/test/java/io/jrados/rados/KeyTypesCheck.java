package io.jrados.rados;

import static org.assertj.core.api.Assertions.assertThat;

import io.jrados.conf.CephConf;
import io.jrados.testkit.Covers;
import io.jrados.testkit.PrivateCephCluster;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Clusters of release 20 with each choice of keys, which need that release's packages. On request: {@code
 * -Dtest='*KeysCheck'}.
 */
abstract class KeyTypesCheck {
    @ParameterizedTest
    @ValueSource(strings = {"crc", "secure"})
    @Covers({"B12", "B13", "B15", "B16"})
    void worksInBothModes(String mode, PrivateCephCluster cluster) throws Exception {
        String name = cluster.pool(getClass());
        CephConf conf = CephConf.builder()
                .file(cluster.conf())
                .set("ms_client_mode", mode)
                .set("ms_mon_client_mode", mode)
                .build();
        try (Rados rados = Rados.connect(conf)) {
            rados.pool(name).writeFull(mode, ByteBuffer.wrap("content".getBytes(StandardCharsets.UTF_8)));
            assertThat(cluster.run("rados", "-p", name, "get", mode, "-")).isEqualTo("content");
            assertThat(rados.connections())
                    .extracting(each -> each.mode().toString())
                    .containsOnly(mode);
        }
    }

    /** The monitors throw the secrets of all services away: every ticket is worthless at once. */
    @Test
    @Covers({"B16", "B24", "B31"})
    void goesOnWhenAllTicketsBecomeWorthless(PrivateCephCluster cluster) throws Exception {
        String name = cluster.pool(getClass());
        try (Rados rados = Rados.connect(CephConf.load(cluster.conf()))) {
            Pool pool = rados.pool(name);
            pool.writeFull("before", ByteBuffer.allocate(1));
            long id = rados.instanceId();
            cluster.run("ceph", "auth", "wipe-rotating-service-keys");
            for (String osd : List.of("osd.0", "osd.1")) {
                cluster.stop(osd);
                cluster.revive(osd);
                pool.writeFull("after " + osd, ByteBuffer.allocate(1));
            }
            assertThat(rados.instanceId()).isEqualTo(id);
        }
    }
}
