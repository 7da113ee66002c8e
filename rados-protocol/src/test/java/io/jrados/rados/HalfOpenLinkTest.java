package io.jrados.rados;

import static org.assertj.core.api.Assertions.assertThat;

import io.jrados.osd.op.WriteResult;
import io.jrados.testkit.Covers;
import io.jrados.testkit.Fault;
import io.jrados.testkit.FaultNetwork;
import io.jrados.testkit.FaultProxy;
import io.jrados.testkit.PrivateCephCluster;
import io.jrados.testkit.PrivateCephTest;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * The link to one OSD passes nothing, in both ways and without an end that anybody is told of. By default for long
 * enough that the connection is given up (10 s of silence); {@code -Djrados.seconds} makes it longer.
 */
@PrivateCephTest(osds = 3)
class HalfOpenLinkTest {
    private static final Duration SILENCE = Duration.ofSeconds(Math.max(13, Integer.getInteger("jrados.seconds", 0)));
    /** The time for what should be acknowledged within 2 s, three times as long. */
    private static final Duration AT_ONCE = Duration.ofSeconds(6);

    private static void pass(Duration time) throws InterruptedException {
        new CountDownLatch(1).await(time.toMillis(), TimeUnit.MILLISECONDS);
    }

    @Test
    @Covers({"A24", "E13", "E18", "E14"})
    void anOperationIsAcknowledgedSoonAfterTheLinkHealsAndOthersAreNotDelayed(PrivateCephCluster cluster)
            throws Exception {
        try (FaultNetwork network = new FaultNetwork()) {
            Rados rados = Wait.on(Rados.builder(Clients.conf(cluster))
                    .translator(network)
                    .operationDeadline(SILENCE.plusMinutes(1))
                    .connectAsync());
            try (rados) {
                Pool pool = rados.pool(cluster.pool(getClass(), "a", 2));
                int cut = primary(cluster, pool, "cut");
                int number = 0;
                while (primary(cluster, pool, "other-" + number) == cut) {
                    number++;
                }
                String other = "other-" + number;
                pool.writeFull("cut", ByteBuffer.allocate(1));
                pool.writeFull(other, ByteBuffer.allocate(1));

                InetSocketAddress address = rados.connections().stream()
                        .filter(connection -> connection.daemon().equals("osd." + cut))
                        .findFirst()
                        .orElseThrow()
                        .address();
                FaultProxy link = network.of(address);
                link.apply(Fault.blackhole());
                List<CompletableFuture<WriteResult>> writes = new ArrayList<>();
                for (int i = 0; i < 20; i++) {
                    writes.add(pool.appendAsync("cut", ByteBuffer.allocate(1)));
                }
                long end = System.nanoTime() + SILENCE.toNanos();
                while (System.nanoTime() < end) {
                    pool.withDeadline(AT_ONCE).writeFull(other, ByteBuffer.allocate(1));
                    pass(Duration.ofMillis(100));
                }
                assertThat(writes).noneMatch(CompletableFuture::isDone);
                link.apply(Fault.none());
                long healed = System.nanoTime();
                for (CompletableFuture<WriteResult> write : writes) {
                    long left = AT_ONCE.toNanos() - (System.nanoTime() - healed);
                    write.get(Math.max(left, 1), TimeUnit.NANOSECONDS);
                }
                assertThat(pool.stat("cut").size()).as("each append once").isEqualTo(21);
            }
        }
    }

    private static int primary(PrivateCephCluster cluster, Pool pool, String object) throws Exception {
        return Integer.parseInt(cluster.run("ceph", "osd", "map", pool.name(), object)
                .replaceAll("(?s).*acting \\(\\[.*], p(\\d+)\\).*", "$1"));
    }
}
