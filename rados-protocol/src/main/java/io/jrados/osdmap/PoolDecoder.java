package io.jrados.osdmap;

import io.jrados.error.MalformedException;
import io.jrados.wire.Decoder;
import io.jrados.wire.Struct;
import io.jrados.wire.Utime;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Reads pools: pg_pool_t::decode (src/osd/osd_types.cc).
 *
 * <pre>
 * v26 Luminous, v27 Mimic, v29 Nautilus
 * v30 + what stretched pools ask, and only with them
 * v31 the same as an optional value; v32 + shards that never lead (Tentacle)
 * </pre>
 */
final class PoolDecoder {
    private static final Struct POOL = new Struct("pg_pool_t", 26, 32, 5);
    private static final Struct SNAP = new Struct("pool_snap_info_t", 2, 2, 2);

    /** More groups than a pool can have. */
    private static final int MAX_PGS = 1 << 24;

    /** Words of 64 bits in a set of shards. */
    private static final int SHARD_WORDS = 2;

    private PoolDecoder() {}

    static Map<Long, PoolInfo> pools(Decoder in) {
        int count = in.count(14);
        Map<Long, PoolInfo> pools = new LinkedHashMap<>();
        for (int i = 0; i < count; i++) {
            long id = in.i64();
            pools.put(id, in.struct(POOL, (body, version) -> pool(body, version, id)));
        }
        return pools;
    }

    /** Erasure code profiles by name. */
    static Map<String, Map<String, String>> profiles(Decoder in) {
        return in.map(8, Decoder::string, PoolDecoder::strings);
    }

    private static Map<String, String> strings(Decoder in) {
        return in.map(8, Decoder::string, Decoder::string);
    }

    private static PoolInfo pool(Decoder in, int version, long id) {
        int type = in.u8();
        if (type != PoolShape.REPLICATED && type != PoolShape.ERASURE) {
            throw new MalformedException("a pool of type " + type);
        }
        int size = in.u8();
        int rule = in.u8();
        int hash = in.u8();
        int pgNum = groups(in, 1);
        int pgpNum = groups(in, 1);
        in.skip(4 + 4);
        long lastChange = in.u32();
        PoolSnaps snaps = snaps(in);
        SnapIntervals removed = SnapIntervals.decode(in);
        long owner = in.u64();
        long flags = in.u64();
        in.skip(4);
        int minSize = in.u8();
        long maxBytes = in.u64();
        long maxObjects = in.u64();
        PoolTiers tiers = tiers(in);
        Map<String, String> properties = strings(in);
        PoolDetail.HitSets hitSets = PoolDetail.HitSets.decode(in);
        long stripeWidth = in.u32();
        PoolDetail.CacheTargets cache = PoolDetail.CacheTargets.decode(in);
        String profile = in.string();
        long resendPreLuminous = in.u32();
        long readRecency = in.u32();
        long expected = in.u64();
        cache = cache.withDirtyHigh(in.u32());
        long writeRecency = in.u32();
        boolean gmt = in.bool();
        boolean fastRead = in.bool();
        hitSets = hitSets.with(gmt, in.u32(), in.u32());
        Map<String, Object> options = PoolOptions.decode(in);
        long resendPreNautilus = in.u32();
        Map<String, Map<String, String>> applications = profiles(in);
        Utime created = version >= 27 ? Utime.decode(in) : Utime.ZERO;
        Scaling scaling = version >= 28 ? Scaling.decode(in) : new Scaling(pgNum, pgpNum, pgNum, resendPreNautilus, 1);
        if (version >= 29) {
            Skip.struct(in);
        }
        PoolPeering peering = peering(in, version);
        BitSet nonprimary = version >= 32 ? shards(in) : new BitSet();
        return new PoolInfo(
                id,
                flags,
                new PoolShape(type, size, minSize, rule, hash, pgNum, pgpNum, scaling.pending),
                snaps,
                tiers,
                new PoolLimits(maxBytes, maxObjects, stripeWidth, expected),
                new PoolService(
                        new PoolEpochs(lastChange, scaling.resend, resendPreNautilus, resendPreLuminous),
                        peering,
                        new PoolErasure(profile, fastRead, nonprimary)),
                applications,
                new PoolDetail(
                        owner,
                        removed,
                        properties,
                        hitSets,
                        cache,
                        readRecency,
                        writeRecency,
                        options,
                        created,
                        scaling.target,
                        scaling.placedTarget,
                        scaling.mode));
    }

    /** The growth and shrinking of a pool's number of groups. */
    private record Scaling(long target, long placedTarget, int pending, long resend, int mode) {
        static Scaling decode(Decoder in) {
            long target = in.u32();
            long placedTarget = in.u32();
            int pending = groups(in, 0);
            in.skip(4 + 4);
            return new Scaling(target, placedTarget, pending, in.u32(), in.u8());
        }
    }

    private static int groups(Decoder in, int least) {
        long count = in.u32();
        if (count < least || count > MAX_PGS) {
            throw new MalformedException("a pool of " + count + " groups");
        }
        return (int) count;
    }

    private static PoolSnaps snaps(Decoder in) {
        return new PoolSnaps(
                in.u64(),
                in.u32(),
                in.map(8 + 6, Decoder::u64, value -> value.struct(SNAP, (body, version) -> snap(body))));
    }

    private static PoolSnaps.Snap snap(Decoder in) {
        return new PoolSnaps.Snap(in.u64(), Utime.decode(in), in.string());
    }

    private static PoolTiers tiers(Decoder in) {
        return new PoolTiers(List.copyOf(in.list(8, Decoder::u64)), in.i64(), in.u8(), in.i64(), in.i64());
    }

    private static PoolPeering peering(Decoder in, int version) {
        if (version == 30) {
            return requirements(in);
        }
        Optional<PoolPeering> stretched = version >= 31 ? in.optional(PoolDecoder::requirements) : Optional.empty();
        return stretched.orElse(PoolPeering.NONE);
    }

    private static PoolPeering requirements(Decoder in) {
        return new PoolPeering(in.u32(), in.u32(), in.u32(), in.i32());
    }

    /** Bits in words of varying length, 7 bits to a byte, the last one below 0x80. */
    private static BitSet shards(Decoder in) {
        long[] words = new long[SHARD_WORDS];
        for (int i = 0; i < words.length; i++) {
            int shift = 0;
            int next;
            do {
                next = in.u8();
                words[i] |= (next & 0x7fL) << shift;
                shift += 7;
            } while (next >= 0x80 && shift < 64);
        }
        return BitSet.valueOf(words);
    }
}
