package io.jrados.rbd.stream;

import io.jrados.error.Errno;
import io.jrados.error.RadosException;

/**
 * A stream of an image or of a diff that is cut off or breaks its format (EBADMSG). Tells where, and what should have
 * been there. Wherever that can be known before, nothing was changed yet; where something was, it is the cause of a
 * {@link HalfAppliedException}.
 */
public final class MalformedStreamException extends RadosException {
    private static final long serialVersionUID = 1L;

    private final long position;

    MalformedStreamException(long position, String expected, String found) {
        super(Errno.EBADMSG, "reading a stream at byte " + position + ", where " + expected + " is expected: " + found);
        this.position = position;
    }

    /** The byte in the stream, counted from where reading began, at which the malformed field begins. */
    public long position() {
        return position;
    }
}
