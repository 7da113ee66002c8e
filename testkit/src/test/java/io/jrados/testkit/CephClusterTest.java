package io.jrados.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

@CephTest
class CephClusterTest {
    private final CephCluster cluster;

    CephClusterTest(CephCluster cluster) {
        this.cluster = cluster;
    }

    @Test
    void poolsAreTheClassesOwnAndReady() throws IOException {
        String pool = cluster.pool(CephClusterTest.class);
        String other = cluster.pool(CephClusterTest.class, "other", 1);

        assertThat(cluster.pool(CephClusterTest.class)).isEqualTo(pool);
        assertThat(cluster.run("rados", "lspools").lines())
                .contains(pool, other)
                .doesNotHaveDuplicates();
        assertThat(cluster.run("ceph", "osd", "pool", "get", other, "size")).isEqualTo("size: 1");
    }

    @Test
    void nativeCommandsTakeInputAndGiveBytesAndErrors() throws IOException {
        String pool = cluster.pool(CephClusterTest.class);
        byte[] data = {0, 1, (byte) 0xff, '\n'};

        cluster.exec(Duration.ofSeconds(20), data, "rados", "-p", pool, "put", "object", "-")
                .succeeded();

        assertThat(cluster.exec("rados", "-p", pool, "get", "object", "-").output())
                .isEqualTo(data);
        NativeResult absent = cluster.exec("rados", "-p", pool, "stat", "absent");
        assertThat(absent.exit()).isEqualTo(1);
        assertThat(absent.errors()).contains("No such file or directory");
        assertThatThrownBy(absent::succeeded).hasMessageContaining("stat absent failed with 1");
    }

    @Test
    void scratchFilesAreSeenByNativeCommands() throws IOException {
        String pool = cluster.pool(CephClusterTest.class);
        Path file = Files.writeString(cluster.scratch().resolve("in"), "text");

        cluster.run("rados", "-p", pool, "put", "from-file", file.toString());

        assertThat(cluster.run("rados", "-p", pool, "get", "from-file", "-")).isEqualTo("text");
    }

    @Test
    void theConfigurationNamesMonitorsAndAKeyRing() {
        assertThat(cluster.conf()).content(StandardCharsets.UTF_8).contains("mon host = ", "keyring = ");
    }

    @Nested
    class NestedTests {
        @Test
        void getTheSameCluster(CephCluster same) {
            assertThat(same).isSameAs(cluster);
        }
    }
}
