package io.jrados.rados;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jrados.conf.CephConf;
import io.jrados.error.ClosedException;
import io.jrados.error.DeadlineException;
import io.jrados.error.Errno;
import io.jrados.error.FencedException;
import io.jrados.error.RadosException;
import io.jrados.testkit.CephCluster;
import io.jrados.testkit.CephTest;
import io.jrados.testkit.Covers;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Connections to a real cluster that succeed, and the sentence with which it fails. */
@CephTest
class ConnectingTest {
    private static final Duration AT_ONCE = Duration.ofSeconds(8);

    private static RadosException refusal(CephConf conf) {
        long start = System.nanoTime();
        RadosException[] failed = new RadosException[1];
        assertThatThrownBy(() -> Rados.connect(conf))
                .isInstanceOfSatisfying(RadosException.class, thrown -> failed[0] = thrown);
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(14));
        return failed[0];
    }

    @Test
    @Covers({"A09", "B10"})
    void aWrongKeyIsRefusedAtOnce(CephCluster cluster) throws Exception {
        CephConf conf = CephConf.builder()
                .file(cluster.conf())
                .set("key", "AQBq4gJnAAAAABAAAAAAAAAAAAAAAAAAAAAAAA==")
                .build();
        long start = System.nanoTime();
        RadosException refused = refusal(conf);
        assertThat(refused.errno()).isEqualTo(Errno.EACCES);
        assertThat(refused).hasMessageContaining("client.admin").hasMessageContaining("wrong key");
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(AT_ONCE);
    }

    @Test
    @Covers("A09")
    void anUnknownUserIsRefusedAtOnce(CephCluster cluster) throws Exception {
        CephConf conf = CephConf.builder()
                .file(cluster.conf())
                .name("client.nobody")
                .set("key", CephConf.load(cluster.conf()).key())
                .build();
        RadosException refused = refusal(conf);
        assertThat(refused.errno()).isEqualTo(Errno.EACCES);
        assertThat(refused).hasMessageContaining("client.nobody");
    }

    @Test
    @Covers("C27")
    void anotherClusterThanExpectedIsRefused(CephCluster cluster) throws Exception {
        CephConf conf = Clients.builder(cluster)
                .set("fsid", "00000000-0000-0000-0000-000000000001")
                .build();
        RadosException refused = refusal(conf);
        assertThat(refused.errno()).isEqualTo(Errno.EINVAL);
        assertThat(refused).hasMessageContaining("00000000-0000-0000-0000-000000000001");
    }

    @Test
    @Covers("C32")
    void monitorsThatAreNotThereAreListed(CephCluster cluster) throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            CephConf conf = Clients.builder(cluster)
                    .set("mon_host", "v2:127.0.0.1:1,v2:127.0.0.1:" + silent.getLocalPort())
                    .set("client_mount_timeout", "2")
                    .build();
            RadosException late = refusal(conf);
            assertThat(late).isInstanceOf(DeadlineException.class);
            assertThat(late)
                    .hasMessageContaining("127.0.0.1:1: ")
                    .hasMessageContaining("refused")
                    .hasMessageContaining("127.0.0.1:" + silent.getLocalPort() + ": ");
        }
    }

    @Test
    @Covers("C32")
    void aSoleMonitorThatIsNotThereEndsAsRefused(CephCluster cluster) throws Exception {
        CephConf conf = Clients.builder(cluster)
                .set("mon_host", "v2:127.0.0.1:1")
                .set("client_mount_timeout", "1")
                .build();
        RadosException refused = refusal(conf);
        assertThat(refused.errno()).isEqualTo(Errno.ECONNREFUSED);
        assertThat(refused).hasMessageContaining("127.0.0.1:1: ").hasMessageContaining("(ECONNREFUSED)");
    }

    @Test
    @Covers({"E28", "E75", "C20", "C34"})
    void aFencedClientStaysFencedAndAClosedOneClosed(CephCluster cluster) throws Exception {
        Rados rados = Clients.connect(cluster);
        Pool pool = rados.pool(cluster.pool(getClass()));
        pool.writeFull("fenced", ByteBuffer.allocate(1));
        String address = rados.address();
        cluster.run("ceph", "osd", "blocklist", "add", address);
        // Until then an OSD may not have heard of it either, and take a write.
        Wait.on(rados.waitForLatestOsdMapAsync());
        assertThatThrownBy(() -> pool.writeFull("fenced", ByteBuffer.allocate(2)))
                .isInstanceOf(FencedException.class);
        cluster.run("ceph", "osd", "blocklist", "rm", address);
        Wait.on(rados.waitForLatestOsdMapAsync());
        assertThatThrownBy(() -> pool.writeFull("fenced", ByteBuffer.allocate(2)))
                .isInstanceOf(FencedException.class)
                .hasMessageContaining("fenced");
        rados.close();
        assertThatThrownBy(() -> pool.stat("fenced")).isInstanceOf(ClosedException.class);
    }

    @Test
    @Covers({"C34", "F01"})
    void twoThreadsHoweverManyPoolsAndNoneAfterClosing(CephCluster cluster) throws Exception {
        Set<Thread> before = Thread.getAllStackTraces().keySet();
        Rados rados = Clients.connect(cluster);
        for (int i = 0; i < 20; i++) {
            rados.pool(cluster.pool(getClass())).writeFull("o" + i, ByteBuffer.allocate(10));
        }
        assertThat(started(before)).hasSize(2).allMatch(name -> name.startsWith("jrados-io"));
        Set<Thread> all = Thread.getAllStackTraces().keySet();
        rados.close();
        for (Thread thread : all) {
            if (!before.contains(thread) && thread.getName().startsWith("jrados")) {
                // closing is told from its last breath
                thread.join(Duration.ofSeconds(10).toMillis());
            }
        }
        assertThat(started(before)).isEmpty();
    }

    private static Set<String> started(Set<Thread> before) {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.isAlive() && !before.contains(thread))
                .map(Thread::getName)
                .filter(name -> name.startsWith("jrados"))
                .collect(Collectors.toSet());
    }

    @Test
    void blockingOnALoopIsRefused(CephCluster cluster) throws Exception {
        try (Rados rados = Clients.connect(cluster)) {
            Pool pool = rados.pool(cluster.pool(getClass()));
            Throwable[] thrown = new Throwable[1];
            Wait.on(pool.writeAsync("loop", 0, ByteBuffer.allocate(1)).thenAccept(done -> {
                try {
                    pool.stat("loop");
                } catch (IllegalStateException | RadosException refused) {
                    thrown[0] = refused;
                }
            }));
            assertThat(thrown[0]).isInstanceOf(IllegalStateException.class).hasMessageContaining("loop");
        }
    }
}
