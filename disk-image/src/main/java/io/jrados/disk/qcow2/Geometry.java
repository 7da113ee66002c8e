package io.jrados.disk.qcow2;

import io.jrados.error.RadosException;

/**
 * The sizes that follow from a header, and the meaning of L2 entries in it.
 *
 * <p>Source: sections "Cluster mapping" and "Extended L2 Entries" of docs/interop/qcow2.txt; the limits of tables are
 * those of block/qcow2.h.
 */
final class Geometry {
    /** Bits 9 to 55: an offset in the file, in L1 and L2 entries. */
    static final long OFFSET = 0x00ff_ffff_ffff_fe00L;

    static final long COPIED = 1L << 63;
    static final long COMPRESSED = 1L << 62;
    static final long ZERO = 1;

    private static final int SECTOR = 512;
    private static final int SUBCLUSTERS = 32;
    private static final int SUBCLUSTER_BITS = 5;
    private static final int HIGHEST_OFFSET_BIT = 56;
    private static final int ENTRY_BITS = 3;
    private static final int SIZE_FIELD_END = 62;
    private static final int SMALLEST_SIZE_FIELD = 8;
    private static final int MAX_L1 = 32 << 20;
    private static final int MAX_REFCOUNT_TABLE = 8 << 20;
    private static final long LOW = 0xffff_ffffL;

    final Header header;
    final int clusterBits;
    final int clusterSize;
    /** Longs of an L2 entry: 1, or 2 with a bitmap of subclusters. */
    final int entryLongs;
    /** The logarithm of the bytes that one L2 table maps. */
    final int l2Shift;
    /** The bytes that have a state of their own: a cluster, or a subcluster. */
    final int unit;

    private final int compressedBits;

    Geometry(Header header) {
        this.header = header;
        clusterBits = header.clusterBits();
        clusterSize = 1 << clusterBits;
        entryLongs = header.extendedL2() ? 2 : 1;
        l2Shift = clusterBits + clusterBits - ENTRY_BITS - (entryLongs - 1);
        unit = header.extendedL2() ? clusterSize / SUBCLUSTERS : clusterSize;
        compressedBits = SIZE_FIELD_END - (clusterBits - SMALLEST_SIZE_FIELD);
    }

    /** The number of L1 entries that the virtual size takes, once the header's tables are found to be possible. */
    int requireTables(long fileSize) throws RadosException {
        long needed = (header.size() >>> l2Shift) + ((header.size() & (1L << l2Shift) - 1) == 0 ? 0 : 1);
        int l1Size = header.l1Size();
        if (l1Size < 0 || l1Size > MAX_L1 / Long.BYTES) {
            throw Damage.malformed("an L1 table of " + Integer.toUnsignedString(l1Size) + " entries");
        }
        if (needed > l1Size) {
            throw Damage.malformed(
                    "an L1 table of " + l1Size + " entries, where " + header.size() + " bytes take " + needed);
        }
        if (l1Size > 0) {
            requireTable(header.l1Offset(), (long) l1Size * Long.BYTES, fileSize, "the L1 table");
        }
        long refcounts = Integer.toUnsignedLong(header.refcountClusters()) << clusterBits;
        if (refcounts > MAX_REFCOUNT_TABLE) {
            throw Damage.malformed("a refcount table of " + refcounts + " bytes");
        }
        if (refcounts > 0) {
            requireTable(header.refcountOffset(), refcounts, fileSize, "the refcount table");
        }
        return (int) needed;
    }

    void requireTable(long offset, long length, long fileSize, String what) throws RadosException {
        if (offset < clusterSize || (offset & clusterSize - 1) != 0) {
            throw Damage.malformed(what + " at " + Long.toUnsignedString(offset));
        }
        Damage.requireInside(offset, length, fileSize, what);
    }

    /** The place of a compressed cluster in the file; not aligned. */
    long compressedHost(long entry) {
        return entry & (1L << compressedBits) - 1;
    }

    /** The bytes from a compressed cluster's place to the end of its last sector. */
    int compressedLength(long entry) {
        long sectors = (entry & COMPRESSED - 1) >>> compressedBits;
        return (int) ((sectors + 1) * SECTOR - (compressedHost(entry) & SECTOR - 1));
    }

    /** The state of the unit at an offset within the cluster. */
    Run.Kind kind(long entry, long bitmap, int inCluster) {
        if ((entry & COMPRESSED) != 0) {
            return Run.Kind.COMPRESSED;
        }
        if (entryLongs > 1) {
            int sub = inCluster >>> clusterBits - SUBCLUSTER_BITS;
            return (bitmap >>> SUBCLUSTERS + sub & 1) != 0
                    ? Run.Kind.ZERO
                    : (bitmap >>> sub & 1) != 0 ? Run.Kind.PLAIN : Run.Kind.ABSENT;
        }
        return (entry & ZERO) != 0 ? Run.Kind.ZERO : (entry & OFFSET) != 0 ? Run.Kind.PLAIN : Run.Kind.ABSENT;
    }

    /**
     * Checks one L2 entry.
     *
     * @param guest the offset of its cluster on the virtual disk
     * @return the offset in the file where its bytes begin, 0 if it has none there
     */
    long check(long entry, long bitmap, long guest, long fileSize) throws RadosException {
        if ((entry & COMPRESSED) != 0) {
            long host = compressedHost(entry);
            if (host >>> HIGHEST_OFFSET_BIT != 0 || host < clusterSize) {
                throw wrong(guest, "is compressed at " + host);
            }
            Damage.requireInside(host, 1, fileSize, "the compressed cluster of offset " + guest);
            return host;
        }
        long host = entry & OFFSET;
        if ((entry & ZERO) != 0 && (header.version() == 2 || entryLongs > 1)) {
            throw wrong(guest, "has a mark of zeros that this kind of image has not");
        }
        if ((host & clusterSize - 1) != 0) {
            throw wrong(guest, "is at " + host + ", which is not the begin of a cluster");
        }
        int needed = clusterSize;
        if (entryLongs > 1) {
            if ((bitmap & bitmap >>> SUBCLUSTERS & LOW) != 0) {
                throw wrong(guest, "has a subcluster with data and of zeros");
            }
            needed = (SUBCLUSTERS - Integer.numberOfLeadingZeros((int) bitmap)) * unit;
            if (host == 0 && needed > 0) {
                throw wrong(guest, "has subclusters with data and no place for them");
            }
        } else if ((entry & ZERO) != 0 || host == 0) {
            needed = 0;
        }
        if (needed > 0) {
            Damage.requireInside(
                    host, Math.min(needed, header.size() - guest), fileSize, "the cluster of offset " + guest);
        }
        return host;
    }

    static RadosException wrong(long guest, String sentence) {
        return Damage.malformed("the cluster of offset " + guest + " " + sentence);
    }
}
