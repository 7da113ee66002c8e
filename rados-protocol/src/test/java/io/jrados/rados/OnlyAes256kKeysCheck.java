package io.jrados.rados;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jrados.conf.CephConf;
import io.jrados.testkit.Covers;
import io.jrados.testkit.PrivateCephCluster;
import io.jrados.testkit.PrivateCephTest;
import org.junit.jupiter.api.Test;

@PrivateCephTest(release = "20", keys = "aes256k")
class OnlyAes256kKeysCheck extends KeyTypesCheck {
    @Test
    @Covers("B33")
    void anOldKeyIsRefusedWithASentenceAboutItsType(PrivateCephCluster cluster) throws Exception {
        CephConf conf = CephConf.builder()
                .file(cluster.conf())
                .set("key", "AQBq4gJnAAAAABAAAAAAAAAAAAAAAAAAAAAAAA==")
                .build();
        assertThatThrownBy(() -> Rados.connect(conf))
                .hasMessageContaining(
                        "of a type that the cluster does not allow: aes is refused by clusters made by release 20");
    }
}
