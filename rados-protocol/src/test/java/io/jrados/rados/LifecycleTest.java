package io.jrados.rados;

import static org.assertj.core.api.Assertions.assertThat;

import io.jrados.error.Errno;
import io.jrados.error.RadosException;
import io.jrados.testkit.CephCluster;
import io.jrados.testkit.CephTest;
import io.jrados.testkit.Covers;
import io.netty.util.internal.PlatformDependent;
import java.io.File;
import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Shows that clients which come and go, or never came to be, leave no threads, descriptors or memory behind. */
@CephTest
@Timeout(120)
class LifecycleTest {
    private static final int KIB = 1024;

    private static long threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("jrados-"))
                .count();
    }

    private static long descriptors() {
        String[] open = new File("/proc/self/fd").list();
        return open == null ? 0 : open.length;
    }

    /** Netty's own direct memory, and all that the JVM knows of. */
    private static long directMemory() {
        System.gc();
        return Math.max(0, PlatformDependent.usedDirectMemory())
                + ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
                        .filter(pool -> pool.getName().equals("direct"))
                        .mapToLong(BufferPoolMXBean::getMemoryUsed)
                        .sum();
    }

    /** Waits until a number is down again; what it is after half a minute. */
    private static long settled(LongSupplier number, long most) {
        long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        long now = number.getAsLong();
        while (now > most && System.nanoTime() < end) {
            LockSupport.parkNanos(Duration.ofMillis(50).toNanos());
            now = number.getAsLong();
        }
        return now;
    }

    private static void assertBackTo(LongSupplier number, long most) {
        assertThat(settled(number, most)).isLessThanOrEqualTo(most);
    }

    private static void connectAndClose(CephCluster cluster) throws IOException {
        try (Rados rados = Clients.connect(cluster)) {
            assertThat(rados.osdMapEpoch()).isPositive();
        }
    }

    @Test
    @Covers("C34")
    void twoHundredClientsLeaveNoMemory(CephCluster cluster) throws Exception {
        for (int i = 0; i < 20; i++) {
            connectAndClose(cluster);
        }
        long before = directMemory();
        for (int i = 0; i < 200; i++) {
            connectAndClose(cluster);
        }

        assertBackTo(LifecycleTest::directMemory, before + 512 * KIB);
    }

    @Test
    @Covers("C34")
    void interruptedConnectsLeaveNothing(CephCluster cluster) throws Exception {
        connectAndClose(cluster);
        long threads = settled(LifecycleTest::threads, 0);
        long descriptors = descriptors();
        Random random = new Random(1);
        int interrupted = 0;
        for (int i = 0; i < 40; i++) {
            CompletableFuture<RadosException> failed = new CompletableFuture<>();
            Thread caller = new Thread(() -> {
                try {
                    connectAndClose(cluster);
                    failed.complete(null);
                } catch (RadosException known) {
                    failed.complete(known);
                } catch (IOException | RuntimeException other) {
                    failed.completeExceptionally(other);
                }
            });
            caller.start();
            LockSupport.parkNanos(random.nextInt(20_000_000));
            caller.interrupt();
            RadosException why = failed.get(30, TimeUnit.SECONDS);
            if (why != null) {
                assertThat(why.errno()).isEqualTo(Errno.EINTR);
                interrupted++;
            }
        }

        assertThat(interrupted).isPositive();
        assertBackTo(LifecycleTest::threads, threads);
        assertBackTo(LifecycleTest::descriptors, descriptors);
    }

    @Test
    @Covers("C34")
    void cancelledConnectsLeaveNothing(CephCluster cluster) throws Exception {
        connectAndClose(cluster);
        long threads = settled(LifecycleTest::threads, 0);
        long descriptors = descriptors();
        Random random = new Random(2);
        List<CompletableFuture<Rados>> connecting = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            CompletableFuture<Rados> one = Rados.builder(Clients.conf(cluster)).connectAsync();
            connecting.add(one);
            LockSupport.parkNanos(random.nextInt(10_000_000));
            if (i % 2 == 0) {
                one.cancel(true);
            } else {
                one.orTimeout(1, TimeUnit.MILLISECONDS);
            }
        }
        for (CompletableFuture<Rados> one : connecting) {
            Rados made = one.handle((rados, failure) -> rados).get(30, TimeUnit.SECONDS);
            if (made != null) {
                made.close();
            }
        }

        assertBackTo(LifecycleTest::threads, threads);
        assertBackTo(LifecycleTest::descriptors, descriptors);
    }

    /** A watch whose caller has gone would be held by nobody, and keep its image open for ever. */
    @Test
    @Covers("E57")
    void aWatchThatItsCallerGaveUpIsEnded(CephCluster cluster) throws Exception {
        try (Rados rados = Clients.connect(cluster)) {
            String pool = cluster.pool(getClass());
            Pool objects = rados.pool(pool);
            objects.writeFull("watched", ByteBuffer.allocate(1));
            for (int i = 0; i < 20; i++) {
                CompletableFuture<Watch> watch = objects.watchAsync("watched", new Watch.Listener() {
                    @Override
                    public byte[] onNotify(long notifyId, long notifierId, byte[] message) {
                        return new byte[0];
                    }

                    @Override
                    public void onError(RadosException error) {
                        // nobody is there to be told
                    }
                });
                if (!watch.cancel(true)) {
                    // It was there before this thread could give it up, and so is this test's to close.
                    Wait.on(Wait.on(watch).closeAsync());
                }
            }
            Wait.on(objects.flushAsync());

            assertBackTo(
                    () -> {
                        try {
                            return objects.operate("watched", new io.jrados.osd.op.ReadOperation().listWatchers())
                                    .watchers(0)
                                    .size();
                        } catch (RadosException failed) {
                            throw new IllegalStateException(failed);
                        }
                    },
                    0);
        }
    }
}
