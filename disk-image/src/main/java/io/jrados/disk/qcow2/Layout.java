package io.jrados.disk.qcow2;

import io.jrados.error.Errno;
import io.jrados.error.RadosException;

/**
 * The places of everything in an image that is written: header, refcount table, refcount blocks, L1 table, L2 tables,
 * plain clusters, compressed clusters, each kind in one piece and in this order.
 */
final class Layout {
    private static final int MAX_L1 = 32 << 20;
    private static final int MAX_REFCOUNT_TABLE = 8 << 20;
    private static final int REFCOUNT_BYTES = 2;

    final int clusterSize;
    final long virtualSize;
    /** Clusters of the virtual disk that one L2 table maps. */
    final int perTable;

    final int l1Entries;
    final int l2Tables;
    final int refcountTableClusters;
    final int refcountBlocks;
    final long l1Cluster;
    final long l2Cluster;
    final long plainCluster;
    final long compressedCluster;
    /** The number of clusters of the file. */
    final long clusters;

    Layout(ClusterPlan plan, long virtualSize, int clusterSize) throws RadosException {
        this.clusterSize = clusterSize;
        this.virtualSize = virtualSize;
        perTable = clusterSize / Long.BYTES;
        long entries = blocks(virtualSize, (long) clusterSize * perTable);
        if (entries * Long.BYTES > MAX_L1) {
            throw tooLarge();
        }
        // Of an empty disk too: QEMU counts a table without entries as leaked.
        l1Entries = (int) Math.max(1, entries);
        l2Tables = tables(plan);
        long l1Clusters = blocks((long) l1Entries * Long.BYTES, clusterSize);
        long compressed = blocks(plan.compressedBytes(), clusterSize);
        long others = 1 + l1Clusters + l2Tables + plan.plainClusters() + compressed;
        long refcounts = 0;
        long table = 1;
        // The refcounts count themselves: a few rounds, since each block counts many more clusters than it is.
        for (long needed = 1; needed != refcounts; ) {
            refcounts = needed;
            table = blocks(refcounts * Long.BYTES, clusterSize);
            needed = blocks(others + refcounts + table, clusterSize / REFCOUNT_BYTES);
        }
        if (table * clusterSize > MAX_REFCOUNT_TABLE) {
            throw tooLarge();
        }
        refcountTableClusters = (int) table;
        refcountBlocks = (int) refcounts;
        l1Cluster = 1 + table + refcounts;
        l2Cluster = l1Cluster + l1Clusters;
        plainCluster = l2Cluster + l2Tables;
        compressedCluster = plainCluster + plan.plainClusters();
        clusters = compressedCluster + compressed;
    }

    private int tables(ClusterPlan plan) {
        int count = 0;
        for (int i = 0; i < l1Entries; i++) {
            count += hasTable(plan, i) ? 1 : 0;
        }
        return count;
    }

    /** Whether an L1 entry names a table. */
    boolean hasTable(ClusterPlan plan, int entry) {
        return plan.hasAny((long) entry * perTable, (entry + 1L) * perTable);
    }

    long offset(long cluster) {
        return cluster * clusterSize;
    }

    private RadosException tooLarge() {
        return new RadosException(
                Errno.EFBIG, "writing " + virtualSize + " bytes as qcow2 with clusters of " + clusterSize + " bytes");
    }

    private static long blocks(long bytes, long size) {
        return bytes / size + (bytes % size == 0 ? 0 : 1);
    }
}
