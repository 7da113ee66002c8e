package io.jrados.rbd.change;

import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;

/**
 * The consumer of an image's changes, which is lent their bytes. It is called on an I/O loop and must not block; its
 * futures say how slow it is: no more than the depth's bytes are read, or lent, before they complete. In order, one
 * call ends before the next begins; otherwise there may be several at once. An exception, or a future that fails, ends
 * the reading.
 */
public interface ChangeReader {
    /**
     * Told of first, on the caller's thread.
     *
     * @param size bytes of the image at the later moment
     */
    default void begin(long size) {}

    /**
     * Lends the bytes that a range has at the later moment.
     *
     * @param offset bytes into the image
     * @param bytes read-only
     * @return completes when nobody uses the bytes any more
     */
    CompletableFuture<?> data(long offset, ByteBuffer bytes);

    /**
     * Tells of a range that is zero at the later moment and may have had data at the earlier; never called without an
     * earlier one, for all that is not told of is zero then.
     *
     * @param offset bytes into the image
     * @param length bytes, at least 1
     * @return completes when that is dealt with
     */
    CompletableFuture<?> zero(long offset, long length);
}
