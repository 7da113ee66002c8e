package io.jrados.benchmarks;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.GeneralSecurityException;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.zip.CRC32C;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * The physical limit of both modes on this machine and JDK: one checksum, or one encryption, of {@code size} bytes
 * between direct buffers, with nothing around it. No budget: it is what {@code FrameBenchmark} is compared with.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class LimitsBenchmark {
    private static final int TAG = 16;
    private static final int NONCE = 12;

    /** Bytes. */
    @Param({"4096", "65536", "4194304", "8388608"})
    public int size;

    private final SecretKeySpec key = new SecretKeySpec(new byte[16], "AES");
    private final ByteBuffer nonce = ByteBuffer.allocate(NONCE).order(ByteOrder.LITTLE_ENDIAN);
    private Cipher cipher;
    private ByteBuffer plain;
    private ByteBuffer sealed;

    /** Fills the buffer. */
    @Setup
    public void prepare() throws GeneralSecurityException {
        byte[] bytes = new byte[size];
        new Random(1).nextBytes(bytes);
        plain = ByteBuffer.allocateDirect(size).put(bytes).flip();
        sealed = ByteBuffer.allocateDirect(size + TAG);
        cipher = Cipher.getInstance("AES/GCM/NoPadding");
    }

    /** CRC32C. */
    @Benchmark
    public long crc32c() {
        CRC32C crc = new CRC32C();
        crc.update(plain.rewind());
        return crc.getValue();
    }

    /** AES-128-GCM. */
    @Benchmark
    public int gcm() throws GeneralSecurityException {
        nonce.putLong(0, nonce.getLong(0) + 1);
        cipher.init(Cipher.ENCRYPT_MODE, key, new GCMParameterSpec(TAG * Byte.SIZE, nonce.array()));
        return cipher.doFinal(plain.rewind(), sealed.clear());
    }
}
