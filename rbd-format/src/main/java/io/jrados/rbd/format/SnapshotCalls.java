package io.jrados.rbd.format;

import io.jrados.error.MalformedException;
import io.jrados.osd.op.SnapContext;
import io.jrados.wire.Decoder;

/** Calls on {@code rbd_header.<id>}: snapshots (src/cls/rbd/cls_rbd_client.cc). */
public final class SnapshotCalls {
    /** No limit on the number of snapshots. */
    public static final long UNLIMITED = -1;

    private SnapshotCalls() {}

    /** Asks for the snapshots that writes must preserve. */
    public static ReadCall<SnapContext> getSnapContext() {
        return ReadCall.of("get_snapcontext", in -> {
            long sequence = in.u64();
            long[] ids = in.u64s();
            try {
                return new SnapContext(sequence, ids);
            } catch (IllegalArgumentException unordered) {
                throw new MalformedException("snapshot ids out of order", unordered);
            }
        });
    }

    /** ENOENT if it is gone. */
    public static ReadCall<SnapshotRecord> get(long snapId) {
        return ReadCall.of("snapshot_get", out -> out.u64(snapId), SnapshotRecord::decode);
    }

    /**
     * Records a snapshot of the head as it is. ESTALE if somebody made one with a newer id, EEXIST for the name, EDQUOT
     * at the limit.
     */
    public static WriteCall add(String name, long snapId, SnapshotNamespace namespace) {
        return WriteCall.of(
                "snapshot_add", out -> namespace.encode(out.string(name).u64(snapId)));
    }

    /** EBUSY while it is protected or has children of clone format 2. */
    public static WriteCall remove(long snapId) {
        return WriteCall.of("snapshot_remove", out -> out.u64(snapId));
    }

    public static WriteCall rename(long snapId, String newName) {
        return WriteCall.of("snapshot_rename", out -> out.u64(snapId).string(newName));
    }

    /** Moves it to the trash namespace, under a name that is made up. EBUSY if protected, EEXIST if it is there. */
    public static WriteCall trashAdd(long snapId) {
        return WriteCall.of("snapshot_trash_add", out -> out.u64(snapId));
    }

    /** {@link #UNLIMITED} when none is set. */
    public static ReadCall<Long> getLimit() {
        return ReadCall.of("snapshot_get_limit", Decoder::u64);
    }

    /** ERANGE below the number of snapshots that exist. */
    public static WriteCall setLimit(long limit) {
        return WriteCall.of("snapshot_set_limit", out -> out.u64(limit));
    }

    public static ReadCall<Protection> getProtectionStatus(long snapId) {
        return ReadCall.of("get_protection_status", out -> out.u64(snapId), in -> {
            int status = in.u8();
            if (status >= Protection.values().length) {
                throw new MalformedException("protection status " + status);
            }
            return Protection.values()[status];
        });
    }

    public static WriteCall setProtectionStatus(long snapId, Protection status) {
        return WriteCall.of("set_protection_status", out -> out.u64(snapId).u8(status.ordinal()));
    }

    /** Whether a snapshot may be removed; the order is the number on the wire. */
    public enum Protection {
        UNPROTECTED,
        UNPROTECTING,
        PROTECTED
    }
}
