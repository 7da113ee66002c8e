package io.jrados.osdmap;

import io.jrados.crush.CrushMap;
import io.jrados.wire.Decoder;
import io.jrados.wire.EntityAddr;
import io.jrados.wire.Struct;
import io.jrados.wire.Utime;
import io.netty.buffer.ByteBuf;
import java.util.Map;

/**
 * Reads a full map: OSDMap::decode (src/osd/OSDMap.cc).
 *
 * <pre>
 * client section   v7 Mimic, v9 Nautilus, v10 Reef (+ pg_upmap_primaries)
 * osd section      v6 Mimic, v9 Nautilus, v10 + stretch mode, v11 + range blocklist, v12 + crimson
 * </pre>
 *
 * The versions follow the features that this client offers and the release that the cluster requires.
 */
final class MapDecoder {
    private static final Struct MAP = new Struct("OSDMap", 8, 8, 7);
    private static final Struct CLIENT_SECTION = new Struct("OSDMap client section", 7, 10, 1);
    private static final Struct OSD_SECTION = new Struct("OSDMap osd section", 6, 12, 1);

    private MapDecoder() {}

    static OsdMap decode(ByteBuf in) {
        return MapFrame.decode(in, MAP, MapDecoder::sections);
    }

    private static OsdMap sections(Decoder in) {
        ClientSection client = in.struct(CLIENT_SECTION, MapDecoder::clientSection);
        OsdSection osd = in.struct(OSD_SECTION, MapDecoder::osdSection);
        return new OsdMap(
                client.identity,
                client.pools,
                client.osds,
                client.overrides,
                client.crush,
                new RemovedSnaps(client.newlyRemovedSnaps, osd.removedSnaps),
                osd.blocklist,
                osd.policy.withFlags(client.flags).normalized());
    }

    private record ClientSection(
            MapIdentity identity,
            Pools pools,
            long flags,
            OsdTable osds,
            Overrides overrides,
            CrushMap crush,
            Map<Long, SnapIntervals> newlyRemovedSnaps) {}

    private static ClientSection clientSection(Decoder in, int version) {
        MapIdentity identity = MapIdentity.decode(in);
        Map<Long, PoolInfo> pools = PoolDecoder.pools(in);
        Map<Long, String> poolNames = in.map(12, Decoder::i64, Decoder::string);
        in.skip(4);
        long flags = in.u32();
        OsdTable osds = OsdTable.decode(in);
        Map<PgId, int[]> pgTemp = Overrides.lists(in);
        Map<PgId, Integer> primaryTemp = Overrides.numbers(in);
        osds = osds.withAffinities(in.i32s());
        CrushMap crush = in.blob(CrushMap::decode);
        Map<String, Map<String, String>> profiles = PoolDecoder.profiles(in);
        Map<PgId, int[]> upmap = Overrides.lists(in);
        Map<PgId, int[]> upmapItems = Overrides.pairs(in);
        in.skip(4);
        Map<Long, SnapIntervals> newlyRemoved = RemovedSnaps.intervals(in);
        RemovedSnaps.intervals(in);
        if (version >= 9) {
            Utime.decode(in);
            Utime.decode(in);
        }
        Map<PgId, Integer> upmapPrimaries = version >= 10 ? Overrides.numbers(in) : Map.of();
        return new ClientSection(
                identity,
                new Pools(pools, poolNames, profiles),
                flags,
                osds,
                new Overrides(pgTemp, primaryTemp, upmap, upmapItems, upmapPrimaries),
                crush,
                newlyRemoved);
    }

    private record OsdSection(Blocklist blocklist, MapPolicy policy, Map<Long, SnapIntervals> removedSnaps) {}

    private static OsdSection osdSection(Decoder in, int version) {
        Skip.addressVectors(in);
        Skip.elements(in, Skip.OSD_INFO);
        Map<EntityAddr, Utime> fenced = Blocklist.addresses(in);
        Skip.addressVectors(in);
        in.skip(4);
        in.skip(in.length());
        Skip.elements(in, Skip.UUID);
        Skip.structs(in);
        Skip.addressVectors(in);
        in.skip(4 + 4 + 4);
        int minCompatClient = in.u8();
        int requireOsdRelease = in.u8();
        Map<Long, SnapIntervals> removed = RemovedSnaps.intervals(in);
        if (version >= 8) {
            Skip.elements(in, 4 + 4);
        }
        if (version >= 9) {
            Skip.elements(in, 4 + 4);
        }
        StretchMode stretch = version >= 10 ? StretchMode.decode(in) : StretchMode.OFF;
        Map<EntityAddr, Utime> ranges = version >= 11 ? Blocklist.addresses(in) : Map.of();
        return new OsdSection(
                new Blocklist(fenced, ranges), new MapPolicy(0, minCompatClient, requireOsdRelease, stretch), removed);
    }
}
