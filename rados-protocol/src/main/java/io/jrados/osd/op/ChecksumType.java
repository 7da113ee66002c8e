package io.jrados.osd.op;

import io.jrados.wire.Decoder;
import io.jrados.wire.Encoder;
import io.netty.buffer.ByteBuf;

/** The algorithm of an OSD's checksums: CEPH_OSD_CHECKSUM_OP_TYPE_* (src/include/rados.h). */
public enum ChecksumType {
    XXHASH32(0, Integer.BYTES),
    XXHASH64(1, Long.BYTES),
    /** Without a final inversion: the usual one is this with all bits turned, from a seed of -1. */
    CRC32C(2, Integer.BYTES);

    private final int number;
    private final int width;

    ChecksumType(int number, int width) {
        this.number = number;
        this.width = width;
    }

    int number() {
        return number;
    }

    byte[] seed(long seed) {
        return Encoder.bytesOf(out -> {
            if (width == Long.BYTES) {
                out.u64(seed);
            } else {
                out.u32(seed);
            }
        });
    }

    /** A count and the values; nothing at all for a range behind the object's end. */
    long[] read(ByteBuf bytes) {
        if (!bytes.isReadable()) {
            return new long[0];
        }
        Decoder in = new Decoder(bytes);
        long[] values = new long[in.count(width)];
        for (int i = 0; i < values.length; i++) {
            values[i] = width == Long.BYTES ? in.u64() : in.u32();
        }
        return values;
    }
}
