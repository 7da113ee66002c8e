package io.jrados.rados;

import io.jrados.message.PoolStat;

/**
 * The contents of a pool and the operations on it, as the manager last added it up.
 *
 * @param bytes of data, each object counted once
 * @param allocatedBytes that the OSDs' stores take for it, with all copies; {@code bytes} where they do not count by
 *     pool
 * @param objects clones included
 * @param clones of snapshots
 * @param copies of objects that there should be
 * @param missingOnPrimary copies that the primaries lack
 * @param degraded copies that are lacking
 * @param unfound objects of which no copy is known
 * @param reads operations
 * @param readKib KiB
 * @param writes operations
 * @param writeKib KiB
 */
public record PoolStats(
        long bytes,
        long allocatedBytes,
        long objects,
        long clones,
        long copies,
        long missingOnPrimary,
        long degraded,
        long unfound,
        long reads,
        long readKib,
        long writes,
        long writeKib) {
    static PoolStats of(PoolStat stat, boolean perPool) {
        PoolStat.Objects sum = stat.objects();
        return new PoolStats(
                sum.bytes(),
                perPool ? stat.store().allocated() : sum.bytes(),
                sum.count(),
                sum.clones(),
                sum.copies(),
                sum.missingOnPrimary(),
                sum.degraded(),
                sum.unfound(),
                sum.reads(),
                sum.readKib(),
                sum.writes(),
                sum.writeKib());
    }
}
