package io.jrados.msgr;

import io.jrados.error.MalformedException;

/** The greatest length that a frame's segments may announce, all together. */
enum FrameLimits {
    /** Nobody has proved anything yet. */
    BEFORE_AUTH(1 << 20),
    /** The largest object of a cluster with room for what an operation adds (osd_max_object_size is 128 MiB). */
    AUTHENTICATED((128 + 16) << 20),
    /** The same, and segments may be compressed. */
    COMPRESSED((128 + 16) << 20);

    private static final int MAX_CONTROL = 1 << 20;

    private final int maxBytes;

    FrameLimits(int maxBytes) {
        this.maxBytes = maxBytes;
    }

    /** Returns the number of bytes that may still come, after {@code before}. */
    int left(Tag tag, int before) {
        return (tag == Tag.MESSAGE ? maxBytes : MAX_CONTROL) - before;
    }

    /** @param length of one more segment, after {@code before} bytes */
    int checked(Tag tag, int before, long length) {
        if (length > left(tag, before)) {
            throw new MalformedException(tag + " with " + length + " bytes in a segment, after " + before);
        }
        return (int) length;
    }
}
