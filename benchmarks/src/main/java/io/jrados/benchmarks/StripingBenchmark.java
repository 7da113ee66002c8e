package io.jrados.benchmarks;

import io.jrados.rbd.format.Layout;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * A range of an image to pieces of objects: {@code length} bytes in the middle of an image of objects of 4 MiB, plain
 * or in stripes of 64 KiB over 8 objects.
 *
 * <p>Budget: under 1 µs for what is one object, under 10 µs for 8 MiB in stripes (128 pieces).
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class StripingBenchmark {
    /** Bytes of the range. */
    @Param({"4096", "8388608"})
    public int length;

    /** The layout of the image. */
    @Param({"plain", "striped"})
    public String layout;

    private long offset;

    /** One range. */
    @Benchmark
    public List<Layout.Extent> extents() {
        offset = (offset + 4096) & ((1L << 40) - 1);
        return (layout.equals("plain") ? Layout.plain(22) : new Layout(22, 64 << 10, 8)).extents(offset, length);
    }
}
