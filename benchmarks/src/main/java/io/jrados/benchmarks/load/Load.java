package io.jrados.benchmarks.load;

import io.jrados.error.RadosException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Keeps some operations in flight on some targets and measures them. One thread submits, as a program of blocking style
 * and fio do, or each continuation submits the next, as a server on event loops does.
 */
final class Load {
    private final Shape shape;
    private final List<Slot> slots = new ArrayList<>();
    private final List<Places> places = new ArrayList<>();
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

    Load(Shape shape, List<Target> targets) {
        this.shape = shape;
        for (Target target : targets) {
            Places own = new Places(target.size(), shape);
            places.add(own);
            for (int i = 0; i < shape.depth(); i++) {
                slots.add(new Slot(target, own, shape, slots.size()));
            }
        }
    }

    /**
     * The result of one run.
     *
     * @param seconds of the measured part
     */
    record Result(double seconds, double cpuSeconds, long allocated, Histogram durations, long peakKib, long threads) {
        /** One line of JSON. */
        String line() {
            return String.format(
                    Locale.ROOT,
                    "{\"seconds\": %.6f, \"ops\": %d, \"cpu_seconds\": %.3f, \"p50_us\": %.1f, \"p99_us\": %.1f,"
                            + " \"peak_kib\": %d, \"threads\": %d, \"allocated\": %d}",
                    seconds,
                    durations.total(),
                    cpuSeconds,
                    durations.quantile(0.5) / 1e3,
                    durations.quantile(0.99) / 1e3,
                    peakKib,
                    threads,
                    allocated);
        }
    }

    /** Measures for {@code nanos}, after {@code ramp} that are not. */
    Result run(long ramp, long nanos) throws RadosException {
        long from = System.nanoTime() + ramp;
        Run run = new Run(from, from + nanos, Long.MAX_VALUE);
        run.start();
        waitUntil(from);
        ProcessFigures before = ProcessFigures.now();
        waitUntil(from + nanos);
        ProcessFigures after = ProcessFigures.now();
        long threads = ProcessFigures.status("Threads");
        run.await();
        run.sampled.countDown();
        return result(nanos / 1e9, before, after, threads);
    }

    /** Measures {@code operations} from the first to the last. */
    Result runOnce(long operations) throws RadosException {
        places.forEach(Places::reset);
        ProcessFigures before = ProcessFigures.now();
        Run run = new Run(Long.MIN_VALUE, Long.MAX_VALUE, operations);
        run.start();
        run.await();
        ProcessFigures after = ProcessFigures.now();
        run.sampled.countDown();
        return result(after.secondsSince(before), before, after, ProcessFigures.status("Threads"));
    }

    private Result result(double seconds, ProcessFigures before, ProcessFigures after, long threads)
            throws RadosException {
        Throwable failed = failure.get();
        if (failed != null) {
            throw new IllegalStateException("an operation failed", failed);
        }
        Histogram all = new Histogram();
        slots.forEach(slot -> all.add(slot.take()));
        // Processor time and operations are of the same part, up to the delay of the thread that samples.
        double cpu = after.cpuSecondsSince(before) * seconds / after.secondsSince(before);
        long allocated = after.allocated() - before.allocated();
        return new Result(seconds, cpu, allocated, all, ProcessFigures.status("VmHWM"), threads);
    }

    private static void waitUntil(long nanoTime) {
        for (long left = nanoTime - System.nanoTime(); left > 0; left = nanoTime - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }

    /** All slots at work from a start to an end. */
    private final class Run {
        private final long from;
        private final long to;
        private final AtomicLong left;
        private final CountDownLatch idle = new CountDownLatch(slots.size());
        private final Finished finished = new Finished();
        /** A latch for which threads wait before they end: a thread's allocations are forgotten with it. */
        private final CountDownLatch sampled = new CountDownLatch(1);

        Run(long from, long to, long operations) {
            this.from = from;
            this.to = to;
            this.left = new AtomicLong(operations);
        }

        void start() {
            if (shape.callbacks()) {
                slots.forEach(this::submit);
                return;
            }
            Thread caller = new Thread(
                    () -> {
                        slots.forEach(this::submit);
                        while (idle.getCount() > 0) {
                            Slot slot = finished.take();
                            slot.ended(System.nanoTime(), from, to);
                            submit(slot);
                        }
                        await(sampled);
                    },
                    "caller");
            caller.setDaemon(true);
            caller.start();
        }

        void await() {
            await(idle);
        }

        private static void await(CountDownLatch latch) {
            try {
                latch.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }

        private void submit(Slot slot) {
            if (failure.get() != null || System.nanoTime() >= to || left.getAndDecrement() <= 0) {
                idle.countDown();
                return;
            }
            slot.submit().whenComplete((done, failed) -> {
                if (failed != null) {
                    failure.compareAndSet(null, failed);
                }
                if (shape.callbacks()) {
                    slot.ended(System.nanoTime(), from, to);
                    submit(slot);
                } else {
                    finished.add(slot);
                }
            });
        }
    }
}
