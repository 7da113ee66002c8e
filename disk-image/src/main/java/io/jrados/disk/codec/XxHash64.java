package io.jrados.disk.codec;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * The hash whose lower half is a Zstandard frame's checksum: XXH64 with the seed 0.
 *
 * <p>Source: section "XXH64 Algorithm Description" of the xxHash specification, to which RFC 8878, section 3.1.1
 * refers.
 */
final class XxHash64 {
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle INTS = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

    private static final long PRIME_1 = 0x9e3779b185ebca87L;
    private static final long PRIME_2 = 0xc2b2ae3d27d4eb4fL;
    private static final long PRIME_3 = 0x165667b19e3779f9L;
    private static final long PRIME_4 = 0x85ebca77c2b2ae63L;
    private static final long PRIME_5 = 0x27d4eb2f165667c5L;
    private static final int STRIPE = 32;
    private static final int LANES = 4;
    private static final int[] LANE_ROTATIONS = {1, 7, 12, 18};

    private XxHash64() {}

    static long of(byte[] bytes, int offset, int length) {
        int at = offset;
        int end = offset + length;
        long hash = PRIME_5;
        if (length >= STRIPE) {
            long[] lanes = {PRIME_1 + PRIME_2, PRIME_2, 0, -PRIME_1};
            for (; end - at >= STRIPE; at += STRIPE) {
                for (int lane = 0; lane < LANES; lane++) {
                    lanes[lane] = round(lanes[lane], (long) LONGS.get(bytes, at + Long.BYTES * lane));
                }
            }
            hash = 0;
            for (int lane = 0; lane < LANES; lane++) {
                hash += Long.rotateLeft(lanes[lane], LANE_ROTATIONS[lane]);
            }
            for (long lane : lanes) {
                hash = (hash ^ round(0, lane)) * PRIME_1 + PRIME_4;
            }
        }
        return mixed(rest(hash + length, bytes, at, end));
    }

    private static long rest(long start, byte[] bytes, int from, int end) {
        long hash = start;
        int at = from;
        for (; end - at >= Long.BYTES; at += Long.BYTES) {
            hash = Long.rotateLeft(hash ^ round(0, (long) LONGS.get(bytes, at)), 27) * PRIME_1 + PRIME_4;
        }
        if (end - at >= Integer.BYTES) {
            long word = Integer.toUnsignedLong((int) INTS.get(bytes, at));
            hash = Long.rotateLeft(hash ^ word * PRIME_1, 23) * PRIME_2 + PRIME_3;
            at += Integer.BYTES;
        }
        for (; at < end; at++) {
            hash = Long.rotateLeft(hash ^ (bytes[at] & 0xffL) * PRIME_5, 11) * PRIME_1;
        }
        return hash;
    }

    private static long round(long lane, long input) {
        return Long.rotateLeft(lane + input * PRIME_2, 31) * PRIME_1;
    }

    private static long mixed(long hash) {
        long mixed = (hash ^ hash >>> 33) * PRIME_2;
        mixed = (mixed ^ mixed >>> 29) * PRIME_3;
        return mixed ^ mixed >>> 32;
    }
}
