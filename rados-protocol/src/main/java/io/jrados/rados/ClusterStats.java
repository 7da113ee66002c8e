package io.jrados.rados;

/** The room in a cluster, counted with all copies. Made by this library alone, and may get more of it. */
public interface ClusterStats {
    /** KiB of all stores. */
    long totalKib();

    /** KiB that are taken. */
    long usedKib();

    /** KiB that are free. */
    long availableKib();

    /** The number of objects in all pools. */
    long objects();
}
