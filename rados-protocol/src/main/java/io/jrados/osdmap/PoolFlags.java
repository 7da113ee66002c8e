package io.jrados.osdmap;

/** Bits of {@link PoolInfo#flags}: pg_pool_t (src/osd/osd_types.h). */
public final class PoolFlags {
    public static final long HASHPSPOOL = 1;
    public static final long FULL = 1 << 1;
    public static final long EC_OVERWRITES = 1 << 2;
    public static final long INCOMPLETE_CLONES = 1 << 3;
    public static final long NODELETE = 1 << 4;
    public static final long NOPGCHANGE = 1 << 5;
    public static final long NOSIZECHANGE = 1 << 6;
    public static final long WRITE_FADVISE_DONTNEED = 1 << 7;
    public static final long NOSCRUB = 1 << 8;
    public static final long NODEEP_SCRUB = 1 << 9;
    public static final long FULL_QUOTA = 1 << 10;
    public static final long NEARFULL = 1 << 11;
    public static final long BACKFILLFULL = 1 << 12;
    public static final long SELFMANAGED_SNAPS = 1 << 13;
    public static final long POOL_SNAPS = 1 << 14;
    public static final long CREATING = 1 << 15;

    /** Every operation of a client fails with EIO. */
    public static final long EIO = 1 << 16;

    public static final long BULK = 1 << 17;
    public static final long CRIMSON = 1 << 18;
    public static final long EC_OPTIMIZATIONS = 1 << 19;

    private PoolFlags() {}
}
