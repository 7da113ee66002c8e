package io.jrados.rados;

import static io.jrados.rados.NativeClients.bytes;
import static io.jrados.rados.NativeClients.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jrados.osd.op.ReadOperation;
import io.jrados.testkit.CephCluster;
import io.jrados.testkit.Covers;
import io.jrados.testkit.PrivateCephCluster;
import io.jrados.testkit.PrivateCephTest;
import io.jrados.testkit.Shared;
import io.netty.buffer.PooledByteBufAllocator;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Several clients in one process: they know nothing of each other, and leave nothing behind. */
@PrivateCephTest
class ManyClientsTest {
    private static final int CYCLES = 50;

    @Test
    @Covers({"F01", "F05", "C34"})
    void twoClustersAndTwoUsersAtOnce(PrivateCephCluster own, @Shared CephCluster shared) throws Exception {
        String name = own.pool(getClass());
        try (Rados admin = Clients.connect(own, own.admin());
                Rados user = Clients.connect(own, own.rbdUser());
                Rados elsewhere = Clients.connect(shared, shared.admin())) {
            assertThat(admin.fsid()).isEqualTo(user.fsid()).isNotEqualTo(elsewhere.fsid());
            assertThat(Set.of(admin.address(), user.address(), elsewhere.address()))
                    .hasSize(3);
            List<Pool> pools = List.of(
                    admin.pool(name), user.pool(name).inNamespace("user"), elsewhere.pool(shared.pool(getClass())));
            assertThat(pools.get(0).viewOf(pools.get(1)).id())
                    .isEqualTo(pools.get(0).id());
            assertThatThrownBy(() -> pools.get(0).viewOf(pools.get(2)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("other: ")
                    .hasMessageContaining(elsewhere.fsid().toString());
            for (int round = 0; round < 20; round++) {
                List<CompletableFuture<?>> writes = new ArrayList<>();
                for (int i = 0; i < pools.size(); i++) {
                    writes.add(pools.get(i).writeAsync("same", 0, bytes(round % 10 + " of " + i)));
                }
                for (CompletableFuture<?> write : writes) {
                    Wait.on(write);
                }
                for (int i = 0; i < pools.size(); i++) {
                    assertThat(text(pools.get(i)
                                    .operate("same", new ReadOperation().read(0, 100))
                                    .data(0)))
                            .isEqualTo(round % 10 + " of " + i);
                }
            }
        }
        shared.run("ceph", "osd", "pool", "ls");
    }

    /** The resources that a process holds on to. */
    private record Holdings(Set<String> threads, long descriptors, long buffers) {
        static Holdings now() throws IOException {
            Set<String> threads = new HashSet<>();
            for (Thread thread : Thread.getAllStackTraces().keySet()) {
                if (thread.isAlive() && thread.getName().startsWith("jrados")) {
                    threads.add(thread.getName());
                }
            }
            try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
                return new Holdings(threads, open.count(), PooledByteBufAllocator.DEFAULT.pinnedDirectMemory());
            }
        }

        boolean isWithin(Holdings other) {
            return other.threads.containsAll(threads) && descriptors <= other.descriptors && buffers <= other.buffers;
        }
    }

    private static void cycle(CephCluster cluster, String pool) throws IOException {
        List<CompletableFuture<?>> inFlight = new ArrayList<>();
        try (Rados rados = Clients.connect(cluster)) {
            Pool opened = rados.pool(pool);
            opened.writeFull("cycle", ByteBuffer.allocate(5000));
            for (int i = 0; i < 20; i++) {
                inFlight.add(opened.writeAsync("cycle-" + i % 5, 0, ByteBuffer.allocateDirect(70_000)));
                inFlight.add(opened.readAsync("cycle", 0, ByteBuffer.allocateDirect(5000)));
            }
        }
        assertThat(inFlight).as("all have ended, well or not").allMatch(CompletableFuture::isDone);
    }

    @Test
    @Covers({"C34", "F01", "F13"})
    void fiftyCyclesLeaveNothingBehind(PrivateCephCluster own) throws Exception {
        String pool = own.pool(getClass());
        for (int i = 0; i < 3; i++) {
            cycle(own, pool);
        }
        Holdings before = Holdings.now();
        for (int i = 0; i < CYCLES; i++) {
            cycle(own, pool);
        }
        CountDownLatch never = new CountDownLatch(1);
        Holdings after = Holdings.now();
        for (int i = 0; i < 300 && !after.isWithin(before); i++) {
            never.await(100, TimeUnit.MILLISECONDS);
            after = Holdings.now();
        }
        Holdings last = after;
        assertThat(last).matches(held -> held.isWithin(before), "no more than " + before);
    }

    @Test
    @Covers("F01")
    void anIdleClientIsSmall(PrivateCephCluster own) throws Exception {
        String pool = own.pool(getClass());
        int count = 5;
        List<Rados> clients = new ArrayList<>();
        try {
            long before = used();
            Set<String> threads = Holdings.now().threads();
            for (int i = 0; i < count; i++) {
                clients.add(Clients.connect(own));
                clients.get(i).pool(pool).stat(write(clients.get(i).pool(pool)));
            }
            assertThat(used() - before).as("bytes of heap").isLessThan(count * (20L << 20));
            long started = Thread.getAllStackTraces().keySet().stream()
                    .filter(thread -> thread.getName().startsWith("jrados"))
                    .count();
            assertThat(started - threads.size()).isLessThanOrEqualTo(2L * count);
        } finally {
            clients.forEach(Rados::close);
        }
    }

    private static String write(Pool pool) throws IOException {
        pool.writeFull("idle", ByteBuffer.allocate(1));
        return "idle";
    }

    private static long used() {
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }
}
