package io.jrados.drivers.cinder;

import static io.jrados.drivers.Clusters.assertEmpty;
import static org.assertj.core.api.Assertions.assertThat;

import io.jrados.drivers.cinder.model.CinderOptions;
import io.jrados.testkit.Covers;
import io.jrados.testkit.PrivateCephCluster;
import io.jrados.testkit.PrivateCephTest;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Another machine dies with a volume open and locked: the cluster knows of it only when its watch is over. */
@PrivateCephTest(conf = "osd client watch timeout = 6")
class KilledClientTest {
    private static final String HOLDER =
            """
            import rados, rbd, sys
            client = rados.Rados(conffile=sys.argv[1])
            client.connect()
            image = rbd.Image(client.open_ioctx(sys.argv[2]), sys.argv[3])
            image.write(b'x' * 4096, 0)
            image.flush()
            print('open', flush=True)
            sys.stdin.read()
            """;

    @Test
    @Timeout(180)
    @Covers({"O59", "O60"})
    void item060TheVolumeOfAClientThatWasKilledIsDeleted(PrivateCephCluster cluster) throws Exception {
        String pool = cluster.pool(KilledClientTest.class);
        try (CinderFixture cinder = new CinderFixture(cluster, pool)) {
            cinder.volumes.create("volume-1", 1);
            Path ofItsRelease = cluster.conf().resolveSibling("bin").resolve("python3");
            String python = Files.isExecutable(ofItsRelease) ? ofItsRelease.toString() : "/usr/bin/python3";
            Process holder = new ProcessBuilder(
                            python, "-c", HOLDER, cluster.conf().toString(), pool, "volume-1")
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            try (BufferedReader said =
                    new BufferedReader(new InputStreamReader(holder.getInputStream(), StandardCharsets.UTF_8))) {
                assertThat(said.readLine()).isEqualTo("open");
                holder.destroyForcibly().waitFor();
            } finally {
                holder.destroyForcibly();
            }
            assertThat(cluster.run("rbd", "status", pool + "/volume-1")).contains("watcher=");
            new CinderVolumes(cinder.rados, CinderOptions.DEFAULT.withPool(pool)).delete("volume-1");
            assertEmpty(cluster, pool);
        }
    }
}
