package io.jrados.crypto;

import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * CRC-32C as Ceph uses it (src/include/crc32c.h): the caller gives the register's start, and nothing is inverted at the
 * end. Frame preambles start with 0, everything else with {@link #SEED}.
 *
 * <p>The JDK's class, an intrinsic, always starts with all ones and inverts its result. The inversion is undone; any
 * other start is reached by first feeding the four bytes that lead there.
 */
public final class Crc32c {
    /** The start of nearly all of Ceph's checksums: all ones. */
    public static final int SEED = -1;

    /** The reflected polynomial. */
    private static final int POLYNOMIAL = 0x82F63B78;

    private Crc32c() {}

    /** The checksum of the readable bytes, which stay readable; of composite buffers too, without copying. */
    public static int of(int seed, ByteBuf data) {
        return of(seed, data, data.readerIndex(), data.readableBytes());
    }

    /** The checksum of {@code length} bytes from {@code index}. */
    public static int of(int seed, ByteBuf data, int index, int length) {
        CRC32C crc = startingAt(seed);
        if (data.hasArray()) {
            crc.update(data.array(), data.arrayOffset() + index, length);
        } else if (data.nioBufferCount() == 1) {
            crc.update(data.nioBuffer(index, length));
        } else {
            for (ByteBuffer part : data.nioBuffers(index, length)) {
                crc.update(part);
            }
        }
        return ~(int) crc.getValue();
    }

    /**
     * The same; a range that fits {@code scratch} is copied there first. That is cheaper than the two objects that a
     * view of direct memory takes.
     */
    public static int of(int seed, ByteBuf data, int index, int length, byte[] scratch) {
        if (length > scratch.length || data.hasArray()) {
            return of(seed, data, index, length);
        }
        data.getBytes(index, scratch, 0, length);
        return of(seed, scratch, 0, length);
    }

    /** The checksum of the remaining bytes, which stay remaining. */
    public static int of(int seed, ByteBuffer data) {
        CRC32C crc = startingAt(seed);
        crc.update(data.duplicate());
        return ~(int) crc.getValue();
    }

    /** The checksum of an array. */
    public static int of(int seed, byte[] data) {
        return of(seed, data, 0, data.length);
    }

    /** The checksum of a part of an array. */
    public static int of(int seed, byte[] data, int offset, int length) {
        CRC32C crc = startingAt(seed);
        crc.update(data, offset, length);
        return ~(int) crc.getValue();
    }

    private static CRC32C startingAt(int seed) {
        CRC32C crc = new CRC32C();
        if (seed != SEED) {
            int lead = ~before(seed);
            crc.update(lead);
            crc.update(lead >>> 8);
            crc.update(lead >>> 16);
            crc.update(lead >>> 24);
        }
        return crc;
    }

    /** The register that 32 zero bits would turn into {@code register}. */
    private static int before(int register) {
        int before = register;
        for (int bit = 0; bit < Integer.SIZE; bit++) {
            before = before < 0 ? (before ^ POLYNOMIAL) << 1 | 1 : before << 1;
        }
        return before;
    }
}
