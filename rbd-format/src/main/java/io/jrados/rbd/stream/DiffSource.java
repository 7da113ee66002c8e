package io.jrados.rbd.stream;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** A diff that is read record by record: ascending ranges that do not overlap, inside the image. */
interface DiffSource {
    DiffHeader header();

    /**
     * The next record; null behind the last one, when the diff was found to be whole. Bytes of the record before that
     * nobody has read are passed over.
     */
    @Nullable
    DiffRecord next() throws IOException;

    /** Fills the buffer with the next bytes of the record, which must have so many. */
    void read(ByteBuffer into) throws IOException;

    /** Passes over bytes of the record, which must have so many. */
    void skip(long count) throws IOException;

    /** Bytes of the stream, or streams, read so far. */
    long position();
}
