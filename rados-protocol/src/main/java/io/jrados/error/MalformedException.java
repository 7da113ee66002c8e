package io.jrados.error;

/**
 * Bytes from the network or a disk that are not what they should be. The only exception that leaves a decoder; whoever
 * calls one turns it into a {@link RadosException} with {@link Errno#EBADMSG}.
 */
public final class MalformedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** @param message which field is wrong, and how */
    public MalformedException(String message) {
        super(Printable.of(message));
    }

    /** As {@link #MalformedException(String)}, with the cause. */
    public MalformedException(String message, Throwable cause) {
        super(Printable.of(message), cause);
    }

    /** The checked form of this. */
    public RadosException during(String doing) {
        return new RadosException(Errno.EBADMSG, doing + " [" + getMessage() + "]", this);
    }
}
