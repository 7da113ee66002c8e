package io.jrados.testkit;

import static org.junit.jupiter.api.Assertions.fail;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/**
 * One decoder fed with damage: every truncation of good bytes, and mutations of them by a seed. Each input must decode
 * or be refused with the one exception that decoders may throw, within a deadline, and allocate no more than a small
 * number times its own length.
 *
 * <pre>{@code
 * new Fuzz("utime", bytes, in -> Decoder.whole(in, Utime::decode), MalformedException.class).run(1, 10_000);
 * }</pre>
 */
public final class Fuzz {
    /** The memory that an input may cost whatever its length: exceptions with their traces, buffers, tables. */
    public static final long ALLOCATED_ANYWAY = 256 << 10;

    /** Bytes allocated for each byte of input, at most. */
    public static final long ALLOCATED_PER_BYTE = 64;

    private static final Duration EACH_WITHIN = Duration.ofSeconds(10);
    private static final int[] EXTREMES = {0, 1, -1, Integer.MAX_VALUE, Integer.MIN_VALUE, 0x10000, 0x7fff, 0xffffff};
    private static final int MOST_TRUNCATIONS = 4000;

    private final String name;
    private final byte[] good;
    private final Function<byte[], ?> decode;
    private final Class<? extends RuntimeException> refusal;
    private final UnaryOperator<byte[]> repair;

    /** The outcome of a run. */
    public record Outcome(String name, long decoded, long refused, double mostAllocatedPerByte) {
        @Override
        public String toString() {
            return String.format(
                    "%s: %d decoded, %d refused, at most %.1f bytes allocated for one of input",
                    name, decoded, refused, mostAllocatedPerByte);
        }
    }

    /** @param refusal what the decoder may throw, and nothing else */
    public Fuzz(String name, byte[] good, Function<byte[], ?> decode, Class<? extends RuntimeException> refusal) {
        this(name, good, decode, refusal, UnaryOperator.identity());
    }

    private Fuzz(
            String name,
            byte[] good,
            Function<byte[], ?> decode,
            Class<? extends RuntimeException> refusal,
            UnaryOperator<byte[]> repair) {
        this.name = name;
        this.good = good;
        this.decode = decode;
        this.refusal = refusal;
        this.repair = repair;
    }

    /** With a checksum inside the bytes made right again after each change, so that what it covers is reached. */
    public Fuzz repairing(UnaryOperator<byte[]> checksum) {
        return new Fuzz(name, good, decode, refusal, checksum);
    }

    /** Feeds the truncations and so many mutations; the good bytes must decode. */
    public Outcome run(long seed, int mutations) {
        decode.apply(good.clone());
        Run run = new Run(seed, mutations);
        Thread worker = new Thread(run, "fuzz-" + name);
        worker.setDaemon(true);
        worker.start();
        run.watch(worker);
        return run.outcome();
    }

    private final class Run implements Runnable {
        private final Random random;
        private final int mutations;
        private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        private final CountDownLatch done = new CountDownLatch(1);
        private final AtomicLong count = new AtomicLong();
        private final AtomicReference<byte[]> current = new AtomicReference<>(good);
        private final AtomicReference<Throwable> failure = new AtomicReference<>();
        private long decoded;
        private long refused;
        private double most;

        Run(long seed, int mutations) {
            random = new Random(seed);
            this.mutations = mutations;
        }

        @Override
        public void run() {
            try {
                int step = Math.max(1, good.length / MOST_TRUNCATIONS);
                for (int length = 0; length < good.length; length += step) {
                    byte[] cut = Arrays.copyOf(good, length);
                    byte[] repaired = repair.apply(cut.clone());
                    feed(cut);
                    if (!Arrays.equals(cut, repaired)) {
                        feed(repaired);
                    }
                }
                for (int i = 0; i < mutations; i++) {
                    feed(repair.apply(mutant()));
                }
            } catch (Throwable found) {
                failure.set(found);
            } finally {
                done.countDown();
            }
        }

        private void feed(byte[] input) {
            current.set(input);
            count.incrementAndGet();
            long allowed = ALLOCATED_ANYWAY + ALLOCATED_PER_BYTE * input.length;
            long allocated = allocatedFor(input);
            if (allocated > allowed) {
                // the first to come to a place loads its classes: the second one shows what the input costs
                allocated = allocatedFor(input);
            }
            if (allocated > allowed) {
                throw new AssertionError(allocated + " bytes allocated for " + input.length);
            }
            most = Math.max(most, Math.max(0, allocated - ALLOCATED_ANYWAY) / (double) Math.max(1, input.length));
        }

        private long allocatedFor(byte[] input) {
            long before = threads.getThreadAllocatedBytes(Thread.currentThread().getId());
            try {
                decode.apply(input.clone());
                decoded++;
            } catch (RuntimeException thrown) {
                if (!refusal.isInstance(thrown)) {
                    throw thrown;
                }
                refused++;
            }
            return threads.getThreadAllocatedBytes(Thread.currentThread().getId()) - before;
        }

        private byte[] mutant() {
            byte[] bytes = good.clone();
            for (int changes = 1 + random.nextInt(3); changes > 0 && bytes.length > 0; changes--) {
                int at = random.nextInt(bytes.length);
                switch (random.nextInt(7)) {
                    case 0 -> bytes[at] = (byte) 0xff;
                    case 1 -> bytes[at] = 0;
                    case 2 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
                    case 3 -> bytes[at] = (byte) random.nextInt();
                    case 4 -> number(bytes, at, EXTREMES[random.nextInt(EXTREMES.length)]);
                    case 5 -> number(bytes, at, bytes.length - at + random.nextInt(9) - 4);
                    default -> bytes = shifted(bytes, at);
                }
            }
            return bytes;
        }

        /** Four bytes, little-endian: what counts and lengths are. */
        private static void number(byte[] bytes, int at, int value) {
            for (int i = 0; i < Integer.BYTES && at + i < bytes.length; i++) {
                bytes[at + i] = (byte) (value >> 8 * i);
            }
        }

        /** Some bytes taken away, or doubled. */
        private byte[] shifted(byte[] bytes, int at) {
            int length = Math.min(1 + random.nextInt(16), bytes.length - at);
            boolean doubles = random.nextBoolean();
            byte[] result = new byte[bytes.length + (doubles ? length : -length)];
            System.arraycopy(bytes, 0, result, 0, at);
            if (doubles) {
                System.arraycopy(bytes, at, result, at, length);
                System.arraycopy(bytes, at, result, at + length, bytes.length - at);
            } else {
                System.arraycopy(bytes, at + length, result, at, bytes.length - at - length);
            }
            return result;
        }

        void watch(Thread worker) {
            long seen = -1;
            try {
                while (!done.await(EACH_WITHIN.toSeconds(), TimeUnit.SECONDS)) {
                    long now = count.get();
                    if (now == seen) {
                        AssertionError stuck = new AssertionError(name + " takes over " + EACH_WITHIN + ": " + input());
                        stuck.setStackTrace(worker.getStackTrace());
                        throw stuck;
                    }
                    seen = now;
                }
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException(stopped);
            }
            if (failure.get() != null) {
                fail(name + ": " + failure.get() + " for " + input(), failure.get());
            }
        }

        private String input() {
            return HexFormat.of().formatHex(current.get());
        }

        Outcome outcome() {
            return new Outcome(name, decoded, refused, most);
        }
    }
}
