package io.jrados.drivers.nova.model;

/**
 * The room for disks, in bytes.
 *
 * @param total of the whole cluster, with all copies
 * @param free that the pool may still take, each byte counted once: {@code max_avail} of {@code ceph df}
 * @param used that the pool takes, with all copies
 */
public record PoolInfo(long total, long free, long used) {
    private static final double GIB = 1 << 30;

    /** The total in GiB, as Nova reports it. */
    public double totalGib() {
        return total / GIB;
    }

    /** The free room in GiB, as Nova reports it. */
    public double freeGib() {
        return free / GIB;
    }

    /** The used room in GiB, as Nova reports it. */
    public double usedGib() {
        return used / GIB;
    }
}
