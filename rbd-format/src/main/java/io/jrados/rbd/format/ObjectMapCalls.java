package io.jrados.rbd.format;

import io.jrados.wire.Encoder;
import java.util.Optional;

/** Calls on {@code rbd_object_map.<id>} and on those of snapshots (src/cls/rbd/cls_rbd_client.cc). */
public final class ObjectMapCalls {
    /** Objects that one update may change, so that it does not take an OSD too long. */
    public static final long MAX_UPDATE = 256 * 1024;

    private ObjectMapCalls() {}

    /** The whole map. EINVAL if it is damaged. */
    public static ReadCall<BitVector> load() {
        return ReadCall.of("object_map_load", BitVector::decode);
    }

    /** Replaces the whole map. */
    public static WriteCall save(BitVector map) {
        return WriteCall.of("object_map_save", map::encode);
    }

    /**
     * Makes the map, or changes its length. ESTALE if that drops an object that may exist.
     *
     * @param objects how many
     * @param state of those that are new
     */
    public static WriteCall resize(long objects, ObjectState state) {
        return WriteCall.of("object_map_resize", out -> out.u64(objects).u8(state.code()));
    }

    /**
     * Changes states. ERANGE beyond the map's end.
     *
     * @param end behind the last object
     * @param from only objects in this state are changed; for EXISTS, those that are EXISTS_CLEAN too
     */
    public static WriteCall update(long first, long end, ObjectState to, Optional<ObjectState> from) {
        return WriteCall.of(
                "object_map_update",
                out -> out.u64(first).u64(end).u8(to.code()).optional(from, (it, state) -> it.u8(state.code())));
    }

    /** A snapshot has been made: what EXISTS is EXISTS_CLEAN from now on. On the head's map. */
    public static WriteCall snapAdd() {
        return WriteCall.of("object_map_snap_add");
    }

    /**
     * A snapshot goes away: what it had changed is now changed by the next newer one. On that one's map.
     *
     * @param removed the snapshot's map
     */
    public static WriteCall snapRemove(BitVector removed) {
        return WriteCall.of("object_map_snap_remove", (Encoder out) -> removed.encode(out));
    }
}
