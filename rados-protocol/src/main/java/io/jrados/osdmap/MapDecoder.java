package io.jrados.osdmap;

import io.jrados.crush.CrushMap;
import io.jrados.wire.Decoder;
import io.jrados.wire.EntityAddr;
import io.jrados.wire.Struct;
import io.jrados.wire.Utime;
import io.netty.buffer.ByteBuf;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;

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
        return MapFrame.decode(in, MAP, body -> sections(body, false).map());
    }

    /** Reads what the map says to daemons as well. */
    static MapDetail detail(ByteBuf in) {
        return MapFrame.decode(in, MAP, body -> sections(body, true));
    }

    private static MapDetail sections(Decoder in, boolean whole) {
        ClientSection client = in.struct(CLIENT_SECTION, MapDecoder::clientSection);
        OsdSection osd = in.struct(OSD_SECTION, (body, version) -> osdSection(body, version, whole));
        OsdMap map = new OsdMap(
                client.identity,
                client.pools,
                client.osds,
                client.overrides,
                client.crush,
                new RemovedSnaps(client.newlyRemovedSnaps, osd.removedSnaps),
                osd.blocklist,
                osd.policy.withFlags(client.flags).normalized());
        return new MapDetail(map, client.counters, osd.daemons, osd.ratios, osd.snapshot, osd.crimson);
    }

    private record ClientSection(
            MapIdentity identity,
            Pools pools,
            long flags,
            OsdTable osds,
            Overrides overrides,
            CrushMap crush,
            Map<Long, SnapIntervals> newlyRemovedSnaps,
            MapDetail.Counters counters) {}

    private static ClientSection clientSection(Decoder in, int version) {
        MapIdentity identity = MapIdentity.decode(in);
        Map<Long, PoolInfo> pools = PoolDecoder.pools(in);
        Map<Long, String> poolNames = in.map(12, Decoder::i64, Decoder::string);
        int poolMax = in.i32();
        long flags = in.u32();
        OsdTable osds = OsdTable.decode(in);
        Map<PgId, int[]> pgTemp = Overrides.lists(in);
        Map<PgId, Integer> primaryTemp = Overrides.numbers(in);
        osds = osds.withAffinities(in.i32s());
        CrushMap crush = in.blob(CrushMap::decode);
        Map<String, Map<String, String>> profiles = PoolDecoder.profiles(in);
        Map<PgId, int[]> upmap = Overrides.lists(in);
        Map<PgId, int[]> upmapItems = Overrides.pairs(in);
        long crushVersion = in.u32();
        Map<Long, SnapIntervals> newlyRemoved = RemovedSnaps.intervals(in);
        Map<Long, SnapIntervals> newlyPurged = RemovedSnaps.intervals(in);
        Utime lastUp = version >= 9 ? Utime.decode(in) : Utime.ZERO;
        Utime lastIn = version >= 9 ? Utime.decode(in) : Utime.ZERO;
        Map<PgId, Integer> upmapPrimaries = version >= 10 ? Overrides.numbers(in) : Map.of();
        return new ClientSection(
                identity,
                new Pools(pools, poolNames, profiles),
                flags,
                osds,
                new Overrides(pgTemp, primaryTemp, upmap, upmapItems, upmapPrimaries),
                crush,
                newlyRemoved,
                new MapDetail.Counters(poolMax, crushVersion, newlyPurged, lastUp, lastIn));
    }

    private record OsdSection(
            Blocklist blocklist,
            MapPolicy policy,
            Map<Long, SnapIntervals> removedSnaps,
            OsdDaemons daemons,
            MapDetail.Ratios ratios,
            String snapshot,
            boolean crimson) {}

    private static OsdSection osdSection(Decoder in, int version, boolean whole) {
        var back = part(in, whole, OsdDaemons::addresses, Skip::addressVectors);
        var infos = part(in, whole, OsdDaemons::infos, skipped -> Skip.elements(skipped, Skip.OSD_INFO));
        Map<EntityAddr, Utime> fenced = Blocklist.addresses(in);
        var cluster = part(in, whole, OsdDaemons::addresses, Skip::addressVectors);
        in.skip(4);
        String snapshot = in.string();
        var uuids = part(in, whole, OsdDaemons::uuids, skipped -> Skip.elements(skipped, Skip.UUID));
        var extras = part(in, whole, OsdDaemons::extras, Skip::structs);
        var front = part(in, whole, OsdDaemons::addresses, Skip::addressVectors);
        MapDetail.Ratios ratios = new MapDetail.Ratios(in.f32(), in.f32(), in.f32());
        int minCompatClient = in.u8();
        int requireOsdRelease = in.u8();
        Map<Long, SnapIntervals> removed = RemovedSnaps.intervals(in);
        Map<Integer, Integer> nodeFlags = version >= 8 ? flags(in) : Map.of();
        Map<Integer, Integer> classFlags = version >= 9 ? flags(in) : Map.of();
        StretchMode stretch = version >= 10 ? StretchMode.decode(in) : StretchMode.OFF;
        Map<EntityAddr, Utime> ranges = version >= 11 ? Blocklist.addresses(in) : Map.of();
        boolean crimson = version >= 12 && in.bool();
        return new OsdSection(
                new Blocklist(fenced, ranges),
                new MapPolicy(0, minCompatClient, requireOsdRelease, stretch),
                removed,
                new OsdDaemons(back, infos, cluster, uuids, extras, front, nodeFlags, classFlags),
                ratios,
                snapshot,
                crimson);
    }

    /** A client of 10,000 OSDs has no use for their 30,000 other addresses: what it does not need is stepped over. */
    private static <T> List<T> part(
            Decoder in, boolean whole, Function<Decoder, List<T>> reader, Consumer<Decoder> skipper) {
        if (whole) {
            return reader.apply(in);
        }
        skipper.accept(in);
        return List.of();
    }

    private static Map<Integer, Integer> flags(Decoder in) {
        return in.map(8, Decoder::i32, Decoder::i32);
    }
}
