package io.jrados.disk.model;

/**
 * A range of a virtual disk that is all of one kind. A copy writes the data, and leaves out the rest where its target
 * reads as zeros already.
 *
 * @param offset in bytes, from the beginning of the virtual disk
 * @param length in bytes, over zero
 */
public record Extent(long offset, long length, Kind kind) {
    /** The content of an extent. */
    public enum Kind {
        /** Bytes that have to be read, compressed or not. */
        DATA,
        /** Zeros, by a mark in the image: nothing is stored for them. */
        ZERO,
        /** Nothing was ever written there. Reads as zeros. */
        ABSENT
    }

    /** The offset of the first byte behind it. */
    public long end() {
        return offset + length;
    }
}
