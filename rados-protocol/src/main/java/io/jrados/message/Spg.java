package io.jrados.message;

import io.jrados.error.MalformedException;
import io.jrados.wire.Decoder;
import io.jrados.wire.Encoder;
import io.jrados.wire.Struct;

/**
 * A placement group, or one shard of an erasure-coded one: spg_t (src/osd/osd_types.h).
 *
 * @param pool its pool
 * @param seed its number in the pool, 32 bits
 * @param shard {@link #NO_SHARD} for a replicated pool
 */
public record Spg(long pool, int seed, int shard) {
    public static final int NO_SHARD = -1;

    private static final Struct STRUCT = new Struct("spg_t", 1, 1, 1);

    public static Spg decode(Decoder in) {
        return in.struct(STRUCT, (body, version) -> {
            Spg whole = decodePg(body);
            return new Spg(whole.pool, whole.seed, body.i8());
        });
    }

    /** Reads a pg_t, which knows no shard. */
    public static Spg decodePg(Decoder in) {
        int version = in.u8();
        if (version != 1) {
            throw new MalformedException("pg_t version " + version);
        }
        Spg pg = new Spg(in.i64(), in.i32(), NO_SHARD);
        in.skip(4);
        return pg;
    }

    public void encode(Encoder out) {
        int struct = out.begin(STRUCT.newest(), STRUCT.compat());
        out.u8(1).u64(pool).i32(seed).i32(-1).u8(shard).end(struct);
    }

    /** As Ceph prints it: {@code 1.2a}, with a shard {@code 1.2as0}. */
    @Override
    public String toString() {
        String pg = Long.toUnsignedString(pool) + "." + Integer.toHexString(seed);
        return shard == NO_SHARD ? pg : pg + "s" + shard;
    }
}
