package io.jrados.rbd.format;

import io.jrados.wire.Struct;

/** Calls on {@code rbd_group_header.<id>}: the snapshots of a group (src/cls/rbd/cls_rbd_client.cc). */
public final class GroupCalls {
    /** cls::rbd::GroupSnapshot (src/cls/rbd/cls_rbd_types.cc), v1: id, name, state, snapshots of the images. */
    private static final Struct SNAPSHOT = new Struct("GroupSnapshot", 1, 1, 1);

    private GroupCalls() {}

    /** The name of one of the group's snapshots; ENOENT without it. */
    public static ReadCall<String> snapshotName(String snapshotId) {
        return ReadCall.of(
                "group_snap_get_by_id",
                out -> out.string(snapshotId),
                in -> in.struct(SNAPSHOT, (body, version) -> {
                    body.string();
                    return body.string();
                }));
    }
}
