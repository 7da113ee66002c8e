package io.jrados.disk.qcow2;

import io.jrados.disk.model.RandomAccessSource;
import io.jrados.error.RadosException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The way from an offset on the virtual disk to a place in the file. The L1 table is held whole; of the L2 tables those
 * used last, within a bound. Each table is checked before it is used: no two of them overlap, nothing points outside
 * the file or into a table, and so the work of reading a map is bounded by the file's own size.
 */
final class ClusterMap {
    private static final int CACHED_BYTES = 8 << 20;
    private static final int MAX_CACHED = 1024;
    private static final int MIN_CACHED = 4;
    private static final float LOAD = 0.75f;

    private final Geometry geometry;
    private final RandomAccessSource source;
    private final long[] l1;
    /** The places of the L2 tables, ascending. */
    private final long[] tables;

    private final Lock lock = new ReentrantLock();
    private final Map<Integer, L2Table> cache;

    ClusterMap(Header header, RandomAccessSource source) throws RadosException {
        this.source = source;
        geometry = new Geometry(header);
        l1 = new long[geometry.requireTables(source.size())];
        if (l1.length > 0) {
            Damage.read(source, header.l1Offset(), l1.length * Long.BYTES, "the L1 table")
                    .asLongBuffer()
                    .get(l1);
        }
        tables = tables(geometry, l1, source.size());
        int most = Math.max(MIN_CACHED, Math.min(MAX_CACHED, CACHED_BYTES >>> geometry.clusterBits));
        cache = new LinkedHashMap<>(MIN_CACHED, LOAD, true) {
            private static final long serialVersionUID = 1L;

            @Override
            protected boolean removeEldestEntry(Map.Entry<Integer, L2Table> eldest) {
                return size() > most;
            }
        };
    }

    /** The places of the L2 tables that an L1 table names, sorted, once they are found to be apart. */
    static long[] tables(Geometry geometry, long[] l1, long fileSize) throws RadosException {
        long[] sorted = new long[l1.length];
        int count = 0;
        for (int i = 0; i < l1.length; i++) {
            l1[i] &= Geometry.OFFSET;
            if (l1[i] != 0) {
                geometry.requireTable(l1[i], geometry.clusterSize, fileSize, "an L2 table");
                if (isFixedTable(geometry, l1[i])) {
                    throw Damage.malformed("the L2 table at " + l1[i] + " overlaps another table");
                }
                sorted[count++] = l1[i];
            }
        }
        sorted = Arrays.copyOf(sorted, count);
        Arrays.sort(sorted);
        for (int i = 1; i < count; i++) {
            if (sorted[i] == sorted[i - 1]) {
                throw Damage.malformed("the L2 table at " + sorted[i] + " is used twice");
            }
        }
        return sorted;
    }

    /** Whether a cluster of the file belongs to the header, the L1 or the refcount table. */
    private static boolean isFixedTable(Geometry geometry, long cluster) {
        Header header = geometry.header;
        return cluster < geometry.clusterSize
                || within(cluster, header.l1Offset(), (long) header.l1Size() * Long.BYTES)
                || within(
                        cluster,
                        header.refcountOffset(),
                        Integer.toUnsignedLong(header.refcountClusters()) << geometry.clusterBits);
    }

    private static boolean within(long cluster, long begin, long length) {
        return cluster >= begin && cluster < begin + length;
    }

    Geometry geometry() {
        return geometry;
    }

    /** The run that begins at an offset below the virtual size. */
    Run run(long guest, long limit) throws RadosException {
        long size = geometry.header.size();
        long end = limit < size - guest ? guest + limit : size;
        int index = (int) (guest >>> geometry.l2Shift);
        if (l1[index] != 0) {
            return table(index).run(guest, Math.min(end, begin(index + 1)), source.size());
        }
        int next = index + 1;
        while (next < l1.length && l1[next] == 0 && begin(next) < end) {
            next++;
        }
        return new Run(Run.Kind.ABSENT, Math.min(end, begin(next)) - guest, 0, 0);
    }

    /** The offset on the virtual disk where a table's stretch begins; the last may end beyond all numbers. */
    private long begin(int index) {
        long begin = (long) index << geometry.l2Shift;
        return begin < 0 ? Long.MAX_VALUE : begin;
    }

    private L2Table table(int index) throws RadosException {
        L2Table cached = cached(index, null);
        return cached == null ? cached(index, load(index)) : cached;
    }

    private L2Table cached(int index, @Nullable L2Table loaded) {
        lock.lock();
        try {
            if (loaded == null) {
                return cache.get(index);
            }
            cache.put(index, loaded);
            return loaded;
        } finally {
            lock.unlock();
        }
    }

    private L2Table load(int index) throws RadosException {
        long[] entries = new long[geometry.clusterSize / Long.BYTES];
        Damage.read(source, l1[index], geometry.clusterSize, "an L2 table")
                .asLongBuffer()
                .get(entries);
        check(geometry, entries, begin(index), source.size(), tables);
        return new L2Table(geometry, begin(index), entries);
    }

    /** Checks all entries of an L2 table that map a part of the virtual disk. */
    static void check(Geometry geometry, long[] entries, long begin, long fileSize, long[] tables)
            throws RadosException {
        long guest = begin;
        for (int i = 0; i < entries.length && guest < geometry.header.size(); i += geometry.entryLongs) {
            long bitmap = geometry.entryLongs > 1 ? entries[i + 1] : 0;
            long host = geometry.check(entries[i], bitmap, guest, fileSize);
            if (host != 0) {
                long cluster = host & -geometry.clusterSize;
                if (isFixedTable(geometry, cluster) || Arrays.binarySearch(tables, cluster) >= 0) {
                    throw Geometry.wrong(guest, "is at " + host + ", in a table");
                }
            }
            if (guest > Long.MAX_VALUE - geometry.clusterSize) {
                return;
            }
            guest += geometry.clusterSize;
        }
    }
}
