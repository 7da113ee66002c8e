package io.jrados.osdmap;

import io.jrados.crush.CrushMap;
import io.jrados.error.MalformedException;
import io.jrados.wire.EntityAddr;
import io.jrados.wire.Utime;
import io.netty.buffer.ByteBuf;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/** The step from one map to the next: OSDMap::Incremental (src/osd/OSDMap.h). Immutable. */
public final class Incremental {
    /** @param maxOsd -1 for no change @param flags -1 for no change */
    record Header(UUID fsid, long epoch, Utime modified, int maxOsd, int flags) {}

    /** Maps that come whole. */
    record Whole(Optional<OsdMap> map, Optional<CrushMap> crush) {}

    record PoolChanges(
            Map<Long, PoolInfo> pools,
            Map<Long, String> names,
            Set<Long> removed,
            Map<String, Map<String, String>> profiles,
            Collection<String> removedProfiles) {}

    record OsdChanges(
            Map<Integer, List<EntityAddr>> up,
            Map<Integer, Integer> states,
            Map<Integer, Integer> weights,
            Map<Integer, Integer> affinities) {}

    /** An empty list and a primary of -1 take away what was there. */
    record OverrideChanges(
            Map<PgId, int[]> pgTemp,
            Map<PgId, Integer> primaryTemp,
            Map<PgId, int[]> upmap,
            Collection<PgId> removedUpmap,
            Map<PgId, int[]> upmapItems,
            Collection<PgId> removedUpmapItems,
            Map<PgId, Integer> upmapPrimaries,
            Collection<PgId> removedUpmapPrimaries) {
        OverrideChanges withPrimaries(Map<PgId, Integer> primaries, Collection<PgId> removed) {
            return new OverrideChanges(
                    pgTemp, primaryTemp, upmap, removedUpmap, upmapItems, removedUpmapItems, primaries, removed);
        }
    }

    record SnapChanges(Map<Long, SnapIntervals> removed, Map<Long, SnapIntervals> purged) {}

    record BlocklistChanges(
            Map<EntityAddr, Utime> addresses,
            Collection<EntityAddr> removed,
            Map<EntityAddr, Utime> ranges,
            Collection<EntityAddr> removedRanges) {}

    /** Releases below 1 change nothing. */
    record PolicyChanges(int requireMinCompatClient, int requireOsdRelease, Optional<StretchMode> stretch) {}

    private final Header header;
    private final Whole whole;
    private final PoolChanges pools;
    private final OsdChanges osds;
    private final OverrideChanges overrides;
    private final SnapChanges snaps;
    private final BlocklistChanges blocklist;
    private final PolicyChanges policy;

    Incremental(
            Header header,
            Whole whole,
            PoolChanges pools,
            OsdChanges osds,
            OverrideChanges overrides,
            SnapChanges snaps,
            BlocklistChanges blocklist,
            PolicyChanges policy) {
        this.header = header;
        this.whole = whole;
        this.pools = pools;
        this.osds = osds;
        this.overrides = overrides;
        this.snaps = snaps;
        this.blocklist = blocklist;
        this.policy = policy;
    }

    /**
     * Reads an incremental with its crc. The buffer is neither kept nor released; its reader index moves to the end of
     * what was read.
     *
     * @throws io.jrados.error.MalformedException when it is damaged, or older than Mimic writes it
     */
    public static Incremental decode(ByteBuf in) {
        return IncrementalDecoder.decode(in);
    }

    public UUID fsid() {
        return header.fsid;
    }

    /** The epoch that this leads to. */
    public long epoch() {
        return header.epoch;
    }

    /** OSDMap::apply_incremental (src/osd/OSDMap.cc). */
    OsdMap applyTo(OsdMap before) {
        if (epoch() != before.epoch() + 1) {
            throw new MalformedException("a step to epoch " + epoch() + " for a map of epoch " + before.epoch());
        }
        if (!fsid().equals(before.fsid())) {
            throw new MalformedException("a step of cluster " + fsid() + " for a map of " + before.fsid());
        }
        if (whole.map.isPresent()) {
            return whole.map.get();
        }
        return new OsdMap(
                new MapIdentity(fsid(), epoch(), before.identity().created(), header.modified),
                pools(before.poolTable()),
                osds(before.osdTable()),
                overrides(before.overrides()),
                whole.crush.orElse(before.crush()),
                before.removedSnaps().next(snaps.removed, snaps.purged),
                blocklist(before.blocklist()),
                policy(before.policy()));
    }

    private Pools pools(Pools before) {
        Map<Long, PoolInfo> changed = new HashMap<>();
        pools.pools.forEach((id, pool) -> changed.put(id, pool.changedAt(epoch())));
        return new Pools(
                Changes.apply(before.byId(), changed, pools.removed),
                Changes.apply(before.names(), pools.names, pools.removed),
                // a profile that is removed and made anew in one step is there afterwards
                Changes.apply(
                        Changes.apply(before.profiles(), Map.of(), pools.removedProfiles),
                        pools.profiles,
                        List.<String>of()));
    }

    private OsdTable osds(OsdTable before) {
        if (header.maxOsd < 0
                && osds.up.isEmpty()
                && osds.states.isEmpty()
                && osds.weights.isEmpty()
                && osds.affinities.isEmpty()) {
            return before;
        }
        OsdTable.Draft after = before.draft();
        if (header.maxOsd >= 0) {
            after.resize(header.maxOsd);
        }
        osds.weights.forEach(after::weight);
        osds.affinities.forEach(after::affinity);
        osds.states.forEach(after::flip);
        osds.up.forEach(after::up);
        return after.done();
    }

    private Overrides overrides(Overrides before) {
        return new Overrides(
                Changes.apply(before.pgTemp(), overrides.pgTemp, acting -> acting.length == 0),
                Changes.apply(before.primaryTemp(), overrides.primaryTemp, primary -> primary == -1),
                Changes.apply(before.upmap(), overrides.upmap, overrides.removedUpmap),
                Changes.apply(before.upmapItems(), overrides.upmapItems, overrides.removedUpmapItems),
                Changes.apply(before.upmapPrimaries(), overrides.upmapPrimaries, overrides.removedUpmapPrimaries));
    }

    private Blocklist blocklist(Blocklist before) {
        return new Blocklist(
                Changes.apply(before.addresses(), blocklist.addresses, blocklist.removed),
                Changes.apply(before.ranges(), blocklist.ranges, blocklist.removedRanges));
    }

    private MapPolicy policy(MapPolicy before) {
        return new MapPolicy(
                        header.flags >= 0 ? header.flags : before.flags(),
                        policy.requireMinCompatClient > 0
                                ? policy.requireMinCompatClient
                                : before.requireMinCompatClient(),
                        policy.requireOsdRelease >= 0 ? policy.requireOsdRelease : before.requireOsdRelease(),
                        policy.stretch.orElse(before.stretch()))
                .normalized();
    }
}
