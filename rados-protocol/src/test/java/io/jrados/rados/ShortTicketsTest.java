package io.jrados.rados;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jrados.conf.CephConf;
import io.jrados.error.Errno;
import io.jrados.error.RadosException;
import io.jrados.testkit.Covers;
import io.jrados.testkit.PrivateCephCluster;
import io.jrados.testkit.PrivateCephTest;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/**
 * Clients that outlive their tickets and their keys, on a cluster where tickets last for seconds, OSDs close idle
 * connections, and global ids are only given back to who proves that they are his.
 */
@PrivateCephTest(
        conf = {
            "auth service ticket ttl = 4",
            "auth mon ticket ttl = 9",
            "auth allow insecure global id reclaim = false",
            "ms connection idle timeout = 2"
        })
class ShortTicketsTest {
    /** Long enough for every ticket to be renewed, and for the secrets that seal them to be replaced, a few times. */
    private static final Duration WHILE = Duration.ofSeconds(Integer.getInteger("jrados.seconds", 14));

    private static boolean isBefore(long end) {
        return System.nanoTime() - end < 0;
    }

    /** OSDs are restarted all the while, so that each ticket has to open sessions. */
    @Test
    @Covers({"B19", "B24", "A25"})
    void noOperationFailsWhileTicketsAndSecretsChange(PrivateCephCluster cluster) throws Exception {
        String name = cluster.pool(getClass());
        try (Rados rados = Clients.connect(cluster)) {
            Pool pool = rados.pool(name).withDeadline(Duration.ofSeconds(30));
            long end = System.nanoTime() + WHILE.toNanos();
            long id = rados.instanceId();
            for (int i = 0; isBefore(end); i++) {
                String osd = "osd." + i % 2;
                cluster.stop(osd);
                pool.writeFull("object-" + i % 8, ByteBuffer.wrap(("write " + i).getBytes(StandardCharsets.UTF_8)));
                cluster.revive(osd);
                cluster.awaitHealthy();
                ByteBuffer read = ByteBuffer.allocate(100);
                int length = pool.read("object-" + i % 8, 0, read);
                assertThat(new String(read.array(), 0, length, StandardCharsets.UTF_8))
                        .isEqualTo("write " + i);
            }
            assertThat(rados.instanceId()).as("its name in the cluster").isEqualTo(id);
        }
    }

    @Test
    @Covers({"A25", "B23"})
    void anIdleConnectionIsClosedAndComesBack(PrivateCephCluster cluster) throws Exception {
        String name = cluster.pool(getClass());
        try (Rados rados = Clients.connect(cluster)) {
            Pool pool = rados.pool(name);
            pool.writeFull("idle", ByteBuffer.allocate(1));
            long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
            while (rados.connections().stream()
                    .anyMatch(connection -> connection.daemon().startsWith("osd."))) {
                assertThat(isBefore(end)).as("the OSD closes the connection").isTrue();
                Wait.on(rados.waitForLatestOsdMapAsync());
            }
            pool.writeFull("idle", ByteBuffer.allocate(2));
            assertThat(pool.stat("idle").size()).isEqualTo(2);
        }
    }

    /** The monitors forget the old key and are restarted: the client finds the new one in its keyring. */
    @Test
    @Covers({"B28", "B33"})
    void aKeyThatIsReplacedIsReadAgain(PrivateCephCluster cluster) throws Exception {
        Path keyring = cluster.scratch().resolve("rotated.keyring");
        String caps = "[client.rotated]\n\tkey = %s\n\tcaps mon = \"allow *\"\n\tcaps osd = \"allow *\"\n";
        String first = newKey(cluster);
        String second = newKey(cluster);
        Files.writeString(keyring, caps.formatted(first));
        cluster.run("ceph", "auth", "import", "-i", keyring.toString());
        CephConf conf = CephConf.builder()
                .file(cluster.conf())
                .name("client.rotated")
                .set("keyring", keyring.toString())
                .build();
        try (Rados rados = Rados.connect(conf)) {
            Files.writeString(keyring, caps.formatted(second));
            cluster.run("ceph", "auth", "import", "-i", keyring.toString());
            cluster.kill("mon.a");
            cluster.revive("mon.a");
            assertThat(rados.admin().commands().mon(Command.of("fsid")).text())
                    .contains(rados.fsid().toString());
            Wait.on(rados.waitForLatestOsdMapAsync());
        }
        CephConf outdated = CephConf.builder()
                .file(cluster.conf())
                .name("client.rotated")
                .set("key", first)
                .build();
        assertThatThrownBy(() -> Rados.connect(outdated))
                .isInstanceOfSatisfying(RadosException.class, refused -> assertThat(refused.errno())
                        .isEqualTo(Errno.EACCES))
                .hasMessageContaining("a wrong key")
                .hasMessageContaining("of a type that the cluster does not allow: aes");
    }

    private static String newKey(PrivateCephCluster cluster) throws Exception {
        return cluster.run("ceph-authtool", "--gen-print-key").strip();
    }

    /** This release knows only one type of key: one of the newer type is told by its name. */
    @Test
    @Covers("B34")
    void aKeyOfATypeThatTheReleaseDoesNotKnowIsNamed(PrivateCephCluster cluster) throws Exception {
        CephConf newer = CephConf.builder()
                .file(cluster.conf())
                .set("key", "AgAAAAAAAAAAACAAAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=")
                .build();
        assertThatThrownBy(() -> Rados.connect(newer))
                .isInstanceOfSatisfying(RadosException.class, refused -> assertThat(refused.errno())
                        .isEqualTo(Errno.EACCES))
                .hasMessageContaining("aes256k is known from release 20 on");
    }
}
