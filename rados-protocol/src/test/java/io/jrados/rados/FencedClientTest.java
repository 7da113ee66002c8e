package io.jrados.rados;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jrados.conf.CephConf;
import io.jrados.error.FencedException;
import io.jrados.testkit.Covers;
import io.jrados.testkit.PrivateCephCluster;
import io.jrados.testkit.PrivateCephTest;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** A client that the cluster has fenced, before and after its entry is removed, and the one that takes its place. */
@PrivateCephTest
class FencedClientTest {
    @Test
    @Covers({"C20", "E28", "E75"})
    void itComesBackByConnectingAnewOrSomeTimeAfterTheFence(PrivateCephCluster cluster) throws Exception {
        CephConf conf = CephConf.load(cluster.conf());
        try (Rados admin = Rados.connect(conf);
                Rados fenced = Rados.connect(conf)) {
            Pool pool = fenced.pool("rbd");
            pool.write("object", 0, ByteBuffer.wrap(new byte[] {1}));
            admin.admin().blocklist().add(fenced.address(), Optional.of(Duration.ofMinutes(10)));
            // OSDs may learn of it a moment later than the one who asked for it
            fenced.waitForLatestOsdMapAsync().get(1, TimeUnit.MINUTES);
            assertThatThrownBy(() -> pool.write("object", 0, ByteBuffer.wrap(new byte[] {2})))
                    .isInstanceOf(FencedException.class);
            try (Rados next = Rados.connect(conf)) {
                next.pool("rbd").write("object", 0, ByteBuffer.wrap(new byte[] {3}));
            }
            admin.admin().blocklist().remove(fenced.address());
            assertThat(cluster.run("ceph", "osd", "blocklist", "ls")).doesNotContain(fenced.address());
            fenced.waitForLatestOsdMapAsync().get(1, TimeUnit.MINUTES);
            assertThatThrownBy(() -> pool.write("object", 0, ByteBuffer.wrap(new byte[] {4})))
                    .as("at once")
                    .isInstanceOf(FencedException.class);
            try (Rados next = Rados.connect(conf)) {
                Pool again = next.pool("rbd");
                ByteBuffer read = ByteBuffer.allocate(1);
                again.read("object", 0, read);
                assertThat(read.array()).containsExactly(3);
                again.write("object", 0, ByteBuffer.wrap(new byte[] {5}));
            }
            await(() -> pool.write("object", 0, ByteBuffer.wrap(new byte[] {6})));
            ByteBuffer read = ByteBuffer.allocate(1);
            pool.read("object", 0, read);
            assertThat(read.array()).containsExactly(6);
        }
    }

    private interface Attempt {
        void run() throws Exception;
    }

    /** Tries until the fence is over for this client: five seconds, and four times as long. */
    private static void await(Attempt attempt) throws Exception {
        for (int tries = 0; ; tries++) {
            try {
                attempt.run();
                return;
            } catch (FencedException yet) {
                assertThat(tries).as("tries in 20 s").isLessThan(100);
                new CountDownLatch(1).await(200, TimeUnit.MILLISECONDS);
            }
        }
    }
}
