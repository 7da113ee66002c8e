package io.jrados.rbd.stream;

/**
 * A range that a diff tells of.
 *
 * @param offset bytes into the image
 * @param length bytes, at least 1
 * @param hasData whether the range's bytes follow in the stream; otherwise it is zero
 */
record DiffRecord(long offset, long length, boolean hasData) {
    long end() {
        return offset + length;
    }
}
