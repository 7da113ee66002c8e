package io.jrados.osd;

import io.jrados.osdmap.Interval;
import io.jrados.osdmap.MapFlags;
import io.jrados.osdmap.OsdMap;
import io.jrados.osdmap.PgId;
import io.jrados.osdmap.Placement;
import io.jrados.osdmap.PoolFlags;
import io.jrados.osdmap.PoolInfo;
import java.util.HashMap;
import java.util.Map;

/** One map, and the placements that were asked of it: a group is placed once, however many operations go there. */
final class Placements {
    private final OsdMap map;
    private final Map<PgId, Placement> known = new HashMap<>();

    Placements(OsdMap map) {
        this.map = map;
    }

    OsdMap map() {
        return map;
    }

    Interval interval(PoolInfo pool, PgId raw) {
        PgId pg = pool.pgOf(raw);
        Placement placement = known.get(pg);
        if (placement == null) {
            placement = map.placement(pg);
            known.put(pg, placement);
        }
        return new Interval(
                raw,
                pg,
                placement,
                pool.shape(),
                pool.peering(),
                map.has(MapFlags.SORTBITWISE),
                map.has(MapFlags.RECOVERY_DELETES),
                pool.has(PoolFlags.EC_OPTIMIZATIONS));
    }
}
