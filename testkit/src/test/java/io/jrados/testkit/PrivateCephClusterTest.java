package io.jrados.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.attribute.PosixFilePermissions;
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

    /** The monitor's store has every key, and who opens a daemon's admin socket commands it. */
    @Test
    void nothingOfAClusterIsOpenToOtherUsersOfTheMachine(PrivateCephCluster cluster) throws Exception {
        Process find = new ProcessBuilder(
                        "find",
                        cluster.folder().toString(),
                        // the tools of another release, which hold no secret
                        "-not",
                        "-path",
                        "*/bin/*",
                        "-not",
                        "-name",
                        "bin",
                        "-not",
                        "-name",
                        "in",
                        "-not",
                        "-type",
                        "l",
                        "-perm",
                        "/077")
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        String open = new String(find.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertThat(open).isEmpty();
        assertThat(Files.getPosixFilePermissions(cluster.folder()))
                .isEqualTo(PosixFilePermissions.fromString("rwx------"));
    }
}
