package io.jrados.rbd.format;

import io.jrados.wire.Decoder;
import io.jrados.wire.Encoder;
import java.util.Optional;
import java.util.Set;

/** Calls that link clones and their parents (src/cls/rbd/cls_rbd_client.cc). */
public final class ParentCalls {
    private ParentCalls() {}

    /** On the child's header: of the head, or of any snapshot that has one. */
    public static ReadCall<ParentImageSpec> parentGet() {
        return ReadCall.of("parent_get", ParentImageSpec::decode);
    }

    /** On the child's header: bytes shared with the parent, empty when there is none. */
    public static ReadCall<Optional<Long>> parentOverlapGet(long snapId) {
        return ReadCall.of("parent_overlap_get", out -> out.u64(snapId), in -> in.optional(Decoder::u64));
    }

    /** On the child's header. EEXIST if it has a parent. */
    public static WriteCall parentAttach(ParentImageSpec parent, long overlap, boolean reattach) {
        return WriteCall.of("parent_attach", out -> {
            parent.encode(out);
            out.u64(overlap).bool(reattach);
        });
    }

    /** On the child's header. Snapshots keep their link unless the image has the feature DEEP_FLATTEN. */
    public static WriteCall parentDetach() {
        return WriteCall.of("parent_detach");
    }

    /** On the parent's header, clone format 2. EEXIST if it is known. */
    public static WriteCall childAttach(long snapId, ChildImageSpec child) {
        return WriteCall.of("child_attach", out -> child.encode(out.u64(snapId)));
    }

    /** On the parent's header, clone format 2. ENOENT if it is not known. */
    public static WriteCall childDetach(long snapId, ChildImageSpec child) {
        return WriteCall.of("child_detach", out -> child.encode(out.u64(snapId)));
    }

    /** On the parent's header: children of clone format 2. ENOENT if there are none. */
    public static ReadCall<Set<ChildImageSpec>> childrenList(long snapId) {
        return ReadCall.of(
                "children_list", out -> out.u64(snapId), in -> in.set(ChildImageSpec.SMALLEST, ChildImageSpec::decode));
    }

    /** On {@code rbd_children} of the child's pool, clone format 1. */
    public static WriteCall addChild(ParentImageSpec parent, String childId) {
        return WriteCall.of("add_child", out -> formatOne(out, parent).string(childId));
    }

    /** On {@code rbd_children} of the child's pool, clone format 1. ENOENT if it is not known. */
    public static WriteCall removeChild(ParentImageSpec parent, String childId) {
        return WriteCall.of("remove_child", out -> formatOne(out, parent).string(childId));
    }

    /** On {@code rbd_children} of any pool: ids of clones of format 1. ENOENT if there are none. */
    public static ReadCall<Set<String>> getChildren(ParentImageSpec parent) {
        return ReadCall.of("get_children", out -> formatOne(out, parent), in -> in.set(4, Decoder::string));
    }

    private static Encoder formatOne(Encoder out, ParentImageSpec parent) {
        return out.u64(parent.pool()).string(parent.imageId()).u64(parent.snapId());
    }
}
