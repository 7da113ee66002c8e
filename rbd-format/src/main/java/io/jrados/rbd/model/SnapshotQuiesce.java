package io.jrados.rbd.model;

/** Whether those who write to an image are asked to hold still while it is snapshotted; see {@link QuiesceHook}. */
public enum SnapshotQuiesce {
    /** Hooks are asked, and each of them can prevent the snapshot. */
    REQUIRED(0),
    /** Hooks are asked; the snapshot is made whatever they say. */
    IGNORE_ERROR(1 << 1),
    /** Hooks are not asked. */
    SKIP(1);

    private final long flags;

    SnapshotQuiesce(long flags) {
        this.flags = flags;
    }

    /** RBD_SNAP_CREATE_SKIP_QUIESCE, RBD_SNAP_CREATE_IGNORE_QUIESCE_ERROR (src/include/rbd/librbd.h). */
    public long flags() {
        return flags;
    }

    /** Unknown flags are ignored. */
    public static SnapshotQuiesce of(long flags) {
        if ((flags & SKIP.flags) != 0) {
            return SKIP;
        }
        return (flags & IGNORE_ERROR.flags) != 0 ? IGNORE_ERROR : REQUIRED;
    }
}
