package io.jrados.osdmap;

import java.util.concurrent.atomic.AtomicReferenceArray;

/** Placements that were asked for, by pool and group, of one map. Any thread; two may compute the same one. */
final class PlacementCache {
    /** Groups of a pool that are remembered at once; a pool with more has its groups share places. */
    private static final int MOST = 1 << 16;

    private final AtomicReferenceArray<AtomicReferenceArray<Entry>> pools;

    private record Entry(int seed, Placement placement) {}

    PlacementCache(int poolCount) {
        pools = new AtomicReferenceArray<>(poolCount);
    }

    /**
     * @param index the pool's place among those of the map
     * @param seed of the group, folded
     */
    Placement get(int index, PoolInfo pool, int seed, Placer placer) {
        AtomicReferenceArray<Entry> entries = pools.get(index);
        if (entries == null) {
            entries = new AtomicReferenceArray<>(Math.min(pool.pgNum(), MOST));
            if (!pools.compareAndSet(index, null, entries)) {
                entries = pools.get(index);
            }
        }
        int at = Integer.remainderUnsigned(seed, entries.length());
        Entry known = entries.get(at);
        if (known != null && known.seed == seed) {
            return known.placement;
        }
        Placement placement = placer.place(pool, new PgId(pool.id(), seed));
        entries.set(at, new Entry(seed, placement));
        return placement;
    }
}
