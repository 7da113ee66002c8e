package io.jrados.msgr;

import java.util.ArrayList;
import java.util.List;

/**
 * CEPH_FEATURE bits (src/include/ceph_features.h): what one end of a connection can decode. Some bits were used twice
 * or thrice over the years; a mask of such a bit's later meaning also has the bits that mark its incarnation, so a
 * feature is there only if its whole mask is.
 */
public final class FeatureBits {
    private static final long INCARNATION_2 = 1L << 57;
    private static final long INCARNATION_3 = INCARNATION_2 | 1L << 28;

    public static final long OSDREPLYMUX = 1L << 12;
    public static final long SERVER_LUMINOUS = 1L << 21 | INCARNATION_2;
    public static final long SERVER_MIMIC = 1L << 28 | INCARNATION_2;
    public static final long SERVER_NAUTILUS = 1L << 2 | INCARNATION_3;
    public static final long SERVER_OCTOPUS = 1L << 16 | INCARNATION_3;
    public static final long SERVER_PACIFIC = 1L << 20 | INCARNATION_3;
    public static final long SERVER_QUINCY = 1L << 33 | INCARNATION_3;
    public static final long SERVER_REEF = 1L << 31 | INCARNATION_3;
    public static final long SERVER_SQUID = 1L << 49 | INCARNATION_2;
    public static final long SERVER_TENTACLE = 1L << 50 | INCARNATION_2;
    public static final long CRUSH_MSR = 1L << 38 | INCARNATION_2;
    public static final long MSG_ADDR2 = 1L << 59;

    /** The features that any peer must have. */
    static final long REQUIRED = OSDREPLYMUX | MSG_ADDR2;

    /** The names of each bit, several where several features share it; empty where no release up to 20 uses it. */
    private static final String[] NAMES = {
        "UID",
        "NOSRCADDR",
        "SERVER_NAUTILUS",
        "FLOCK",
        "SUBSCRIBE2",
        "MONNAMES",
        "RECONNECT_SEQ",
        "DIRLAYOUTHASH",
        "OBJECTLOCATOR",
        "PGID64",
        "INCSUBOSDMAP",
        "PGPOOL3",
        "OSDREPLYMUX",
        "OSDENC",
        "SERVER_KRAKEN",
        "MONENC",
        "SERVER_OCTOPUS, OSD_REPOP_MLCOD",
        "OS_PERF_STAT_NS",
        "CRUSH_TUNABLES",
        "OSD_PGLOG_HARDLIMIT",
        "SERVER_PACIFIC",
        "SERVER_LUMINOUS, RESEND_ON_SPLIT, RADOS_BACKOFF, OSDMAP_PG_UPMAP, CRUSH_CHOOSE_ARGS",
        "OSD_FIXED_COLLECTION_LIST",
        "MSG_AUTH",
        "RECOVERY_RESERVATION_2",
        "CRUSH_TUNABLES2",
        "CREATEPOOLID",
        "REPLY_CREATE_INODE",
        "SERVER_MIMIC",
        "MDSENC",
        "OSDHASHPSPOOL",
        "SERVER_REEF",
        "STRETCH_MODE",
        "SERVER_QUINCY",
        "RANGE_BLOCKLIST",
        "OSD_CACHEPOOL",
        "CRUSH_V2",
        "EXPORT_PEER",
        "CRUSH_MSR",
        "OSDMAP_ENC",
        "MDS_INLINE_DATA",
        "CRUSH_TUNABLES3, OSD_PRIMARY_AFFINITY",
        "MSGR_KEEPALIVE2",
        "OSD_POOLRESEND",
        "NVMEOFHA",
        "NVMEOFHAMAP",
        "OSD_FADVISE_FLAGS",
        "MDS_QUOTA",
        "CRUSH_V4",
        "SERVER_SQUID",
        "SERVER_TENTACLE",
        "",
        "",
        "",
        "",
        "",
        "NEW_OSDOP_ENCODING",
        "MON_STATEFUL_SUB, SERVER_JEWEL",
        "CRUSH_TUNABLES5, NEW_OSDOPREPLY_ENCODING, FS_FILE_LAYOUT_V2",
        "FS_BTIME, FS_CHANGE_ATTR, MSG_ADDR2",
        "OSD_RECOVERY_DELETES",
        "CEPHX_V2",
        "",
        "",
    };

    /**
     * The features that this client offers: what a client of release 20.2 offers but the two features of NVMe gateways,
     * because maps, operations and replies are encoded according to it and this client decodes all of those forms. Of
     * the bits with a name it lacks OS_PERF_STAT_NS, NVMEOFHA and NVMEOFHAMAP.
     */
    public static final long OFFERED = 0x3f07cffffffdffffL;

    private FeatureBits() {}

    /** Whether the whole mask of a feature is there. */
    public static boolean has(long features, long mask) {
        return (features & mask) == mask;
    }

    /** Bits for people: "bit 49 (SERVER_SQUID), bit 63". */
    public static String names(long features) {
        List<String> names = new ArrayList<>();
        for (int bit = 0; bit < Long.SIZE; bit++) {
            if ((features >>> bit & 1) != 0) {
                names.add("bit " + bit + (NAMES[bit].isEmpty() ? "" : " (" + NAMES[bit] + ")"));
            }
        }
        return String.join(", ", names);
    }
}
