package io.jrados.rados;

import static org.assertj.core.api.Assertions.assertThat;

import io.jrados.error.RadosException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Appends numbered records to some objects, many in flight for each. At the end each object has every record once and
 * in order: nothing was lost, doubled or overtaken, whatever happened meanwhile.
 */
final class AppendModel {
    private static final int OBJECTS = 4;
    private static final int IN_FLIGHT = 32;
    private static final int RECORD = 2 * Long.BYTES;
    private static final int MOST_LOOKED_AT = 1 << 20;
    private static final Duration FINISH_WITHIN = Duration.ofSeconds(90);

    private final Pool pool;
    private final String prefix;
    private final List<Writer> writers = new ArrayList<>();
    private final CountDownLatch running = new CountDownLatch(OBJECTS * IN_FLIGHT);
    private final ConcurrentLinkedQueue<Throwable> failures = new ConcurrentLinkedQueue<>();
    private final AtomicInteger acknowledged = new AtomicInteger();
    private volatile boolean stopping;

    /** Appends to one object; the lock makes numbering and submitting one step. */
    private final class Writer {
        final int number;
        final ReentrantLock lock = new ReentrantLock();
        long next;

        Writer(int number) {
            this.number = number;
        }

        void append() {
            if (stopping) {
                running.countDown();
                return;
            }
            lock.lock();
            try {
                ByteBuffer record = ByteBuffer.allocate(RECORD);
                record.putLong(number).putLong(next++).flip();
                pool.appendAsync(prefix + number, record).whenComplete((result, failure) -> {
                    if (failure != null) {
                        failures.add(failure);
                        running.countDown();
                    } else {
                        acknowledged.incrementAndGet();
                        append();
                    }
                });
            } finally {
                lock.unlock();
            }
        }
    }

    AppendModel(Pool pool, String prefix) {
        this.pool = pool;
        this.prefix = prefix;
        for (int i = 0; i < OBJECTS; i++) {
            writers.add(new Writer(i));
        }
    }

    AppendModel start() {
        for (int i = 0; i < IN_FLIGHT; i++) {
            writers.forEach(Writer::append);
        }
        return this;
    }

    /** Appends that were acknowledged so far. */
    int acknowledged() {
        return acknowledged.get();
    }

    /** Waits until so many more appends were acknowledged. */
    void awaitMore(int count) throws InterruptedException {
        int goal = acknowledged.get() + count;
        long end = System.nanoTime() + FINISH_WITHIN.toNanos();
        CountDownLatch never = new CountDownLatch(1);
        while (acknowledged.get() < goal && System.nanoTime() < end) {
            never.await(20, TimeUnit.MILLISECONDS);
        }
        assertThat(failures).isEmpty();
        assertThat(acknowledged.get()).as("appends acknowledged").isGreaterThanOrEqualTo(goal);
    }

    /** Checks that the object begins with the records that were acknowledged, in order. */
    void look() throws RadosException {
        for (Writer writer : writers) {
            String object = prefix + writer.number;
            ByteBuffer all =
                    ByteBuffer.allocate((int) Math.min(pool.stat(object).size(), MOST_LOOKED_AT));
            pool.read(object, 0, all);
            all.flip();
            for (long expected = 0; all.remaining() >= RECORD; expected++) {
                assertThat(all.getLong()).isEqualTo(writer.number);
                assertThat(all.getLong()).as("record of " + object).isEqualTo(expected);
            }
        }
    }

    /** Ends the appends and looks at every record. */
    void finish() throws InterruptedException, RadosException {
        stopping = true;
        assertThat(running.await(FINISH_WITHIN.toSeconds(), TimeUnit.SECONDS))
                .as("every append ends")
                .isTrue();
        assertThat(failures).isEmpty();
        for (Writer writer : writers) {
            check(writer);
        }
    }

    private void check(Writer writer) throws RadosException {
        String object = prefix + writer.number;
        long size = pool.stat(object).size();
        assertThat(size).as("bytes of " + object).isEqualTo(writer.next * RECORD);
        ByteBuffer all = ByteBuffer.allocate((int) size);
        pool.read(object, 0, all);
        all.flip();
        for (long expected = 0; expected < writer.next; expected++) {
            assertThat(all.getLong()).isEqualTo(writer.number);
            assertThat(all.getLong()).as("record of " + object).isEqualTo(expected);
        }
    }
}
