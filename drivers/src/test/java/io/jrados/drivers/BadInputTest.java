package io.jrados.drivers;

import static io.jrados.drivers.Clusters.assertEmpty;
import static io.jrados.drivers.Clusters.data;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.jrados.conf.CephConf;
import io.jrados.conf.CephConfBuilder;
import io.jrados.drivers.glance.GlanceStore;
import io.jrados.drivers.glance.model.GlanceOptions;
import io.jrados.error.Errno;
import io.jrados.error.RadosException;
import io.jrados.rados.Rados;
import io.jrados.testkit.CephCluster;
import io.jrados.testkit.CephTest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each mistake gives one sentence with what was being done and an errno, in time, and leaves nothing behind. */
@CephTest
class BadInputTest {
    private static final Duration DEADLINE = Duration.ofSeconds(3);
    /** Beyond the deadline, for a machine that is busy. */
    private static final Duration SLACK = Duration.ofSeconds(4);

    private CephCluster cluster;
    private String pool;

    @TempDir
    private Path folder;

    @BeforeEach
    void cluster(CephCluster theCluster) throws IOException {
        cluster = theCluster;
        pool = cluster.pool(BadInputTest.class);
    }

    private CephConfBuilder conf() {
        return CephConf.builder().file(cluster.conf()).set("client_mount_timeout", DEADLINE);
    }

    private static void assertRefused(Errno errno, List<String> words, ThrowingCallable call) {
        long start = System.nanoTime();
        RadosException failed = catchThrowableOfType(RadosException.class, call);
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(DEADLINE.plus(SLACK));
        assertThat(failed).isNotNull();
        assertThat(failed.errno()).as(failed.getMessage()).isEqualTo(errno);
        assertThat(failed).hasMessageEndingWith("(" + errno + ")");
        assertThat(failed.getMessage().lines()).hasSize(1);
        assertThat(failed.getMessage()).contains(words);
    }

    private static void assertNoConnection(Errno errno, List<String> words, CephConfBuilder conf) {
        assertRefused(errno, words, () -> Rados.connect(conf.build()).close());
        Clusters.assertNoThreadsLeft();
    }

    @Test
    void aWrongKeyIsRefused() throws IOException {
        ByteBuffer key = ByteBuffer.allocate(28).order(ByteOrder.LITTLE_ENDIAN);
        key.putShort((short) 1).putInt(1_700_000_000).putInt(0).putShort((short) 16);
        key.put("not this cluster".getBytes(StandardCharsets.US_ASCII));
        String text = Base64.getEncoder().encodeToString(key.array());
        assertNoConnection(Errno.EACCES, List.of("connecting client.admin"), conf().set("key", text));
        assertNoConnection(
                Errno.EACCES,
                List.of("connecting client.nobody"),
                conf().name("client.nobody").set("key", text));
        assertNoConnection(Errno.EINVAL, List.of("key"), conf().set("key", "no base64!"));
    }

    @Test
    void aKeyThatIsNotThereIsNamedWithThePlaces() throws IOException {
        Path missing = folder.resolve("no-such.keyring");
        assertNoConnection(
                Errno.ENOENT,
                List.of("looking for the key of client.admin", missing.toString()),
                conf().set("keyring", missing.toString()));
        Path other = Files.writeString(folder.resolve("keyring"), "[client.glance]\n\tcaps mon = \"allow r\"\n");
        assertNoConnection(
                Errno.ENOENT,
                List.of("looking for the key of client.admin", other.toString()),
                conf().set("keyring", other.toString()));
        assertNoConnection(
                Errno.ENOENT,
                List.of("looking for the configuration", folder.toString()),
                CephConf.builder()
                        .environment(
                                Map.of("CEPH_CONF", folder.resolve("ceph.conf").toString())));
    }

    @Test
    void anotherClustersIdIsNoticed() throws IOException {
        UUID other = UUID.fromString("12345678-1234-1234-1234-123456789abc");
        String own = cluster.run("ceph", "fsid");
        assertNoConnection(Errno.EINVAL, List.of(other.toString(), own), conf().set("fsid", other.toString()));
        try (Rados rados = Rados.connect(conf().build())) {
            GlanceStore store = new GlanceStore(rados, GlanceOptions.DEFAULT.withPool(pool));
            String uri = new RbdLocation(other.toString(), pool, "image", "snap").toString();
            assertRefused(Errno.EXDEV, List.of(uri, own), () -> store.get(uri));
        }
    }

    @Test
    void monitorsThatDoNotAnswerAreNamed() throws IOException {
        int closed;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            closed = socket.getLocalPort();
        }
        assertNoConnection(
                Errno.ECONNREFUSED,
                List.of("connecting client.admin", "127.0.0.1:" + closed, "ECONNREFUSED"),
                conf().set("mon_host", "v2:127.0.0.1:" + closed));
        try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            assertNoConnection(
                    Errno.ETIMEDOUT,
                    List.of("connecting client.admin", "127.0.0.1:" + silent.getLocalPort()),
                    conf().set("mon_host", "v2:127.0.0.1:" + silent.getLocalPort()));
        }
    }

    @Test
    void aPortThatSpeaksSomethingElseIsNamed() throws IOException {
        try (ServerSocket web = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            Thread server = new Thread(() -> answerAsWeb(web));
            server.start();
            assertNoConnection(
                    Errno.EOPNOTSUPP,
                    List.of(
                            "connecting client.admin",
                            "127.0.0.1:" + web.getLocalPort(),
                            "no Ceph daemon answers",
                            "HTTP"),
                    conf().set("mon_host", "v2:127.0.0.1:" + web.getLocalPort()));
        }
        Matcher v1 = Pattern.compile("v1:([0-9.]+:[0-9]+)").matcher(Files.readString(cluster.conf()));
        assertThat(v1.find()).isTrue();
        assertNoConnection(
                Errno.EOPNOTSUPP,
                List.of("connecting client.admin", v1.group(1), "messenger version 1 answers"),
                conf().set("mon_host", "v2:" + v1.group(1)));
    }

    private static void answerAsWeb(ServerSocket web) {
        try {
            while (true) {
                try (Socket client = web.accept()) {
                    client.getOutputStream()
                            .write("HTTP/1.1 400 Bad Request\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                }
            }
        } catch (IOException closed) {
            assertThat(web.isClosed()).isTrue();
        }
    }

    @Test
    void aPoolThatIsNotThereIsNamed() throws IOException {
        try (Rados rados = Rados.connect(conf().build())) {
            GlanceStore store = new GlanceStore(rados, GlanceOptions.DEFAULT.withPool("no such pool"));
            assertRefused(Errno.ENOENT, List.of("opening pool no such pool"), () -> add(store, "image", 9, 9));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "short, 2000000, 1000000, EINVAL, ended after 1000000 of the declared 2000000 bytes",
        "long, 1000000, 2000000, EINVAL, longer than the declared 1000000 bytes",
        "a/b, 9, 9, EINVAL, holds '/'",
        "a@b, 9, 9, EINVAL, holds '@'",
        "'', 9, 9, EINVAL, is empty",
        "negative, -1, 9, EINVAL, a size of -1"
    })
    void dataAndNamesThatCannotBeLeaveNothing(String name, long declared, int length, Errno errno, String words)
            throws IOException {
        try (Rados rados = Rados.connect(conf().build())) {
            GlanceStore store = new GlanceStore(rados, GlanceOptions.DEFAULT.withPool(pool));
            assertRefused(errno, List.of(words), () -> add(store, name, declared, length));
        }
        assertEmpty(cluster, pool);
        Clusters.assertNoThreadsLeft();
    }

    @Test
    void anImageThatIsThereIsNamed() throws IOException {
        try (Rados rados = Rados.connect(conf().build())) {
            GlanceStore store = new GlanceStore(rados, GlanceOptions.DEFAULT.withPool(pool));
            for (String name : List.of("with space", "größe-図像", "percent%41")) {
                add(store, name, 5000, 5000);
                assertRefused(Errno.EEXIST, List.of("adding image " + name), () -> add(store, name, 9, 9));
                String uri = new RbdLocation(rados.fsid().toString(), pool, name, "snap").toString();
                assertThat(store.size(uri)).isEqualTo(5000);
                store.delete(uri);
            }
        }
        assertEmpty(cluster, pool);
    }

    private static void add(GlanceStore store, String name, long declared, int length) throws IOException {
        store.add(name, ByteSource.of(new ByteArrayInputStream(data(1, length))), declared);
    }
}
