package io.jrados.osdmap;

/** Bits of {@link OsdMap#flags()}: CEPH_OSDMAP_* (src/include/rados.h). */
public final class MapFlags {
    public static final long NEARFULL = 1;
    public static final long FULL = 1 << 1;
    public static final long PAUSERD = 1 << 2;
    public static final long PAUSEWR = 1 << 3;
    public static final long PAUSEREC = 1 << 4;
    public static final long NOUP = 1 << 5;
    public static final long NODOWN = 1 << 6;
    public static final long NOOUT = 1 << 7;
    public static final long NOIN = 1 << 8;
    public static final long NOBACKFILL = 1 << 9;
    public static final long NORECOVER = 1 << 10;
    public static final long NOSCRUB = 1 << 11;
    public static final long NODEEP_SCRUB = 1 << 12;
    public static final long NOTIERAGENT = 1 << 13;
    public static final long NOREBALANCE = 1 << 14;
    public static final long SORTBITWISE = 1 << 15;
    public static final long RECOVERY_DELETES = 1 << 19;
    public static final long PURGED_SNAPDIRS = 1 << 20;
    public static final long NOSNAPTRIM = 1 << 21;
    public static final long PGLOG_HARDLIMIT = 1 << 22;
    public static final long NOAUTOSCALE = 1 << 23;

    /** REQUIRE_JEWEL, REQUIRE_KRAKEN and REQUIRE_LUMINOUS, which require_osd_release has replaced. */
    static final long LEGACY_REQUIRE = 7 << 16;

    private MapFlags() {}
}
