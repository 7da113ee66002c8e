package io.jrados.osd.op;

import java.nio.ByteBuffer;
import java.util.List;

/**
 * The written extents of a range of an object.
 *
 * @param extents ascending, within the request
 * @param data their bytes, one after the other
 */
public record SparseData(List<Extent> extents, ByteBuffer data) {
    /** Offset in the object and length, bytes. */
    public record Extent(long offset, long length) {}
}
