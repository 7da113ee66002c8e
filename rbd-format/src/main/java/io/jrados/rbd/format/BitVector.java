package io.jrados.rbd.format;

import io.jrados.crypto.Crc32c;
import io.jrados.error.MalformedException;
import io.jrados.wire.Decoder;
import io.jrados.wire.Encoder;
import io.jrados.wire.Struct;
import java.util.Arrays;

/**
 * An object map: the states of an image's objects, two bits each. Mutable, and not for several threads at once.
 *
 * <pre>
 * ceph::BitVector&lt;2&gt; (src/common/bit_vector.hpp)
 *   header  a blob: v1  u64 objects
 *   data    four objects a byte, the first in the high bits
 *   footer  a blob: crc of the header, u32 count, crc of each 4096 bytes of data; every crc starts with 0.
 *           Empty when checksums are switched off
 * </pre>
 */
public final class BitVector {
    /** cls::rbd::MAX_OBJECT_MAP_OBJECT_COUNT. */
    public static final long MAX_OBJECTS = 256_000_000;

    private static final Struct HEADER = new Struct("BitVector", 1, 1, 1);
    private static final int BLOCK = 4096;
    private static final int PER_BYTE = 4;
    private static final int BITS = 2;
    private static final int MASK = 3;
    private static final int CRC = 4;

    private long size;
    private byte[] data;

    /** Creates a vector of so many objects in one state. */
    public BitVector(long objects, ObjectState state) {
        this(0, new byte[0]);
        resize(objects, state);
    }

    private BitVector(long size, byte[] data) {
        this.size = size;
        this.data = data;
    }

    /** @throws MalformedException for what cannot be a map, or has a wrong checksum */
    public static BitVector decode(Decoder in) {
        byte[] header = in.bytes();
        long size = Decoder.whole(header, it -> it.struct(HEADER, (body, version) -> body.u64()));
        if (size < 0 || size > MAX_OBJECTS) {
            throw new MalformedException("an object map of " + Long.toUnsignedString(size) + " objects");
        }
        byte[] data = in.raw(bytes(size));
        in.blob(footer -> {
            if (footer.remaining() > 0) {
                check(footer, header, data);
            }
            return null;
        });
        return new BitVector(size, data);
    }

    private static void check(Decoder footer, byte[] header, byte[] data) {
        if (footer.i32() != Crc32c.of(0, header)) {
            throw new MalformedException("checksum of an object map's header");
        }
        int blocks = footer.count(CRC);
        if (blocks != blocks(data)) {
            throw new MalformedException(blocks + " checksums for " + data.length + " bytes of an object map");
        }
        for (int block = 0; block < blocks; block++) {
            if (footer.i32() != crc(data, block)) {
                throw new MalformedException("checksum of block " + block + " of an object map");
            }
        }
    }

    public void encode(Encoder out) {
        byte[] header = Encoder.bytesOf(it -> it.struct(HEADER, body -> body.u64(size)));
        out.bytes(header).raw(data).blob(footer -> {
            footer.i32(Crc32c.of(0, header)).u32(blocks(data));
            for (int block = 0; block < blocks(data); block++) {
                footer.i32(crc(data, block));
            }
        });
    }

    private static int blocks(byte[] data) {
        return (data.length + BLOCK - 1) / BLOCK;
    }

    private static int crc(byte[] data, int block) {
        int from = block * BLOCK;
        return Crc32c.of(0, data, from, Math.min(BLOCK, data.length - from));
    }

    private static int bytes(long objects) {
        return (int) ((objects + PER_BYTE - 1) / PER_BYTE);
    }

    /** Returns the number of objects. */
    public long size() {
        return size;
    }

    /** @param object less than {@link #size} */
    public ObjectState get(long object) {
        return ObjectState.of(data[index(object)] >> shift(object) & MASK);
    }

    /** @param object less than {@link #size} */
    public void set(long object, ObjectState state) {
        int shift = shift(object);
        int index = index(object);
        data[index] = (byte) (data[index] & ~(MASK << shift) | state.code() << shift);
    }

    private int index(long object) {
        if (object < 0 || object >= size) {
            throw new IndexOutOfBoundsException("object " + object + " of " + size);
        }
        return (int) (object / PER_BYTE);
    }

    private static int shift(long object) {
        return (PER_BYTE - 1 - (int) (object % PER_BYTE)) * BITS;
    }

    /**
     * Changes its length.
     *
     * @param objects at most {@link #MAX_OBJECTS}
     * @param state of those that are new
     */
    public void resize(long objects, ObjectState state) {
        if (objects < 0 || objects > MAX_OBJECTS) {
            throw new IllegalArgumentException("an object map of " + objects + " objects");
        }
        long before = size;
        size = objects;
        data = Arrays.copyOf(data, bytes(objects));
        for (long object = before; object < objects; object++) {
            set(object, state);
        }
        // What lies behind the last object is zero, as in a map that was never longer.
        for (long object = objects; object < (long) data.length * PER_BYTE; object++) {
            data[data.length - 1] &= (byte) ~(MASK << shift(object));
        }
    }

    /** A map of its own with the same states. */
    public BitVector copy() {
        return new BitVector(size, data.clone());
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof BitVector map && size == map.size && Arrays.equals(data, map.data);
    }

    @Override
    public int hashCode() {
        return Long.hashCode(size) * 31 + Arrays.hashCode(data);
    }

    /** The first states as digits. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(size + ":");
        for (long object = 0; object < Math.min(size, 64); object++) {
            text.append(get(object).code());
        }
        return text.toString();
    }
}
