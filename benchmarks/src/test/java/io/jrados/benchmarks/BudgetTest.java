package io.jrados.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The cost of one write in counts, which do not depend on how fast the machine is: garbage of all threads, and system
 * calls that read or write, as the kernel counts them (a send of several writes is one; waking a loop is one, and so is
 * the loop's taking note of it). The budgets of garbage for small writes are some 100 bytes over the most that was
 * measured; the smallest of some rounds counts, because code that is not yet compiled makes more garbage.
 */
class BudgetTest {
    private static final Logger LOG = LoggerFactory.getLogger(BudgetTest.class);
    private static final int ROUNDS = 5;

    /** The resources used up to now. */
    private record Counts(long allocated, long reads, long writes) {
        static Counts now() throws IOException {
            ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
            long allocated = 0;
            for (long bytes : threads.getThreadAllocatedBytes(threads.getAllThreadIds())) {
                allocated += Math.max(bytes, 0);
            }
            String io = Files.readString(Path.of("/proc/self/io"));
            return new Counts(allocated, field(io, "syscr"), field(io, "syscw"));
        }

        private static long field(String io, String name) {
            return io.lines()
                    .filter(line -> line.startsWith(name + ":"))
                    .mapToLong(line ->
                            Long.parseLong(line.substring(name.length() + 1).strip()))
                    .findFirst()
                    .orElseThrow();
        }
    }

    /**
     * One measured round is {@code writes}; {@code warm} come before.
     *
     * @param garbage bytes of one write at most
     * @param sends calls that write, for one write, at most
     * @param receives calls that read, for one write, at most
     */
    @ParameterizedTest(name = "{0} bytes, {1} in flight")
    @CsvSource({
        // size, depth, warm, writes, garbage, sends, receives; the first warms the code for the others
        "4096,   16, 15000, 2000, 3650, 1.0, 1.0",
        "4096,   64,  2000, 4000, 3650, 0.5, 0.5",
        "4096,    1,   500,  500, 4200, 2.6, 2.6",
        "8388608, 4,    20,   10, 7000, 16, 6",
    })
    void aWriteStaysWithinItsBudget(
            int size, int depth, int warm, int writes, long garbage, double sends, double receives) throws IOException {
        double allocated = Double.MAX_VALUE;
        double sent = Double.MAX_VALUE;
        double received = Double.MAX_VALUE;
        try (PipelinedWrites image = new PipelinedWrites(size, depth, 1)) {
            write(image, warm);
            for (int i = 0; i < ROUNDS; i++) {
                Counts before = Counts.now();
                write(image, writes);
                Counts after = Counts.now();
                allocated = Math.min(allocated, (double) (after.allocated - before.allocated) / writes);
                sent = Math.min(sent, (double) (after.writes - before.writes) / writes);
                received = Math.min(received, (double) (after.reads - before.reads) / writes);
            }
        }
        String figures = String.format(Locale.ROOT, "%.0f B, %.2f sends, %.2f receives", allocated, sent, received);
        LOG.info("a write of {} bytes with {} in flight: {}", size, depth, figures);
        assertThat(allocated).as(figures).isLessThan(garbage);
        assertThat(sent).as(figures).isLessThan(sends);
        assertThat(received).as(figures).isLessThan(receives);
    }

    private static void write(PipelinedWrites image, int writes) throws IOException {
        for (int i = 0; i < writes; i++) {
            image.write();
        }
    }
}
