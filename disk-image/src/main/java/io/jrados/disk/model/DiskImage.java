package io.jrados.disk.model;

import io.jrados.error.RadosException;
import java.io.Closeable;
import java.nio.ByteBuffer;

/**
 * A disk image that is read: its virtual size, its extents and its bytes. Any number of threads may read at once, which
 * is how compressed clusters are expanded in parallel.
 *
 * <p>Every failure is a {@link RadosException}: EBADMSG for an image that contradicts its format or ends too early,
 * EOPNOTSUPP for a feature that is not read, EINVAL for a range outside the virtual disk, EIO for a source that fails.
 * A negative offset, and a limit that is not over zero, are an {@link IllegalArgumentException}.
 */
public interface DiskImage extends Closeable {
    /** Describes the image as {@code qemu-img info} does. */
    DiskInfo info();

    /** The size of the virtual disk in bytes. */
    default long virtualSize() {
        return info().virtualSize();
    }

    /** The size in bytes of the pieces that the image is stored in; reads that are aligned to it cost least. */
    int blockSize();

    /**
     * Returns the extent that begins at an offset, joined with what follows of the same kind.
     *
     * @param offset in bytes, below the virtual size
     * @param limit the most bytes to look at, over zero; the virtual disk's end is one too
     */
    Extent extent(long offset, long limit) throws RadosException;

    /**
     * Fills a buffer with the bytes from an offset on.
     *
     * @param offset in bytes; the buffer's remaining bytes must lie within the virtual disk
     */
    void read(long offset, ByteBuffer target) throws RadosException;

    /** Closes the image and its source. */
    @Override
    void close() throws RadosException;
}
