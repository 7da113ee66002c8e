package io.jrados.osdmap;

import io.jrados.wire.Decoder;
import io.jrados.wire.Struct;
import io.jrados.wire.Utime;
import java.util.Map;

/**
 * The settings of a pool that matter to daemons and people: the rest of pg_pool_t (src/osd/osd_types.h).
 *
 * @param owner auid, 0 for none
 * @param removed snapshots that are gone, as releases before Nautilus kept them
 * @param minReadRecency hit sets that must hold an object before a read promotes it
 * @param minWriteRecency the same for writes
 * @param options by name, each a String, Long or Double
 * @param pgNumTarget what pg_num is on its way to
 * @param pgpNumTarget what pgp_num is on its way to
 * @param autoscaleMode 0 off, 1 warn, 2 on
 */
public record PoolDetail(
        long owner,
        SnapIntervals removed,
        Map<String, String> properties,
        HitSets hitSets,
        CacheTargets cache,
        long minReadRecency,
        long minWriteRecency,
        Map<String, Object> options,
        Utime created,
        long pgNumTarget,
        long pgpNumTarget,
        int autoscaleMode) {

    /**
     * The memory of accesses to a cache tier.
     *
     * @param type 0 none, 1 and 2 explicit, 3 a bloom filter
     * @param period seconds of one set
     * @param count sets that are kept
     * @param falsePositives millionths, of a bloom filter
     */
    public record HitSets(
            int type,
            long falsePositives,
            long targetSize,
            long seed,
            long period,
            long count,
            boolean gmt,
            long decayRate,
            long searchLast) {
        private static final int BLOOM = 3;
        private static final Struct PARAMS = new Struct("HitSet::Params", 1, 1, 1);
        private static final Struct BLOOM_PARAMS = new Struct("BloomHitSet::Params", 1, 1, 1);

        static HitSets decode(Decoder in) {
            HitSets params = in.struct(PARAMS, (body, version) -> params(body));
            return new HitSets(
                    params.type, params.falsePositives, params.targetSize, params.seed, in.u32(), in.u32(), true, 0, 1);
        }

        private static HitSets params(Decoder in) {
            int type = in.u8();
            return type == BLOOM
                    ? in.struct(
                            BLOOM_PARAMS,
                            (body, version) -> new HitSets(type, body.u32(), body.u64(), body.u64(), 0, 0, true, 0, 1))
                    : new HitSets(type, 0, 0, 0, 0, 0, true, 0, 1);
        }

        HitSets with(boolean inGmt, long decay, long last) {
            return new HitSets(type, falsePositives, targetSize, seed, period, count, inGmt, decay, last);
        }
    }

    /** The thresholds at which a cache tier flushes and evicts: ratios in millionths, ages in seconds. */
    public record CacheTargets(
            long maxBytes,
            long maxObjects,
            long dirtyRatio,
            long dirtyHighRatio,
            long fullRatio,
            long minFlushAge,
            long minEvictAge) {
        static CacheTargets decode(Decoder in) {
            long bytes = in.u64();
            long objects = in.u64();
            long dirty = in.u32();
            return new CacheTargets(bytes, objects, dirty, dirty, in.u32(), in.u32(), in.u32());
        }

        CacheTargets withDirtyHigh(long ratio) {
            return new CacheTargets(maxBytes, maxObjects, dirtyRatio, ratio, fullRatio, minFlushAge, minEvictAge);
        }
    }
}
