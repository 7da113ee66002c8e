package io.jrados.osdmap;

import io.jrados.crush.CrushMap;
import io.jrados.error.MalformedException;
import io.jrados.osdmap.Incremental.BlocklistChanges;
import io.jrados.osdmap.Incremental.Header;
import io.jrados.osdmap.Incremental.OsdChanges;
import io.jrados.osdmap.Incremental.OverrideChanges;
import io.jrados.osdmap.Incremental.PolicyChanges;
import io.jrados.osdmap.Incremental.PoolChanges;
import io.jrados.osdmap.Incremental.SnapChanges;
import io.jrados.osdmap.Incremental.Whole;
import io.jrados.wire.Decoder;
import io.jrados.wire.EntityAddr;
import io.jrados.wire.Struct;
import io.jrados.wire.Utime;
import io.netty.buffer.ByteBuf;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * Reads a step: OSDMap::Incremental::decode (src/osd/OSDMap.cc).
 *
 * <pre>
 * client section   v6 Mimic, v8 Nautilus, v9 Reef (+ upmap primaries)
 * osd section      v6 Mimic, v9 Nautilus, v10 + stretch mode, v11 + range blocklist, v12 + crimson
 * </pre>
 */
final class IncrementalDecoder {
    private static final Struct STEP = new Struct("OSDMap::Incremental", 8, 8, 7);
    private static final Struct CLIENT_SECTION = new Struct("OSDMap::Incremental client section", 6, 9, 1);
    private static final Struct OSD_SECTION = new Struct("OSDMap::Incremental osd section", 6, 12, 1);

    private IncrementalDecoder() {}

    static Incremental decode(ByteBuf in) {
        return MapFrame.decode(in, STEP, IncrementalDecoder::sections);
    }

    private static Incremental sections(Decoder in) {
        ClientSection client = in.struct(CLIENT_SECTION, IncrementalDecoder::clientSection);
        OsdSection osd = in.struct(OSD_SECTION, IncrementalDecoder::osdSection);
        return new Incremental(
                client.header,
                client.whole,
                client.pools,
                client.osds,
                client.overrides,
                client.snaps,
                osd.blocklist,
                osd.policy);
    }

    private record ClientSection(
            Header header,
            Whole whole,
            PoolChanges pools,
            OsdChanges osds,
            OverrideChanges overrides,
            SnapChanges snaps) {}

    private static ClientSection clientSection(Decoder in, int version) {
        UUID fsid = in.uuid();
        long epoch = in.u32();
        Utime modified = Utime.decode(in);
        in.skip(8);
        int flags = in.i32();
        Whole whole = whole(in, fsid, epoch);
        int maxOsd = in.i32();
        Map<Long, PoolInfo> pools = PoolDecoder.pools(in);
        Map<Long, String> names = in.map(12, Decoder::i64, Decoder::string);
        var removedPools = in.set(8, Decoder::i64);
        OsdChanges osds =
                new OsdChanges(in.map(5, Decoder::i32, EntityAddr::decodeVector), numbers(in), numbers(in), Map.of());
        Map<PgId, int[]> pgTemp = Overrides.lists(in);
        Map<PgId, Integer> primaryTemp = Overrides.numbers(in);
        osds = new OsdChanges(osds.up(), osds.states(), osds.weights(), numbers(in));
        Map<String, Map<String, String>> profiles = PoolDecoder.profiles(in);
        List<String> removedProfiles = in.list(4, Decoder::string);
        OverrideChanges overrides = new OverrideChanges(
                pgTemp,
                primaryTemp,
                Overrides.lists(in),
                groups(in),
                Overrides.pairs(in),
                groups(in),
                Map.of(),
                List.of());
        SnapChanges snaps = new SnapChanges(RemovedSnaps.intervals(in), RemovedSnaps.intervals(in));
        if (version >= 8) {
            Utime.decode(in);
            Utime.decode(in);
        }
        if (version >= 9) {
            overrides = overrides.withPrimaries(Overrides.numbers(in), groups(in));
        }
        return new ClientSection(
                new Header(fsid, epoch, modified, maxOsd, flags),
                whole,
                new PoolChanges(pools, names, removedPools, profiles, removedProfiles),
                osds,
                overrides,
                snaps);
    }

    private static Whole whole(Decoder in, UUID fsid, long epoch) {
        ByteBuf map = in.slice();
        Optional<OsdMap> decoded = Optional.empty();
        if (map.isReadable()) {
            OsdMap full = OsdMap.decode(map);
            if (full.epoch() != epoch || !full.fsid().equals(fsid)) {
                throw new MalformedException(
                        "a step to epoch " + epoch + " of " + fsid + " holds " + full + " of " + full.fsid());
            }
            decoded = Optional.of(full);
        }
        Optional<CrushMap> crush =
                in.blob(inner -> inner.remaining() == 0 ? Optional.empty() : Optional.of(CrushMap.decode(inner)));
        return new Whole(decoded, crush);
    }

    private static Map<Integer, Integer> numbers(Decoder in) {
        return in.map(8, Decoder::i32, Decoder::i32);
    }

    private static List<PgId> groups(Decoder in) {
        return in.list(PgId.SIZE, PgId::decode);
    }

    private record OsdSection(BlocklistChanges blocklist, PolicyChanges policy) {}

    private static OsdSection osdSection(Decoder in, int version) {
        for (int left = in.count(5); left > 0; left--) {
            in.skip(4);
            Skip.addressVector(in);
        }
        Skip.elements(in, 4 + 4);
        Skip.elements(in, 4 + 8);
        Skip.elements(in, 4 + 4);
        Map<EntityAddr, Utime> fenced = Blocklist.addresses(in);
        List<EntityAddr> unfenced = in.list(1, EntityAddr::decode);
        for (int left = in.count(5); left > 0; left--) {
            in.skip(4);
            Skip.addressVector(in);
        }
        in.skip(in.length());
        Skip.elements(in, 4 + Skip.UUID);
        for (int left = in.count(4 + 6); left > 0; left--) {
            in.skip(4);
            Skip.struct(in);
        }
        for (int left = in.count(5); left > 0; left--) {
            in.skip(4);
            Skip.addressVector(in);
        }
        in.skip(8 + 4 + 4 + 4);
        int minCompatClient = in.i8();
        int requireOsdRelease = in.i8();
        if (version >= 8) {
            Skip.elements(in, 4 + 4);
        }
        if (version >= 9) {
            Skip.elements(in, 4 + 4);
        }
        Optional<StretchMode> stretch = version >= 10 ? stretch(in) : Optional.empty();
        Map<EntityAddr, Utime> ranges = version >= 11 ? Blocklist.addresses(in) : Map.of();
        List<EntityAddr> removedRanges = version >= 11 ? in.list(1, EntityAddr::decode) : List.of();
        return new OsdSection(
                new BlocklistChanges(fenced, unfenced, ranges, removedRanges),
                new PolicyChanges(minCompatClient, requireOsdRelease, stretch));
    }

    private static Optional<StretchMode> stretch(Decoder in) {
        boolean changes = in.bool();
        long buckets = in.u32();
        long degraded = in.u32();
        long recovering = in.u32();
        int bucket = in.i32();
        boolean enabled = in.bool();
        return changes
                ? Optional.of(new StretchMode(enabled, buckets, degraded, recovering, bucket))
                : Optional.empty();
    }
}
