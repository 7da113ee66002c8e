package io.jrados.rbd.io;

import io.jrados.rbd.model.SnapshotInfo;

/**
 * A snapshot as the header describes it.
 *
 * @param flags of its object map: 1 object map invalid, 2 fast diff invalid
 * @param overlap bytes that it shares with the parent
 * @param childCount clones of format 2
 */
public record SnapshotState(SnapshotInfo info, long flags, long overlap, int childCount) {
    boolean isUsers() {
        return info.namespace() == SnapshotInfo.Namespace.USER;
    }
}
