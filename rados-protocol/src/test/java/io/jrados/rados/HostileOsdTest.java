package io.jrados.rados;

import static org.assertj.core.api.Assertions.assertThat;

import io.jrados.conf.CephConf;
import io.jrados.testkit.Covers;
import io.jrados.testkit.PrivateCephCluster;
import io.jrados.testkit.PrivateCephTest;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** One OSD harms only those who read from it. */
@PrivateCephTest(osds = 2)
class HostileOsdTest {
    private static final int BUDGET = 8 << 20;
    private static final int READS = 4;
    private static final int SIZE = 1 << 20;

    /** @param beginning of the announced frame that comes at once: none of it, or enough that it gets its memory */
    @ParameterizedTest
    @ValueSource(ints = {0, 1 << 20})
    @Covers("A38")
    void anOsdThatAnnouncesMuchAndSendsLittleStopsNoReadsFromOthers(int beginning, PrivateCephCluster cluster)
            throws Exception {
        CephConf conf = Clients.builder(cluster)
                .set("ms_dispatch_throttle_bytes", Integer.toString(BUDGET))
                .set("ms_client_mode", "crc")
                .build();
        String name = cluster.pool(getClass(), "b" + beginning, 1);
        InetSocketAddress victim;
        try (Rados rados = Rados.connect(conf)) {
            Pool pool = rados.pool(name);
            ByteBuffer data = ByteBuffer.allocate(SIZE);
            for (int i = 0; i < 4 * READS; i++) {
                pool.writeFull("object-" + i, data.duplicate());
            }
            victim = rados.connections().stream()
                    .filter(connection -> connection.daemon().equals("osd.0"))
                    .findFirst()
                    .orElseThrow()
                    .address();
        }
        List<String> honest = new ArrayList<>();
        String touched = "";
        for (int i = 0; i < 4 * READS; i++) {
            if (primary(cluster, name, "object-" + i) == 0) {
                touched = "object-" + i;
            } else if (honest.size() < READS) {
                honest.add("object-" + i);
            }
        }
        assertThat(honest).hasSize(READS);

        try (DrippingOsd hostile = new DrippingOsd(victim, BUDGET + (1 << 20), beginning);
                Rados rados = Wait.on(Rados.builder(conf)
                        .operationDeadline(Duration.ofSeconds(30))
                        .translator(address -> address.equals(victim) ? hostile.address() : address)
                        .connectAsync())) {
            Pool pool = rados.pool(name);
            CompletableFuture<Integer> lost = pool.readAsync(touched, 0, ByteBuffer.allocate(16));
            assertThat(hostile.awaitDripping(20)).isTrue();
            List<CompletableFuture<Integer>> reads = new ArrayList<>();
            for (String object : honest) {
                reads.add(pool.readAsync(object, 0, ByteBuffer.allocate(SIZE)));
            }
            for (CompletableFuture<Integer> read : reads) {
                assertThat(Wait.on(read)).isEqualTo(SIZE);
            }
            assertThat(lost).isNotDone();
            lost.cancel(false);
        }
    }

    private static int primary(PrivateCephCluster cluster, String pool, String object) throws Exception {
        return Integer.parseInt(cluster.run("ceph", "osd", "map", pool, object)
                .replaceAll("(?s).*acting \\(\\[.*], p(\\d+)\\).*", "$1"));
    }
}
