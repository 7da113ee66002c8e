package io.jrados.osdmap;

import io.jrados.wire.EntityAddr;
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
    private OsdMap() {}

    /**
     * Reads a full map with its crc, and validates it. The buffer is neither kept nor released; its reader index moves
     * to the end of what was read.
     *
     * @throws io.jrados.error.MalformedException when it is damaged, or older than Nautilus writes it
     */
    public static OsdMap decode(ByteBuf in) {
        throw new UnsupportedOperationException();
    }

    /**
     * The map at the next epoch.
     *
     * @throws io.jrados.error.MalformedException when the step is not from this epoch, is another cluster's, or leads
     *     to a map that is not valid; this map stays as it is
     */
    public OsdMap apply(Incremental step) {
        throw new UnsupportedOperationException();
    }

    public UUID fsid() {
        throw new UnsupportedOperationException();
    }

    public long epoch() {
        throw new UnsupportedOperationException();
    }

    /** Pools by number. */
    public Map<Long, PoolInfo> pools() {
        throw new UnsupportedOperationException();
    }

    public Optional<PoolInfo> pool(long id) {
        throw new UnsupportedOperationException();
    }

    public Optional<PoolInfo> pool(String name) {
        throw new UnsupportedOperationException();
    }

    public Optional<String> poolName(long id) {
        throw new UnsupportedOperationException();
    }

    /** Parameters of an erasure code profile: "k", "m", "plugin", ... */
    public Optional<Map<String, String>> erasureCodeProfile(String name) {
        throw new UnsupportedOperationException();
    }

    /** Who holds a group, raw or not; {@link Placement#NOWHERE} when its pool is not in this map. */
    public Placement placement(PgId pg) {
        throw new UnsupportedOperationException();
    }

    /** What an operation on a raw group depends on; empty when the pool is not in this map. */
    public Optional<Interval> interval(PgId raw) {
        throw new UnsupportedOperationException();
    }

    /** One more than the highest number an OSD can have. */
    public int maxOsd() {
        throw new UnsupportedOperationException();
    }

    public boolean osdExists(int osd) {
        throw new UnsupportedOperationException();
    }

    public boolean osdIsUp(int osd) {
        throw new UnsupportedOperationException();
    }

    /** 16.16 fixed point: 0x10000 is in, 0 is out; 0 too for an OSD that is not there. */
    public int osdWeight(int osd) {
        throw new UnsupportedOperationException();
    }

    /** The addresses for clients; none for an OSD that is not there. */
    public List<EntityAddr> osdAddresses(int osd) {
        throw new UnsupportedOperationException();
    }

    /** The address for clients that speak msgr2; {@link EntityAddr#BLANK} when there is none. */
    public EntityAddr osdAddress(int osd) {
        return EntityAddr.msgr2Of(osdAddresses(osd));
    }

    /** Bits of {@link MapFlags}. */
    public long flags() {
        throw new UnsupportedOperationException();
    }

    public boolean has(long flag) {
        return (flags() & flag) != 0;
    }

    /** Whether this address was fenced, by itself, with its whole host or with a range of hosts. */
    public boolean isBlocklisted(EntityAddr address) {
        throw new UnsupportedOperationException();
    }

    public boolean isBlocklisted(Collection<EntityAddr> addresses) {
        return addresses.stream().anyMatch(this::isBlocklisted);
    }

    /** Snapshots of a pool whose removal this very epoch began. */
    public SnapIntervals newlyRemovedSnaps(long pool) {
        throw new UnsupportedOperationException();
    }

    /** Snapshots of a pool that are removed and not yet purged everywhere: what to ask after epochs were skipped. */
    public SnapIntervals removedSnaps(long pool) {
        throw new UnsupportedOperationException();
    }

    /** Number of the release that every OSD has at least ({@link Release}). */
    public int requireOsdRelease() {
        throw new UnsupportedOperationException();
    }

    /** Number of the release that every client must have at least, 0 for any. */
    public int requireMinCompatClient() {
        throw new UnsupportedOperationException();
    }
}
