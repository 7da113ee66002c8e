package io.jrados.benchmarks;

import io.jrados.message.Operation;
import io.jrados.osd.op.WriteOperation;
import io.jrados.osd.op.WriteResult;
import io.jrados.rbd.format.HeaderCalls;
import io.jrados.rbd.format.SnapshotCalls;
import io.jrados.rbd.format.SnapshotNamespace;
import io.jrados.wire.Encoder;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Calls of the class {@code rbd}: their arguments, and an operation of two of them as it goes into a message.
 *
 * <p>Budget: under 2 µs and under 3 KiB of garbage.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class ClassCallBenchmark {
    /** The call that makes an image's header. */
    @Benchmark
    public byte[] create() {
        return HeaderCalls.create(1L << 30, 22, 1, "rbd_data.1234567890ab", -1).input();
    }

    /** A snapshot is recorded in a header of which the size is set before. */
    @Benchmark
    public int operation() {
        WriteOperation write = new WriteOperation();
        HeaderCalls.setSize(1L << 30).addTo(write);
        SnapshotCalls.add("snapshot", 7, new SnapshotNamespace.User()).addTo(write);
        Operation<WriteResult> operation = write.operation();
        Encoder out = Encoder.heap();
        operation.encode(out);
        return out.toBytes().length + operation.inputs().readableBytes();
    }
}
