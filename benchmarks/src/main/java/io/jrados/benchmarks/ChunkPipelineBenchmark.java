package io.jrados.benchmarks;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * The client without Ceph's own cost: image -> objects -> frames -> loopback socket -> a peer in another process that
 * acknowledges and does nothing else. One operation is one write, with {@code depth} in flight.
 *
 * <p>Budget, by {@code -prof gc}: under 2,500 bytes of garbage for a 4 KiB write at depth 16 and up (not met: 4,200),
 * under 8 KiB for an 8 MiB chunk.
 * {@link BareLoopBenchmark} is the limit to compare with.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(1)
public class ChunkPipelineBenchmark {
    /** Bytes of one write. */
    @Param({"8388608", "4096"})
    public int size;

    /** Writes in flight. */
    @Param({"1", "16", "64"})
    public int depth;

    /** Threads of the client. */
    @Param({"1", "2"})
    public int threads;

    private PipelinedWrites writes;

    /** Starts the peer and opens its image. */
    @Setup(Level.Trial)
    public void open() throws IOException {
        // More large chunks in flight than a driver would keep only fill the socket's buffers.
        writes = new PipelinedWrites(size, size > 1 << 20 ? Math.min(depth, 16) : depth, threads);
    }

    /** Ends the peer. */
    @TearDown(Level.Trial)
    public void close() throws IOException {
        writes.close();
    }

    /** One write. */
    @Benchmark
    public void write() throws IOException {
        writes.write();
    }
}
