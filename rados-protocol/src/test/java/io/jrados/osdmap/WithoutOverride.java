package io.jrados.osdmap;

import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** A map as it would be without one kind of override, or with all its OSDs there, up or in. */
final class WithoutOverride {
    private final OsdMap map;
    private final Overrides all;
    private final OsdTable osds;

    WithoutOverride(OsdMap map) {
        this.map = map;
        all = map.overrides();
        osds = map.osdTable();
    }

    Map<String, OsdMap> variants() {
        Map<String, OsdMap> variants = new LinkedHashMap<>();
        overridden(
                variants,
                "pg_temp",
                all.pgTemp(),
                new Overrides(Map.of(), all.primaryTemp(), all.upmap(), all.upmapItems(), all.upmapPrimaries()));
        overridden(
                variants,
                "primary_temp",
                all.primaryTemp(),
                new Overrides(all.pgTemp(), Map.of(), all.upmap(), all.upmapItems(), all.upmapPrimaries()));
        overridden(
                variants,
                "pg_upmap",
                all.upmap(),
                new Overrides(all.pgTemp(), all.primaryTemp(), Map.of(), all.upmapItems(), all.upmapPrimaries()));
        overridden(
                variants,
                "pg_upmap_items",
                all.upmapItems(),
                new Overrides(all.pgTemp(), all.primaryTemp(), all.upmap(), Map.of(), all.upmapPrimaries()));
        overridden(
                variants,
                "pg_upmap_primaries",
                all.upmapPrimaries(),
                new Overrides(all.pgTemp(), all.primaryTemp(), all.upmap(), all.upmapItems(), Map.of()));
        if (osds.hasAffinities()) {
            variants.put("primary affinity", with(osds.withAffinities(new int[0]), all, map.poolTable()));
        }
        variants.put(
                "OSDs that are down",
                with(changed(osd -> osds.exists(osd) && !osds.isUp(osd), true), all, map.poolTable()));
        variants.put("OSDs that are gone", with(changed(osd -> !osds.exists(osd), true), all, map.poolTable()));
        variants.put(
                "OSDs that are out",
                with(changed(osd -> osds.exists(osd) && osds.isOut(osd), false), all, map.poolTable()));
        variants.put(
                "OSDs that are partly in",
                with(changed(osd -> osds.exists(osd) && !osds.isOut(osd), false), all, map.poolTable()));
        if (map.pools().values().stream()
                .anyMatch(pool -> !pool.erasure().nonprimary().isEmpty())) {
            variants.put("shards that never lead", with(osds, all, allLead(map.poolTable())));
        }
        return variants;
    }

    private void overridden(Map<String, OsdMap> variants, String name, Map<PgId, ?> entries, Overrides without) {
        if (!entries.isEmpty()) {
            variants.put(name, with(osds, without, map.poolTable()));
        }
    }

    private interface Which {
        boolean is(int osd);
    }

    private OsdTable changed(Which which, boolean up) {
        OsdTable.Draft draft = osds.draft();
        IntStream.range(0, osds.size()).filter(which::is).forEach(osd -> {
            if (up) {
                draft.up(osd, List.of());
            } else {
                draft.weight(osd, 0x10000);
            }
        });
        return draft.done();
    }

    private static Pools allLead(Pools pools) {
        Map<Long, PoolInfo> changed = new LinkedHashMap<>();
        pools.byId().forEach((id, pool) -> {
            PoolErasure erasure =
                    new PoolErasure(pool.erasure().profile(), pool.erasure().fastRead(), new BitSet());
            PoolService service = new PoolService(pool.epochs(), pool.peering(), erasure);
            changed.put(
                    id,
                    new PoolInfo(
                            id,
                            pool.flags(),
                            pool.shape(),
                            pool.snaps(),
                            pool.tiers(),
                            pool.limits(),
                            service,
                            pool.applications(),
                            pool.detail()));
        });
        return new Pools(changed, pools.names(), pools.profiles());
    }

    private OsdMap with(OsdTable table, Overrides overrides, Pools pools) {
        return new OsdMap(
                map.identity(),
                pools,
                table,
                overrides,
                map.crush(),
                map.removedSnaps(),
                map.blocklist(),
                map.policy());
    }
}
