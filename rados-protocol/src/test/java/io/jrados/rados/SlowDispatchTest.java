package io.jrados.rados;

import static org.assertj.core.api.Assertions.assertThat;

import io.jrados.osd.op.WriteResult;
import io.jrados.testkit.Covers;
import io.jrados.testkit.PrivateCephCluster;
import io.jrados.testkit.PrivateCephTest;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/**
 * OSDs that take one message of a client at a time and are silent for 12 s over some, longer than a connection is
 * trusted: while one waits not even a keepalive is read.
 */
@PrivateCephTest(
        osds = 2,
        conf = {"osd client message cap = 1", "osd debug inject dispatch delay duration = 12"})
class SlowDispatchTest {
    private static void delays(PrivateCephCluster cluster, String probability) throws Exception {
        for (int osd = 0; osd < 2; osd++) {
            cluster.run(
                    "ceph",
                    "daemon",
                    "osd." + osd,
                    "config",
                    "set",
                    "osd_debug_inject_dispatch_delay_probability",
                    probability);
        }
    }

    @Test
    @Covers({"E13", "E14", "E18", "K19"})
    void everyOperationCompletesOnceAndInOrder(PrivateCephCluster cluster) throws Exception {
        try (Rados rados = Clients.connect(cluster)) {
            Pool pool = rados.pool(cluster.pool(getClass(), "a", 2));
            pool.writeFull("slow", ByteBuffer.allocate(0));
            List<CompletableFuture<WriteResult>> writes = new ArrayList<>();
            delays(cluster, "1");
            for (int i = 0; i < 40; i++) {
                writes.add(pool.appendAsync("slow", ByteBuffer.wrap(new byte[] {(byte) i})));
            }
            delays(cluster, "0");
            for (CompletableFuture<WriteResult> write : writes) {
                Wait.on(write);
            }
            ByteBuffer all = ByteBuffer.allocate(100);
            assertThat(pool.read("slow", 0, all)).isEqualTo(40);
            all.flip();
            for (int i = 0; i < 40; i++) {
                assertThat(all.get()).isEqualTo((byte) i);
            }
        }
    }
}
