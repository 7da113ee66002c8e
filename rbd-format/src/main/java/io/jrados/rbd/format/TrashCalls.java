package io.jrados.rbd.format;

import io.jrados.wire.Decoder;
import java.util.Map;

/** Calls on {@code rbd_trash} (src/cls/rbd/cls_rbd_client.cc). */
public final class TrashCalls {
    private TrashCalls() {}

    /** EEXIST if the image is there. */
    public static WriteCall add(String imageId, TrashImageSpec spec) {
        return WriteCall.of("trash_add", out -> spec.encode(out.string(imageId)));
    }

    public static WriteCall remove(String imageId) {
        return WriteCall.of("trash_remove", out -> out.string(imageId));
    }

    /** Ids to what they were, in order of ids. */
    public static ReadCall<Map<String, TrashImageSpec>> list(String after, long max) {
        return ReadCall.of(
                "trash_list",
                out -> out.string(after).u64(max),
                in -> in.map(4 + TrashImageSpec.SMALLEST, Decoder::string, TrashImageSpec::decode));
    }

    public static ReadCall<TrashImageSpec> get(String imageId) {
        return ReadCall.of("trash_get", out -> out.string(imageId), TrashImageSpec::decode);
    }

    /** ESTALE when it is in neither state. */
    public static WriteCall setState(String imageId, TrashImageSpec.State state, TrashImageSpec.State expected) {
        return WriteCall.of(
                "trash_state_set",
                out -> out.string(imageId).u8(state.ordinal()).u8(expected.ordinal()));
    }
}
