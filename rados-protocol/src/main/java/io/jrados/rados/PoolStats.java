package io.jrados.rados;

import java.util.OptionalLong;

/**
 * The contents of a pool and the operations on it, as the manager last added it up. Made by this library alone, and may
 * get more of them.
 */
public interface PoolStats {
    /** Bytes of data, each object counted once. */
    long bytes();

    /** Bytes that the OSDs' stores take for it, with all copies; empty where they do not count by pool. */
    OptionalLong allocatedBytes();

    /** The number of objects, clones included. */
    long objects();

    /** The number of clones that snapshots have. */
    long clones();

    /** The number of copies of objects that there should be. */
    long copies();

    /** The number of copies that the primaries lack. */
    long missingOnPrimary();

    /** The number of copies that are lacking. */
    long degraded();

    /** The number of objects of which no copy is known. */
    long unfound();

    /** The number of operations that read. */
    long reads();

    /** KiB that were read. */
    long readKib();

    /** The number of operations that wrote. */
    long writes();

    /** KiB that were written. */
    long writeKib();
}
