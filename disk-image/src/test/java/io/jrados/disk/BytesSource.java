package io.jrados.disk;

import io.jrados.disk.model.RandomAccessSource;
import io.jrados.error.Errno;
import io.jrados.error.RadosException;
import java.nio.ByteBuffer;

/** An array as the file of an image. */
public record BytesSource(byte[] bytes) implements RandomAccessSource {
    @Override
    public long size() {
        return bytes.length;
    }

    @Override
    public void read(long position, ByteBuffer target) throws RadosException {
        if (position < 0 || position > bytes.length - target.remaining()) {
            throw new RadosException(Errno.EIO, "reading beyond the array");
        }
        target.put(bytes, (int) position, target.remaining());
    }

    @Override
    public void close() {
        // Nothing to close.
    }
}
