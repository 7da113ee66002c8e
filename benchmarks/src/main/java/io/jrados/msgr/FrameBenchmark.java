package io.jrados.msgr;

import io.jrados.auth.AuthDone;
import io.jrados.auth.ConnectionAuth;
import io.jrados.message.ObjectLocator;
import io.jrados.message.OsdFlags;
import io.jrados.message.OsdOp;
import io.jrados.message.OsdOpReply;
import io.jrados.message.Spg;
import io.jrados.osd.op.WriteOperation;
import io.jrados.wire.Encoder;
import io.jrados.wire.EntityAddr;
import io.jrados.wire.Payload;
import io.jrados.wire.Utime;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.util.Random;
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
 * Messages to frames and back, without a socket: {@code write} makes an operation that writes {@code size} bytes,
 * encodes it and cuts it into what a channel would be given; {@code encode} does so with an operation that is there;
 * {@code read} takes the reply to a read of {@code size} bytes apart. In secure mode a box opens only once, so each
 * {@code read} there has a fresh reader and a copy of the bytes, which is part of the figure.
 *
 * <p>Budgets: {@code encode} of 4 KiB makes under 300 bytes of garbage in crc mode; {@code write} makes under 1,500
 * bytes of garbage in crc mode and under 5 KiB in secure mode (not met: 7,500), whatever the size;
 * {@code read} under 1,500 bytes in crc mode. Time: at 4 MiB within 1.2 times of {@code LimitsBenchmark}'s checksum or
 * cipher.
 *
 * <p>In this package, because frames are nobody else's business.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class FrameBenchmark {
    private static final int REPLY = 43;
    private static final long FEATURES = ~0L;

    /** Bytes of data. */
    @Param({"4096", "65536", "4194304", "8388608"})
    public int size;

    /** The mode of the connection. */
    @Param({"crc", "secure"})
    public String mode;

    private final Buffers buffers = Buffers.make();
    private FrameCodec writer;
    private FrameCodec reader;
    private Open open;
    private ByteBuffer data;
    private OsdOp made;
    private ByteBuf reply;
    private long sent;

    /** Encodes the reply that is read. */
    @Setup(Level.Trial)
    public void prepare() {
        data = ByteBuffer.allocateDirect(size);
        byte[] bytes = new byte[size];
        new Random(1).nextBytes(bytes);
        data.put(bytes).flip();
        writer = codec(new Gone());
        reader = codec(new Gone());
        open = opened();
        made = operation();
        ByteBuf wire = Unpooled.directBuffer(size + 1024);
        FrameCodec peer = codec(new Sink() {
            @Override
            public void write(ByteBuf piece) {
                wire.writeBytes(piece);
                piece.release();
            }

            @Override
            public void write(ByteBuf piece, ByteBuf owner) {
                wire.writeBytes(piece);
                owner.release();
            }
        });
        peer.write(opened().frame(Payload.of(REPLY, 8, 2, 1, front(), Unpooled.wrappedBuffer(data))));
        peer.finish();
        reply = wire;
    }

    private int number() {
        return mode.equals("crc") ? ConnectionAuth.CRC : ConnectionAuth.SECURE;
    }

    private Open opened() {
        return new Open(EntityAddr.BLANK, 1, number(), FEATURES);
    }

    private FrameCodec codec(Sink sink) {
        FrameCodec codec = new FrameCodec(buffers.sending(), sink, true);
        codec.rekey(new AuthDone(1, number(), new byte[16], new byte[64]));
        return codec;
    }

    private ByteBuf front() {
        Encoder out = Encoder.heap();
        out.string("rbd_data.1234567890ab.0000000000000001");
        out.u8(1).u64(1).u32(7).i32(-1);
        out.u64(OsdFlags.READ).i32(0).u64(1).u32(1).u32(10);
        out.u32(1).zeroes(34).u32(size);
        out.i32(0).i32(0).u64(1).u32(1).u64(1).u8(0).zeroes(24);
        return out.take();
    }

    /** Releases the reply. */
    @TearDown(Level.Trial)
    public void end() {
        writer.release();
        reader.release();
        reply.release();
    }

    /** One write, made and encoded. */
    @Benchmark
    public void write() {
        encode(operation());
    }

    /** One write that is there, encoded: what each sending of it takes. */
    @Benchmark
    public void encode() {
        encode(made);
    }

    private void encode(OsdOp op) {
        writer.write(open.frame(op.encode()));
        writer.finish();
    }

    private OsdOp operation() {
        return new OsdOp(
                ++sent,
                new OsdOp.Target(new Spg(1, 7, Spg.NO_SHARD), 1234567, 10),
                new ObjectLocator(1, ""),
                "rbd_data.1234567890ab.0000000000000001",
                new WriteOperation().write(0, data.duplicate()).operation(),
                OsdOp.Snaps.HEAD,
                new OsdOp.Attempt(OsdFlags.WRITE | OsdFlags.ONDISK, 0, Utime.ZERO, FEATURES));
    }

    /** One reply. */
    @Benchmark
    public int read() {
        boolean crc = number() == ConnectionAuth.CRC;
        FrameCodec fresh = crc ? reader : codec(new Gone());
        ByteBuf in = crc ? reply.retainedDuplicate() : reply.copy();
        Frame frame = fresh.read(in);
        OsdOpReply answer =
                OsdOpReply.decode(MessageHeader.read(frame.header()).with(frame.front(), frame.middle(), frame.data()));
        frame.header().release();
        int result = answer.result();
        answer.release();
        if (!crc) {
            fresh.release();
        }
        in.release();
        return result;
    }

    /** A sink that forgets its bytes. */
    private static final class Gone implements Sink {
        @Override
        public void write(ByteBuf piece) {
            piece.release();
        }

        @Override
        public void write(ByteBuf piece, ByteBuf owner) {
            owner.release();
        }
    }
}
