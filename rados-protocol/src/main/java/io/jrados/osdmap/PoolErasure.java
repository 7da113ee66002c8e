package io.jrados.osdmap;

import java.util.BitSet;

/**
 * The erasure coding of a pool.
 *
 * @param profile name of its profile, empty when replicated
 * @param fastRead whether reads ask all shards
 * @param nonprimary shards that never lead a group, in a pool with {@link PoolFlags#EC_OPTIMIZATIONS}; not to be
 *     changed
 */
public record PoolErasure(String profile, boolean fastRead, BitSet nonprimary) {

    /**
     * Undoes the order in which pg_temp lists the shards of such a pool, those that may lead first
     * (OSDMap::pgtemp_undo_primaryfirst, src/osd/OSDMap.cc, Tentacle).
     */
    int[] inShardOrder(int[] primaryFirst) {
        if (nonprimary.isEmpty()) {
            return primaryFirst;
        }
        int leading = 0;
        int others =
                primaryFirst.length - nonprimary.get(0, primaryFirst.length).cardinality();
        int[] shards = new int[primaryFirst.length];
        for (int shard = 0; shard < shards.length; shard++) {
            shards[shard] = primaryFirst[nonprimary.get(shard) ? others++ : leading++];
        }
        return shards;
    }

    /** The shard that an OSD leads with: one that may lead, should it hold several; -1 if it holds none. */
    int leadingShard(int[] acting, int primary) {
        int other = -1;
        for (int shard = 0; shard < acting.length; shard++) {
            if (acting[shard] == primary) {
                if (!nonprimary.get(shard)) {
                    return shard;
                }
                other = other < 0 ? shard : other;
            }
        }
        return other;
    }
}
