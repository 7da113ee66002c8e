package io.jrados.error;

import java.io.IOException;

/**
 * A failure of the cluster, the network or a request: what was being done, and an errno.
 *
 * <p>Subclasses exist only for what a caller is expected to catch. Messages name things that others may have named, so
 * control characters in them are escaped as {@link Printable} says.
 */
public class RadosException extends IOException {
    private static final long serialVersionUID = 1L;

    private final Errno errno;
    private final int code;
    private final String doing;

    /** @param doing what was being done, as a participle: "opening image images/golden" */
    public RadosException(Errno errno, String doing) {
        this(errno, errno.number(), Printable.of(doing), null);
    }

    /** As {@link #RadosException(Errno, String)}, with the cause. */
    public RadosException(Errno errno, String doing, Throwable cause) {
        this(errno, errno.number(), Printable.of(doing), cause);
    }

    /** @param doing escaped */
    private RadosException(Errno errno, int code, String doing, Throwable cause) {
        super(doing + ": " + text(errno, code), cause);
        this.errno = errno;
        this.code = code;
        this.doing = doing;
    }

    /** A copy of another failure, see {@link #copy}. */
    RadosException(RadosException original) {
        super(original.getMessage(), original);
        this.errno = original.errno;
        this.code = original.code;
        this.doing = original.doing;
    }

    private static String text(Errno errno, int code) {
        return errno == Errno.UNKNOWN ? "error " + code : errno.meaning() + " (" + errno + ")";
    }

    /** The exception of a result code, negative as on the wire or positive. */
    public static RadosException of(int code, String doing) {
        Errno errno = Errno.of(code);
        return errno == Errno.UNKNOWN
                ? new RadosException(errno, Math.abs(code), Printable.of(doing), null)
                : of(errno, doing);
    }

    /** The exception of an errno, in the subclass that callers catch. */
    public static RadosException of(Errno errno, String doing) {
        return of(errno, doing, null);
    }

    /** As {@link #of(Errno, String)}, with the cause. */
    public static RadosException of(Errno errno, String doing, Throwable cause) {
        return switch (errno) {
            case ENOENT -> new NotFoundException(doing, cause);
            case EEXIST -> new AlreadyExistsException(doing, cause);
            case EBUSY -> new BusyException(doing, cause);
            case EBLOCKLISTED -> new FencedException(doing, cause);
            case ETIMEDOUT -> new DeadlineException(doing, DeadlineException.Sent.UNKNOWN, cause);
            default -> new RadosException(errno, doing, cause);
        };
    }

    /**
     * An exception that says the same and was made here. Several callers may wait for one operation: each throws a copy
     * of its failure, with the caller's own stack, and nobody adds to what the others have.
     *
     * @return of the same class, with this as its cause; this itself if the class is not one of this package
     */
    public RadosException copy() {
        return getClass() == RadosException.class ? new RadosException(this) : this;
    }

    /** Returns the error number. */
    public final Errno errno() {
        return errno;
    }

    /** The positive number that arrived, also for errors which {@link Errno} does not list. */
    public final int code() {
        return code;
    }

    /** Returns the action that failed. */
    public final String doing() {
        return doing;
    }
}
