package io.jrados.benchmarks;

import io.jrados.benchmarks.peer.BareSink;
import io.jrados.benchmarks.peer.PeerProcess;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.concurrent.TimeUnit;
import java.util.zip.CRC32C;
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
 * The limit of {@link ChunkPipelineBenchmark}: one thread, one blocking socket, one checksum and one gathering write
 * for each message of a header and {@code size} bytes, and 200 bytes read back, with {@code depth} in flight.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(1)
public class BareLoopBenchmark {
    /** About preamble, message header, front and epilogue of an OSD operation. */
    private static final int HEADER = 350;

    /** Bytes of one write. */
    @Param({"8388608", "4096"})
    public int size;

    /** Writes in flight. */
    @Param({"1", "16", "64"})
    public int depth;

    private PeerProcess peer;
    private SocketChannel channel;
    private ByteBuffer[] message;
    private ByteBuffer answers;
    private final CRC32C crc = new CRC32C();
    private int inFlight;

    /** Starts the sink. */
    @Setup(Level.Trial)
    public void open() throws IOException {
        peer = PeerProcess.start(BareSink.class, String.valueOf(HEADER + size));
        channel = SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), peer.port(0)));
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        message = new ByteBuffer[] {ByteBuffer.allocateDirect(HEADER), ByteBuffer.allocateDirect(size)};
        answers = ByteBuffer.allocateDirect(BareSink.ANSWER * 64);
    }

    /** Ends the sink. */
    @TearDown(Level.Trial)
    public void close() throws IOException {
        channel.close();
        peer.close();
    }

    /** One write. */
    @Benchmark
    public long write() throws IOException {
        while (inFlight >= depth) {
            if (channel.read(answers) < 0) {
                throw new EOFException();
            }
            inFlight -= answers.position() / BareSink.ANSWER;
            answers.position(answers.position() % BareSink.ANSWER);
        }
        message[0].clear();
        message[1].clear();
        crc.reset();
        crc.update(message[1]);
        message[1].clear();
        while (message[1].hasRemaining()) {
            channel.write(message);
        }
        inFlight++;
        return crc.getValue();
    }
}
