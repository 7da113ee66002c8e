package io.jrados.rbd.model;

import java.util.Set;

/** The owner of a snapshot, with the data of its namespace (src/include/rbd/librbd.h). */
public sealed interface SnapshotOwner {
    /** A person made it. */
    record User() implements SnapshotOwner {}

    /**
     * One image's part of a group's snapshot.
     *
     * @param pool id of the group's pool
     */
    record Group(long pool, String groupId, String groupSnapshotId) implements SnapshotOwner {}

    /** Removed, but clones still need it. */
    record Trash(String originalName, SnapshotInfo.Namespace originalNamespace) implements SnapshotOwner {}

    /**
     * A point that mirroring copies.
     *
     * @param state 0 primary, 1 primary demoted, 2 non-primary, 3 non-primary demoted
     * @param complete whether it has been copied wholly
     * @param peers mirror peers that still need it
     */
    record Mirror(
            int state,
            boolean complete,
            Set<String> peers,
            String primaryUuid,
            long primarySnapId,
            long lastCopiedObject)
            implements SnapshotOwner {}

    /** An owner of a newer release than this client knows. */
    record Unknown(int type) implements SnapshotOwner {}
}
