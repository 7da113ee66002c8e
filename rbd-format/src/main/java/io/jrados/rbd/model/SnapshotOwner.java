package io.jrados.rbd.model;

import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * The owner of a snapshot, with the data of its namespace (src/include/rbd/librbd.h). This library alone makes those
 * that are interfaces, and they may get more properties.
 */
public sealed interface SnapshotOwner {
    /** A person made it. */
    record User() implements SnapshotOwner {}

    /** One image's part of a group's snapshot. */
    non-sealed interface Group extends SnapshotOwner {
        /** The id of the group's pool. */
        long pool();

        String groupId();

        /** The group's name; empty if the group is gone. */
        Optional<String> groupName();

        String groupSnapshotId();

        /** The name of the group's snapshot; empty if that is gone, or its group. */
        Optional<String> groupSnapshotName();
    }

    /** Removed, but clones still need it. */
    record Trash(String originalName, SnapshotInfo.Namespace originalNamespace) implements SnapshotOwner {}

    /** A point that mirroring copies. */
    non-sealed interface Mirror extends SnapshotOwner {
        /** The state: 0 primary, 1 primary demoted, 2 non-primary, 3 non-primary demoted. */
        int state();

        /** Whether it has been copied wholly. */
        boolean complete();

        /** The mirror peers that still need it. */
        Set<String> peers();

        /** The peer that it was copied from; empty for one that was made here. */
        Optional<String> primaryUuid();

        /** The id of the snapshot there that it is a copy of; empty for one that was made here. */
        OptionalLong primarySnapId();

        /** The number of the object up to which it has been copied. */
        long lastCopiedObject();
    }

    /** An owner of a newer release than this client knows. */
    record Unknown(int type) implements SnapshotOwner {}
}
