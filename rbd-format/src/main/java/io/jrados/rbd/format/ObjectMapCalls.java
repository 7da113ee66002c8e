package io.jrados.rbd.format;

/** Calls on {@code rbd_object_map.<id>} (src/cls/rbd/cls_rbd_client.cc). */
public final class ObjectMapCalls {
    /** The state of an object that is not there. */
    public static final int NONEXISTENT = 0;

    private ObjectMapCalls() {}

    /**
     * Makes the map, or changes its length. ESTALE if that drops an object that may exist.
     *
     * @param objects how many
     * @param state of those that are new
     */
    public static WriteCall resize(long objects, int state) {
        return WriteCall.of("object_map_resize", out -> out.u64(objects).u8(state));
    }
}
