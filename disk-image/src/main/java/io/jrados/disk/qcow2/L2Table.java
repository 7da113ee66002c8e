package io.jrados.disk.qcow2;

/** One L2 table, of which every entry was checked: the map of a stretch of the virtual disk. */
final class L2Table {
    private final Geometry geometry;
    private final long begin;
    private final long[] entries;

    /** @param begin the offset on the virtual disk where the table's stretch begins */
    L2Table(Geometry geometry, long begin, long[] entries) {
        this.geometry = geometry;
        this.begin = begin;
        this.entries = entries;
    }

    /** The run that begins at an offset of this table's stretch and ends at {@code end} or before. */
    Run run(long guest, long end, long fileSize) {
        int inCluster = (int) (guest & geometry.clusterSize - 1);
        long entry = entries[index(guest)];
        Run.Kind kind = kind(guest);
        if (kind == Run.Kind.COMPRESSED) {
            long host = geometry.compressedHost(entry);
            int stored = (int) Math.min(geometry.compressedLength(entry), fileSize - host);
            return new Run(kind, Math.min(end - guest, geometry.clusterSize - inCluster), host, stored);
        }
        long host = kind == Run.Kind.PLAIN ? (entry & Geometry.OFFSET) + inCluster : 0;
        long next = (guest & -geometry.unit) + geometry.unit;
        while (next < end && kind(next) == kind && (kind != Run.Kind.PLAIN || host(next) == host + (next - guest))) {
            next += geometry.unit;
        }
        return new Run(kind, Math.min(next, end) - guest, host, 0);
    }

    private Run.Kind kind(long guest) {
        int index = index(guest);
        long bitmap = geometry.entryLongs > 1 ? entries[index + 1] : 0;
        return geometry.kind(entries[index], bitmap, (int) (guest & geometry.clusterSize - 1));
    }

    private long host(long guest) {
        return (entries[index(guest)] & Geometry.OFFSET) + (guest & geometry.clusterSize - 1);
    }

    private int index(long guest) {
        return (int) (guest - begin >>> geometry.clusterBits) * geometry.entryLongs;
    }
}
