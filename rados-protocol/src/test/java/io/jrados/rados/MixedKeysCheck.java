package io.jrados.rados;

import static org.assertj.core.api.Assertions.assertThat;

import io.jrados.conf.CephConf;
import io.jrados.testkit.Covers;
import io.jrados.testkit.PrivateCephCluster;
import io.jrados.testkit.PrivateCephTest;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

@PrivateCephTest(release = "20", keys = "mixed")
class MixedKeysCheck extends KeyTypesCheck {
    @Test
    @Covers({"B11", "B15"})
    void anOldKeyWorksBesideTheNew(PrivateCephCluster cluster) throws Exception {
        CephConf conf = CephConf.builder()
                .file(cluster.conf())
                .name("client.aes")
                .set("keyring", cluster.folder().resolve("keyring.aes").toString())
                .build();
        try (Rados rados = Rados.connect(conf)) {
            rados.pool(cluster.pool(getClass())).writeFull("old", ByteBuffer.allocate(1));
            assertThat(rados.admin().requireOsdRelease()).isEqualTo(20);
        }
    }
}
