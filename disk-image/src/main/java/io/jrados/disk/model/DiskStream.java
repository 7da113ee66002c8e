package io.jrados.disk.model;

import io.jrados.error.RadosException;
import java.io.Closeable;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A disk image that is read from a stream in one pass, such as a download. Its data come in the stream's order; what
 * does not come reads as zeros. One thread at a time asks for the next piece; pieces are expanded by any threads.
 */
public interface DiskStream extends Closeable {
    /** Describes the image as far as its first bytes do: internal snapshots and bitmaps are not listed. */
    DiskInfo info();

    /**
     * Returns the next data, null at the image's end.
     *
     * @throws RadosException EBADMSG for a damaged image or a stream that ends too early, EOPNOTSUPP if the image's
     *     layout takes keeping more of the stream than is allowed, EFBIG if its map takes more, EIO if the stream fails
     */
    @Nullable
    Piece next() throws RadosException;

    @Override
    void close() throws RadosException;

    /** Data of one place. */
    interface Piece {
        /** The offset on the virtual disk, in bytes. */
        long offset();

        /** The number of bytes, at most 2 MiB. */
        int length();

        /** The bytes, which are expanded now if they are compressed. */
        ByteBuffer bytes() throws RadosException;
    }
}
