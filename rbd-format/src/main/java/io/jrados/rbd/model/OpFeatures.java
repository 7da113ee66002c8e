package io.jrados.rbd.model;

/**
 * Bits that say which maintenance an image needs care for (RBD_OPERATION_FEATURE_*, src/include/rbd/features.h). An
 * unknown bit forbids maintenance, not I/O.
 */
public final class OpFeatures {
    /** The image has children of clone format 2. */
    public static final long CLONE_PARENT = 1;

    /** The image is a clone of format 2. */
    public static final long CLONE_CHILD = 1 << 1;

    /** Belongs to a group. */
    public static final long GROUP = 1 << 2;

    /** The image has snapshots in the trash namespace. */
    public static final long SNAP_TRASH = 1 << 3;

    public static final long ALL = CLONE_PARENT | CLONE_CHILD | GROUP | SNAP_TRASH;

    private OpFeatures() {}

    /** Whether this client knows all there is to care for. */
    public static boolean areKnown(long opFeatures) {
        return (opFeatures & ~ALL) == 0;
    }
}
