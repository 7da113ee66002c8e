package io.jrados.cli.dump;

import io.jrados.osdmap.MapFlags;
import io.jrados.wire.EntityAddr;
import io.jrados.wire.Utime;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Numbers, times and sets in the words of Ceph's tools. Times are UTC's. */
final class Words {
    private static final int DIGITS = 6;

    /** Times below this are durations for Ceph: ten years. */
    private static final long TEN_YEARS = 10L * 365 * 24 * 3600;

    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSSSSxx").withZone(ZoneOffset.UTC);

    private static final Map<Long, String> MAP_FLAGS = Map.ofEntries(
            Map.entry(MapFlags.PAUSERD, "pauserd"),
            Map.entry(MapFlags.PAUSEWR, "pausewr"),
            Map.entry(MapFlags.PAUSEREC, "pauserec"),
            Map.entry(MapFlags.NOUP, "noup"),
            Map.entry(MapFlags.NODOWN, "nodown"),
            Map.entry(MapFlags.NOOUT, "noout"),
            Map.entry(MapFlags.NOIN, "noin"),
            Map.entry(MapFlags.NOBACKFILL, "nobackfill"),
            Map.entry(MapFlags.NOREBALANCE, "norebalance"),
            Map.entry(MapFlags.NORECOVER, "norecover"),
            Map.entry(MapFlags.NOSCRUB, "noscrub"),
            Map.entry(MapFlags.NODEEP_SCRUB, "nodeep-scrub"),
            Map.entry(MapFlags.NOTIERAGENT, "notieragent"),
            Map.entry(MapFlags.NOSNAPTRIM, "nosnaptrim"),
            Map.entry(MapFlags.SORTBITWISE, "sortbitwise"),
            Map.entry(MapFlags.RECOVERY_DELETES, "recovery_deletes"),
            Map.entry(MapFlags.PURGED_SNAPDIRS, "purged_snapdirs"),
            Map.entry(MapFlags.PGLOG_HARDLIMIT, "pglog_hardlimit"),
            Map.entry(MapFlags.NOAUTOSCALE, "noautoscale"));

    /** The order in which they are printed, which is not that of the bits. */
    private static final List<Long> FLAG_ORDER = List.of(
            MapFlags.PAUSERD,
            MapFlags.PAUSEWR,
            MapFlags.PAUSEREC,
            MapFlags.NOUP,
            MapFlags.NODOWN,
            MapFlags.NOOUT,
            MapFlags.NOIN,
            MapFlags.NOBACKFILL,
            MapFlags.NOREBALANCE,
            MapFlags.NORECOVER,
            MapFlags.NOSCRUB,
            MapFlags.NODEEP_SCRUB,
            MapFlags.NOTIERAGENT,
            MapFlags.NOSNAPTRIM,
            MapFlags.SORTBITWISE,
            MapFlags.RECOVERY_DELETES,
            MapFlags.PURGED_SNAPDIRS,
            MapFlags.PGLOG_HARDLIMIT,
            MapFlags.NOAUTOSCALE);

    /** By bit. */
    private static final List<String> POOL_FLAGS = List.of(
            "hashpspool",
            "full",
            "ec_overwrites",
            "incomplete_clones",
            "nodelete",
            "nopgchange",
            "nosizechange",
            "write_fadvise_dontneed",
            "noscrub",
            "nodeep-scrub",
            "full_quota",
            "nearfull",
            "backfillfull",
            "selfmanaged_snaps",
            "pool_snaps",
            "creating",
            "eio",
            "bulk",
            "crimson",
            "ec_optimizations");

    /** By bit. */
    private static final List<String> OSD_STATES = List.of(
            "exists",
            "up",
            "autoout",
            "new",
            "full",
            "nearfull",
            "backfillfull",
            "destroyed",
            "noup",
            "nodown",
            "noin",
            "noout",
            "stop");

    private Words() {}

    /** At most six digits and no zeroes at the end, as C++ prints a number. */
    static String number(double value) {
        if (Double.isNaN(value) || Double.isInfinite(value)) {
            return Double.isNaN(value) ? "-nan" : "inf";
        }
        if (value == 0) {
            return "0";
        }
        BigDecimal rounded = new BigDecimal(value).round(new MathContext(DIGITS, RoundingMode.HALF_EVEN));
        int exponent = rounded.precision() - rounded.scale() - 1;
        BigDecimal shortest = rounded.stripTrailingZeros();
        if (exponent < -4 || exponent >= DIGITS) {
            String digits =
                    shortest.scaleByPowerOfTen(-exponent).stripTrailingZeros().toPlainString();
            return digits + String.format(Locale.ROOT, "e%s%02d", exponent < 0 ? "-" : "+", Math.abs(exponent));
        }
        return shortest.toPlainString();
    }

    /** 16.16 fixed point. */
    static String weight(int fixed) {
        return number((float) (Integer.toUnsignedLong(fixed) / 65536.0));
    }

    static String time(Utime time) {
        return time.seconds() < TEN_YEARS
                ? String.format(Locale.ROOT, "%d.%06d", time.seconds(), time.nanos() / 1000)
                : TIME.format(time.toInstant());
    }

    /** A position that nobody fills is the number that stands for it. */
    static String osds(int[] osds) {
        return IntStream.of(osds).mapToObj(Integer::toString).collect(Collectors.joining(",", "[", "]"));
    }

    static String address(EntityAddr address) {
        String text = address.toString();
        return text.startsWith("any:") ? text.substring(4) : text;
    }

    static String addresses(List<EntityAddr> addresses) {
        return addresses.size() == 1
                ? address(addresses.get(0))
                : addresses.isEmpty()
                        ? ""
                        : addresses.stream().map(Words::address).collect(Collectors.joining(",", "[", "]"));
    }

    static String mapFlags(long flags) {
        return FLAG_ORDER.stream()
                .filter(flag -> (flags & flag) != 0)
                .map(MAP_FLAGS::get)
                .collect(Collectors.joining(","));
    }

    static String poolFlags(long flags) {
        return bits(flags).mapToObj(bit -> name(POOL_FLAGS, bit)).collect(Collectors.joining(","));
    }

    /** In the order of the alphabet. */
    static String osdStates(int states) {
        return bits(Integer.toUnsignedLong(states))
                .mapToObj(bit -> name(OSD_STATES, bit))
                .sorted()
                .collect(Collectors.joining(","));
    }

    private static IntStream bits(long mask) {
        return IntStream.range(0, Long.SIZE).filter(bit -> (mask >>> bit & 1) != 0);
    }

    private static String name(List<String> names, int bit) {
        return bit < names.size() ? names.get(bit) : "???";
    }
}
