package io.jrados.msgr;

import io.jrados.error.MalformedException;

/** How long a frame's segments may be announced to be, all together. */
enum FrameLimits {
    /** Nobody has proved anything yet. */
    BEFORE_AUTH(1 << 20),
    /** The largest object of a cluster with room for what an operation adds (osd_max_object_size is 128 MiB). */
    AUTHENTICATED((128 + 16) << 20);

    private static final int MAX_CONTROL = 1 << 20;

    private final int maxBytes;

    FrameLimits(int maxBytes) {
        this.maxBytes = maxBytes;
    }

    /** @param length of one more segment, after {@code before} bytes */
    int checked(Tag tag, int before, long length) {
        int limit = tag == Tag.MESSAGE ? maxBytes : MAX_CONTROL;
        if (length > limit - before) {
            throw new MalformedException(tag + " with " + length + " bytes in a segment, after " + before);
        }
        return (int) length;
    }
}
