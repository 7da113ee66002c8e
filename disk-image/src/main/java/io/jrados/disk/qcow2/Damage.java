package io.jrados.disk.qcow2;

import io.jrados.disk.model.RandomAccessSource;
import io.jrados.error.Errno;
import io.jrados.error.RadosException;
import java.nio.ByteBuffer;

/** The failures of an image that contradicts its format, and reading that checks first whether the bytes are there. */
final class Damage {
    private Damage() {}

    /** EBADMSG with a sentence about the image. */
    static RadosException malformed(String sentence) {
        return new RadosException(Errno.EBADMSG, "reading a qcow2 image: " + sentence);
    }

    /** EOPNOTSUPP with the thing that this image has and that is not read. */
    static RadosException unsupported(String thing) {
        return new RadosException(Errno.EOPNOTSUPP, "opening a qcow2 image with " + thing + ", which is not read");
    }

    /** Reads a part of the file that the image says to be there. Its length must be bounded by the caller. */
    static ByteBuffer read(RandomAccessSource source, long offset, int length, String what) throws RadosException {
        requireInside(offset, length, source.size(), what);
        ByteBuffer bytes = ByteBuffer.allocate(length);
        source.read(offset, bytes);
        return bytes.flip();
    }

    static void requireInside(long offset, long length, long size, String what) throws RadosException {
        if (offset < 0 || length > size || offset > size - length) {
            throw malformed(
                    what + " at " + offset + ", of " + length + " bytes, is not within the file of " + size + " bytes");
        }
    }
}
