package io.jrados.rbd.weather;

import io.netty.buffer.PooledByteBufAllocator;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** Threads and direct memory of this JVM, before and after: what a client that was closed leaves behind. */
final class Remains {
    /** Memory that the JVM and Netty may keep for the next client: one arena's chunks and caches. */
    private static final long SLACK = 48L << 20;

    private final Set<Long> threads = threads().keySet().stream().collect(Collectors.toSet());
    private final long memory = memory();

    private static java.util.Map<Long, String> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(Thread::isAlive)
                .collect(Collectors.toMap(Thread::getId, Thread::getName));
    }

    /** In use: what closed clients had goes with the garbage. */
    private static long memory() {
        System.gc();
        long jvm = ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
                .filter(pool -> pool.getName().equals("direct"))
                .mapToLong(BufferPoolMXBean::getMemoryUsed)
                .sum();
        return jvm + PooledByteBufAllocator.DEFAULT.metric().usedDirectMemory();
    }

    private Set<String> newThreads() {
        java.util.Map<Long, String> now = threads();
        now.keySet().removeAll(threads);
        Set<String> names = new TreeSet<>(now.values());
        names.removeIf(name -> !name.contains("jrados"));
        return names;
    }

    /** Fails when threads, or more memory than is ever kept, remain after a while. */
    void judge() throws InterruptedException {
        CountDownLatch never = new CountDownLatch(1);
        for (int i = 0; i < 100 && !newThreads().isEmpty(); i++) {
            never.await(100, TimeUnit.MILLISECONDS);
        }
        if (!newThreads().isEmpty()) {
            throw new AssertionError("threads remain: " + newThreads());
        }
        long more = memory() - memory;
        for (int i = 0; i < 50 && more > SLACK; i++) {
            never.await(100, TimeUnit.MILLISECONDS); // the JVM gives it up a little later
            more = memory() - memory;
        }
        if (more > SLACK) {
            throw new AssertionError("direct memory remains: " + more + " bytes more than before");
        }
    }
}
