package io.jrados.rbd.format;

/**
 * The state of a data object in an object map (src/include/rbd/object_map_types.h); in order of the numbers on disk.
 */
public enum ObjectState {
    NONEXISTENT,

    /** The object may exist, and was changed since the newest snapshot before. */
    EXISTS,

    /** The object is about to be deleted. */
    PENDING,

    /** The object may exist, and is as the newest snapshot before sees it; only with the feature fast-diff. */
    EXISTS_CLEAN;

    private static final ObjectState[] BY_CODE = values();

    /** @param code two bits */
    static ObjectState of(int code) {
        return BY_CODE[code];
    }

    int code() {
        return ordinal();
    }
}
