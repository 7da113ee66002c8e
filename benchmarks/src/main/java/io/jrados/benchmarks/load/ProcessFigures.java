package io.jrados.benchmarks.load;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * The resources that this process has used, as the kernel counts them: every thread of it, the collector's and the
 * compilers' too.
 *
 * @param nanoTime when
 * @param cpuTicks of user and system time, 100 in a second
 * @param allocated bytes on the heap by the threads that are alive
 */
record ProcessFigures(long nanoTime, long cpuTicks, long allocated) {
    private static final double TICKS = 100;
    private static final int USER = 11;

    static ProcessFigures now() {
        return new ProcessFigures(System.nanoTime(), ticks(read("stat")), allocatedNow());
    }

    private static long ticks(String stat) {
        String[] words = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        return Long.parseLong(words[USER]) + Long.parseLong(words[USER + 1]);
    }

    /**
     * Ticks of the JIT compilers' threads, what they are in the middle of included: the JVM tells only of what is done.
     */
    static long compilerTicks() {
        long sum = 0;
        try (DirectoryStream<Path> threads = Files.newDirectoryStream(Path.of("/proc/self/task"))) {
            for (Path thread : threads) {
                String stat = read("task/" + thread.getFileName() + "/stat");
                sum += stat.contains("(C1 ") || stat.contains("(C2 ") ? ticks(stat) : 0;
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return sum;
    }

    private static long allocatedNow() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long sum = 0;
        for (long bytes : threads.getThreadAllocatedBytes(threads.getAllThreadIds())) {
            sum += Math.max(bytes, 0);
        }
        return sum;
    }

    double cpuSecondsSince(ProcessFigures earlier) {
        return (cpuTicks - earlier.cpuTicks) / TICKS;
    }

    double secondsSince(ProcessFigures earlier) {
        return (nanoTime - earlier.nanoTime) / 1e9;
    }

    /** A number of {@code /proc/self/status}. */
    static long status(String field) {
        return read("status")
                .lines()
                .filter(line -> line.startsWith(field + ":"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                .findFirst()
                .orElseThrow();
    }

    /** Nothing of a thread that has ended. */
    private static String read(String file) {
        try {
            return Files.readString(Path.of("/proc/self", file));
        } catch (NoSuchFileException ended) {
            return "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
