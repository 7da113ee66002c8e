package io.jrados.cli.dump;

import io.jrados.osdmap.MapDetail;
import io.jrados.osdmap.OsdDaemons;
import io.jrados.osdmap.OsdMap;
import io.jrados.osdmap.Overrides;
import io.jrados.osdmap.PgId;
import io.jrados.osdmap.PoolInfo;
import io.jrados.osdmap.Release;
import io.jrados.osdmap.StretchMode;
import io.jrados.wire.EntityAddr;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;

/**
 * A map for people, as {@code osdmaptool --print} of release 16 writes it, line by line, and what later releases added
 * where a map has it (OSDMap::print, src/osd/OSDMap.cc). Scores that the tool computes, which no map says, are left
 * out; fenced clients come in the order of the map, where the tool has that of a hash table. Times are UTC's.
 */
final class MapText {
    private static final int FULL_AFFINITY = 0x10000;

    private static final Comparator<Map.Entry<PgId, ?>> BY_GROUP = Comparator.<Map.Entry<PgId, ?>>comparingLong(
                    entry -> entry.getKey().pool())
            .thenComparing(entry -> entry.getKey().seed(), Integer::compareUnsigned);

    private final MapDetail detail;
    private final OsdMap map;
    private final Consumer<String> line;

    private MapText(MapDetail detail, Consumer<String> line) {
        this.detail = detail;
        map = detail.map();
        this.line = line;
    }

    /** Hands over one line after the other, without their ends. */
    static void print(MapDetail detail, Consumer<String> line) {
        MapText text = new MapText(detail, line);
        text.cluster();
        map(text);
        text.overrides();
        text.fenced();
    }

    private static void map(MapText text) {
        text.map.pools().values().stream()
                .sorted(Comparator.comparingLong(PoolInfo::id))
                .forEach(pool -> PoolText.lines(text.detail, pool, text.line));
        text.line.accept("");
        text.line.accept("max_osd " + text.map.maxOsd());
        for (int osd = 0; osd < text.map.maxOsd(); osd++) {
            if (text.map.osdExists(osd)) {
                text.line.accept(text.osd(osd));
            }
        }
        text.line.accept("");
    }

    private void cluster() {
        line.accept("epoch " + map.epoch());
        line.accept("fsid " + map.fsid());
        line.accept("created " + Words.time(map.created()));
        line.accept("modified " + Words.time(map.modified()));
        line.accept("flags " + Words.mapFlags(map.flags()));
        line.accept("crush_version " + detail.counters().crushVersion());
        line.accept("full_ratio " + Words.number(detail.ratios().full()));
        line.accept("backfillfull_ratio " + Words.number(detail.ratios().backfillFull()));
        line.accept("nearfull_ratio " + Words.number(detail.ratios().nearFull()));
        if (map.requireMinCompatClient() > 0) {
            line.accept("require_min_compat_client " + Release.name(map.requireMinCompatClient()));
        }
        line.accept("min_compat_client " + Release.name(map.oldestClient()));
        if (map.requireOsdRelease() > 0) {
            line.accept("require_osd_release " + Release.name(map.requireOsdRelease()));
        }
        stretch(map.stretchMode());
        if (!detail.snapshot().isEmpty()) {
            line.accept("cluster_snapshot " + detail.snapshot());
        }
        if (detail.allowsCrimson()) {
            line.accept("allow_crimson=true");
        }
        line.accept("");
    }

    private void stretch(StretchMode stretch) {
        line.accept("stretch_mode_enabled " + stretch.enabled());
        if (stretch.enabled()) {
            line.accept("stretch_bucket_count " + stretch.buckets());
            line.accept("degraded_stretch_mode " + stretch.degraded());
            line.accept("recovering_stretch_mode " + stretch.recovering());
            line.accept("stretch_mode_bucket " + stretch.bucket());
        }
    }

    private String osd(int osd) {
        OsdDaemons daemons = detail.daemons();
        StringBuilder text = new StringBuilder("osd.").append(osd);
        text.append(map.osdIsUp(osd) ? " up  " : " down");
        text.append(map.osdWeight(osd) != 0 ? " in " : " out");
        text.append(" weight ").append(Words.weight(map.osdWeight(osd)));
        if (map.osdAffinity(osd) != FULL_AFFINITY) {
            text.append(" primary_affinity ").append(Words.weight(map.osdAffinity(osd)));
        }
        if (osd < daemons.infos().size()) {
            info(daemons.infos().get(osd), text);
        }
        text.append(' ').append(Words.addresses(map.osdAddresses(osd)));
        List<EntityAddr> cluster =
                osd < daemons.cluster().size() ? daemons.cluster().get(osd) : List.of();
        text.append(' ').append(Words.addresses(cluster));
        text.append(' ').append(Words.osdStates(map.osdState(osd)));
        UUID uuid = osd < daemons.uuids().size() ? daemons.uuids().get(osd) : new UUID(0, 0);
        if (uuid.getMostSignificantBits() != 0 || uuid.getLeastSignificantBits() != 0) {
            text.append(' ').append(uuid);
        }
        return text.toString();
    }

    private static void info(OsdDaemons.Info info, StringBuilder text) {
        text.append(" up_from ").append(info.upFrom());
        text.append(" up_thru ").append(info.upThrough());
        text.append(" down_at ").append(info.downAt());
        text.append(" last_clean_interval [").append(info.cleanFrom());
        text.append(',').append(info.cleanTo()).append(')');
        if (info.lostAt() != 0) {
            text.append(" lost_at ").append(info.lostAt());
        }
    }

    private void overrides() {
        Overrides overrides = map.overrides();
        lists("pg_upmap ", overrides.upmap());
        lists("pg_upmap_items ", overrides.upmapItems());
        numbers("pg_upmap_primary ", overrides.upmapPrimaries());
        lists("pg_temp ", overrides.pgTemp());
        numbers("primary_temp ", overrides.primaryTemp());
    }

    private void lists(String what, Map<PgId, int[]> entries) {
        entries.entrySet().stream()
                .sorted(BY_GROUP)
                .forEach(entry -> line.accept(what + entry.getKey() + " " + Words.osds(entry.getValue())));
    }

    private void numbers(String what, Map<PgId, Integer> entries) {
        entries.entrySet().stream()
                .sorted(BY_GROUP)
                .forEach(entry -> line.accept(what + entry.getKey() + " " + entry.getValue()));
    }

    private void fenced() {
        map.blocklist()
                .addresses()
                .forEach((address, expiry) ->
                        line.accept("blocklist " + Words.address(address) + " expires " + Words.time(expiry)));
        map.blocklist()
                .ranges()
                .forEach((range, expiry) ->
                        line.accept("range blocklist " + Words.address(range) + " expires " + Words.time(expiry)));
    }
}
