package io.jrados.osdmap;

import io.jrados.crush.CrushMap;
import io.jrados.wire.EntityAddr;
import io.jrados.wire.Utime;
import io.netty.buffer.ByteBuf;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * The cluster's map at one epoch (src/osd/OSDMap.h): which pools there are, which OSDs, and who serves what. Immutable;
 * any thread may ask.
 */
public final class OsdMap {
    private final MapIdentity identity;
    private final Pools pools;
    private final OsdTable osds;
    private final Overrides overrides;
    private final CrushMap crush;
    private final RemovedSnaps removedSnaps;
    private final Blocklist blocklist;
    private final MapPolicy policy;

    private final Placer placer;
    private final PlacementCache placements;

    OsdMap(
            MapIdentity identity,
            Pools pools,
            OsdTable osds,
            Overrides overrides,
            CrushMap crush,
            RemovedSnaps removedSnaps,
            Blocklist blocklist,
            MapPolicy policy) {
        this.identity = identity;
        this.pools = pools;
        this.osds = osds;
        this.overrides = overrides;
        this.crush = crush;
        this.removedSnaps = removedSnaps;
        this.blocklist = blocklist;
        this.policy = policy;
        placements = new PlacementCache(pools.count());
        placer = new Placer(osds, overrides, crush);
    }

    /**
     * Reads a full map with its crc, and validates it. The buffer is neither kept nor released; its reader index moves
     * to the end of what was read.
     *
     * @throws io.jrados.error.MalformedException when it is damaged, or older than Mimic writes it
     */
    public static OsdMap decode(ByteBuf in) {
        return MapDecoder.decode(in);
    }

    /**
     * The map at the next epoch.
     *
     * @throws io.jrados.error.MalformedException when the step is not from this epoch, is another cluster's, or leads
     *     to a map that is not sound; this map stays as it is
     */
    public OsdMap apply(Incremental step) {
        return step.applyTo(this);
    }

    public UUID fsid() {
        return identity.fsid();
    }

    public long epoch() {
        return identity.epoch();
    }

    /** The time at which the cluster was made. */
    public Utime created() {
        return identity.created();
    }

    public Utime modified() {
        return identity.modified();
    }

    /** Pools by number. */
    public Map<Long, PoolInfo> pools() {
        return pools.byId();
    }

    public Optional<PoolInfo> pool(long id) {
        return Optional.ofNullable(pools.byId().get(id));
    }

    public Optional<PoolInfo> pool(String name) {
        return pools.named(name);
    }

    public Optional<String> poolName(long id) {
        return Optional.ofNullable(pools.names().get(id));
    }

    /** Parameters of an erasure code profile: "k", "m", "plugin", ... */
    public Optional<Map<String, String>> erasureCodeProfile(String name) {
        return Optional.ofNullable(pools.profiles().get(name));
    }

    public CrushMap crush() {
        return crush;
    }

    /** Returns the OSDs that hold a group, raw or not; {@link Placement#NOWHERE} when its pool is not in this map. */
    public Placement placement(PgId pg) {
        int index = pools.indexOf(pg.pool());
        if (index < 0) {
            return Placement.NOWHERE;
        }
        PoolInfo pool = pools.at(index);
        return placements.get(index, pool, pool.fold(pg.seed()), placer);
    }

    /** Returns the interval that an operation on a raw group depends on; empty when the pool is not in this map. */
    public Optional<Interval> interval(PgId raw) {
        int index = pools.indexOf(raw.pool());
        if (index < 0) {
            return Optional.empty();
        }
        PoolInfo pool = pools.at(index);
        PgId pg = pool.pgOf(raw);
        return Optional.of(new Interval(
                raw,
                pg,
                placements.get(index, pool, pg.seed(), placer),
                pool.shape(),
                pool.peering(),
                has(MapFlags.SORTBITWISE),
                has(MapFlags.RECOVERY_DELETES),
                pool.has(PoolFlags.EC_OPTIMIZATIONS)));
    }

    /** One more than the highest number an OSD can have. */
    public int maxOsd() {
        return osds.size();
    }

    public boolean osdExists(int osd) {
        return osds.exists(osd);
    }

    public boolean osdIsUp(int osd) {
        return osds.isUp(osd);
    }

    /** 16.16 fixed point: 0x10000 is in, 0 is out; 0 too for an OSD that is not there. */
    public int osdWeight(int osd) {
        return osds.weight(osd);
    }

    /** Bits of an OSD's state: CEPH_OSD_* (src/include/rados.h); 0 for an OSD that is not there. */
    public int osdState(int osd) {
        return osds.exists(osd) ? osds.state(osd) : 0;
    }

    /** The share of its groups that an OSD leads: 16.16 fixed point, 0x10000 where nothing else was set. */
    public int osdAffinity(int osd) {
        return osds.affinity(osd);
    }

    /** The addresses for clients; none for an OSD that is not there. */
    public List<EntityAddr> osdAddresses(int osd) {
        return osds.addresses(osd);
    }

    /** The address for clients that speak msgr2; {@link EntityAddr#BLANK} when there is none. */
    public EntityAddr osdAddress(int osd) {
        return EntityAddr.msgr2Of(osdAddresses(osd));
    }

    /** Bits of {@link MapFlags}. */
    public long flags() {
        return policy.flags();
    }

    public boolean has(long flag) {
        return (flags() & flag) != 0;
    }

    /** Whether this address was fenced, by itself, with its whole host or with a range of hosts. */
    public boolean isBlocklisted(EntityAddr address) {
        return blocklist.contains(address);
    }

    public boolean isBlocklisted(Collection<EntityAddr> addresses) {
        return addresses.stream().anyMatch(blocklist::contains);
    }

    /** Snapshots of a pool whose removal this very epoch began. */
    public SnapIntervals newlyRemovedSnaps(long pool) {
        return removedSnaps.now().getOrDefault(pool, SnapIntervals.EMPTY);
    }

    /** Snapshots of a pool that are removed and not yet purged everywhere: what to ask after epochs were skipped. */
    public SnapIntervals removedSnaps(long pool) {
        return removedSnaps.queue().getOrDefault(pool, SnapIntervals.EMPTY);
    }

    /** Number of the release that every OSD has at least ({@link Release}). */
    public int requireOsdRelease() {
        return policy.requireOsdRelease();
    }

    /** Number of the release that every client must have at least, 0 for any. */
    public int requireMinCompatClient() {
        return policy.requireMinCompatClient();
    }

    /** Number of the oldest release whose clients understand this map: what it uses says so. */
    public int oldestClient() {
        return new MapNeeds(this).oldestClient();
    }

    /** Returns the OSDs that CRUSH gives for a group, without the OSDs that are not there and before all overrides. */
    public int[] rawPlacement(PgId pg) {
        PoolInfo pool = pools.byId().get(pg.pool());
        return pool == null ? new int[0] : placer.raw(pool, pool.pgOf(pg));
    }

    public StretchMode stretchMode() {
        return policy.stretch();
    }

    MapIdentity identity() {
        return identity;
    }

    Pools poolTable() {
        return pools;
    }

    OsdTable osdTable() {
        return osds;
    }

    /** The groups that lie elsewhere than CRUSH says. */
    public Overrides overrides() {
        return overrides;
    }

    RemovedSnaps removedSnaps() {
        return removedSnaps;
    }

    /** The clients that are fenced. */
    public Blocklist blocklist() {
        return blocklist;
    }

    MapPolicy policy() {
        return policy;
    }

    @Override
    public String toString() {
        return "osdmap e" + epoch();
    }
}
