package io.jrados.osdmap;

import io.jrados.error.MalformedException;
import io.jrados.wire.Decoder;
import io.jrados.wire.Encoder;

/**
 * A placement group: pg_t (src/osd/osd_types.h). Raw while its seed is an object's whole hash, actual once the seed is
 * folded below the pool's pg_num ({@link PoolInfo#pgOf}).
 *
 * @param seed 32 bits, unsigned
 */
public record PgId(long pool, int seed) {
    /** Bytes of an encoded pg_t. */
    static final int SIZE = 17;

    public static PgId decode(Decoder in) {
        int version = in.u8();
        if (version != 1) {
            throw new MalformedException("pg_t version " + version);
        }
        PgId pg = new PgId(in.u64(), in.i32());
        in.skip(4);
        return pg;
    }

    public void encode(Encoder out) {
        out.u8(1).u64(pool).i32(seed).i32(-1);
    }

    /**
     * Folds a hash into {@code count} buckets so that growing the count moves as few as possible: ceph_stable_mod
     * (src/include/rados.h).
     *
     * @param mask {@link #mask} of the count
     */
    static int stableMod(int hash, int count, int mask) {
        int folded = hash & mask;
        return Integer.compareUnsigned(folded, count) < 0 ? folded : hash & (mask >>> 1);
    }

    /** The smallest 2^n - 1 that holds every seed below {@code count}, which is at least 1. */
    static int mask(int count) {
        return count <= 1 ? 0 : -1 >>> Integer.numberOfLeadingZeros(count - 1);
    }

    /**
     * Whether this group keeps its seed but gives objects away when pg_num grows from {@code before} to {@code after}.
     */
    public boolean splits(int before, int after) {
        if (Integer.compareUnsigned(seed, before) >= 0 || after <= before) {
            return false;
        }
        int mask = mask(before);
        // the children of a seed below 'before' are those that fold back to it
        for (long child = (long) seed + Integer.highestOneBit(before); child < after; child += 1) {
            if (child >= before && stableMod((int) child, before, mask) == seed) {
                return true;
            }
        }
        return false;
    }

    /** Whether this group is folded into another when pg_num shrinks from {@code before} to {@code after}. */
    public boolean mergesAway(int before, int after) {
        return Integer.compareUnsigned(seed, before) < 0 && Integer.compareUnsigned(seed, after) >= 0;
    }

    /** Whether this group takes in others when pg_num shrinks from {@code before} to {@code after}. */
    public boolean mergesOthers(int before, int after) {
        return splits(after, before);
    }

    /** As Ceph prints it: {@code 2.1f}. */
    @Override
    public String toString() {
        return pool + "." + Integer.toHexString(seed);
    }
}
