package io.jrados.disk.qcow2;

import io.jrados.disk.model.Extent;

/**
 * A range of the virtual disk that lies in one piece of the file, or in none.
 *
 * @param length in bytes of the virtual disk, over zero
 * @param host the offset of the run's first byte in the file if it is stored plainly, of the compressed cluster that it
 *     is in, or 0
 * @param stored the bytes of a compressed cluster in the file, at most
 */
record Run(Kind kind, long length, long host, int stored) {
    /** The way in which a run is stored. */
    enum Kind {
        ABSENT(Extent.Kind.ABSENT),
        ZERO(Extent.Kind.ZERO),
        PLAIN(Extent.Kind.DATA),
        COMPRESSED(Extent.Kind.DATA);

        final Extent.Kind extent;

        Kind(Extent.Kind extent) {
            this.extent = extent;
        }
    }
}
