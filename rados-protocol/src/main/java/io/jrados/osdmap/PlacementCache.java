package io.jrados.osdmap;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReferenceArray;

/** Placements that were asked for, by pool and group, of one map. Any thread; two may compute the same one. */
final class PlacementCache {
    /** Groups of a pool that are remembered at once; a pool with more has its groups share places. */
    private static final int MOST = 1 << 16;

    private final Map<Long, AtomicReferenceArray<Entry>> pools = new ConcurrentHashMap<>();

    private record Entry(int seed, Placement placement) {}

    Placement get(PoolInfo pool, PgId pg, Placer placer) {
        AtomicReferenceArray<Entry> entries =
                pools.computeIfAbsent(pool.id(), id -> new AtomicReferenceArray<>(Math.min(pool.pgNum(), MOST)));
        int at = Integer.remainderUnsigned(pg.seed(), entries.length());
        Entry known = entries.get(at);
        if (known != null && known.seed == pg.seed()) {
            return known.placement;
        }
        Placement placement = placer.place(pool, pg);
        entries.set(at, new Entry(pg.seed(), placement));
        return placement;
    }
}
