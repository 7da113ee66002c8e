package io.jrados.rbd.format;

import io.jrados.wire.Decoder;
import io.jrados.wire.Utime;

/**
 * Calls on {@code rbd_header.<id>} that clients before namespaces and release 13 make (src/cls/rbd/cls_rbd_client.cc);
 * this client uses {@link SnapshotCalls} and {@link ParentCalls}. They know parents without a namespace only.
 */
public final class LegacyCalls {
    private LegacyCalls() {}

    /** ENOENT for the snapshot. */
    public static ReadCall<String> getSnapshotName(long snapId) {
        return ReadCall.of("get_snapshot_name", out -> out.u64(snapId), Decoder::string);
    }

    /** ENOENT for the snapshot. */
    public static ReadCall<Utime> getSnapshotTimestamp(long snapId) {
        return ReadCall.of("get_snapshot_timestamp", out -> out.u64(snapId), Utime::decode);
    }

    /**
     * The parent of the head or of a snapshot, with pool -1 if there is none. EXDEV if it lies in a namespace.
     *
     * @param snapId {@link io.jrados.osd.op.SnapContext#HEAD} or a snapshot
     */
    public static ReadCall<Parent> getParent(long snapId) {
        return ReadCall.of(
                "get_parent",
                out -> out.u64(snapId),
                in -> new Parent(new ParentImageSpec(in.i64(), "", in.string(), in.u64()), in.u64()));
    }

    /**
     * A parent, and what is shared with it.
     *
     * @param overlap bytes
     */
    public record Parent(ParentImageSpec spec, long overlap) {}

    /**
     * EEXIST if it has a parent, EINVAL without pool, image or overlap.
     *
     * @param parent in no namespace
     */
    public static WriteCall setParent(Parent parent) {
        ParentImageSpec spec = parent.spec();
        if (!spec.namespace().isEmpty()) {
            throw new IllegalArgumentException("a parent in namespace " + spec.namespace());
        }
        return WriteCall.of("set_parent", out -> out.u64(spec.pool())
                .string(spec.imageId())
                .u64(spec.snapId())
                .u64(parent.overlap()));
    }

    /** Removes the parent of the head. ENOENT without a parent, EXDEV if it lies in a namespace. */
    public static WriteCall removeParent() {
        return WriteCall.of("remove_parent");
    }
}
