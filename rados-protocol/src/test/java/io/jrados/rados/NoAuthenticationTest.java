package io.jrados.rados;

import static org.assertj.core.api.Assertions.assertThat;

import io.jrados.conf.CephConf;
import io.jrados.conf.ConnectionMode;
import io.jrados.testkit.Covers;
import io.jrados.testkit.PrivateCephCluster;
import io.jrados.testkit.PrivateCephTest;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

/** A cluster that lets anybody in, and whose daemons check no checksums of data. */
@PrivateCephTest(
        osds = 1,
        conf = {
            "auth cluster required = none",
            "auth service required = none",
            "auth client required = none",
            "ms crc data = false"
        })
class NoAuthenticationTest {
    @Test
    @Covers({"A41", "B02"})
    void everybodyIsLetInAndNothingIsEncrypted(PrivateCephCluster cluster) throws Exception {
        CephConf conf = CephConf.builder()
                .file(cluster.conf())
                .set("keyring", "/nowhere")
                .build();
        try (Rados rados = Rados.connect(conf)) {
            Pool pool = rados.pool(cluster.pool(getClass()));
            pool.writeFull("open", ByteBuffer.allocate(100_000));
            assertThat(pool.read("open", 0, ByteBuffer.allocate(100_001))).isEqualTo(100_000);
            assertThat(rados.connections())
                    .extracting(DaemonConnection::mode)
                    .hasSize(2)
                    .containsOnly(ConnectionMode.CRC);
        }
    }
}
