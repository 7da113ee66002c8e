package io.jrados.disk.codec;

import io.jrados.error.MalformedException;

/**
 * A decoder of one compressed cluster at a time, for one thread at a time. It produces as many bytes as it is asked for
 * and no more, however long the input would go on.
 */
public interface Decompressor extends AutoCloseable {
    /**
     * Fills the first bytes of an array from compressed ones.
     *
     * @param in compressed bytes; what follows the end of the data is ignored
     * @param length the number of bytes of {@code in}
     * @param out where the result goes, from its beginning on
     * @param size the number of bytes to produce
     * @throws MalformedException if the input is no such data or has less than that
     */
    void decompress(byte[] in, int length, byte[] out, int size);

    /** Frees what the decoder holds. */
    @Override
    void close();
}
