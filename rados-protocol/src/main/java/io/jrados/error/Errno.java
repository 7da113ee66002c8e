package io.jrados.error;

/**
 * The error numbers that Ceph puts on the wire: Linux errno values, whatever the client's platform.
 *
 * <p>Source: src/include/rados.h, src/common/errno.cc, src/include/types.h of Ceph.
 */
public enum Errno {
    EPERM(1, "operation not permitted"),
    ENOENT(2, "no such object, image, snapshot or pool"),
    EINTR(4, "interrupted"),
    EIO(5, "input/output error"),
    ENXIO(6, "no such device or address"),
    EBADF(9, "closed"),
    ECHILD(10, "no child processes"),
    EAGAIN(11, "try again"),
    ENOMEM(12, "out of memory"),
    EACCES(13, "permission denied"),
    EBUSY(16, "in use"),
    EEXIST(17, "exists already"),
    EXDEV(18, "another pool or namespace"),
    EINVAL(22, "invalid argument"),
    EFBIG(27, "too large"),
    ENOSPC(28, "no space left"),
    EROFS(30, "read-only"),
    EMLINK(31, "too many links"),
    EDOM(33, "argument out of range"),
    ERANGE(34, "out of range"),
    ENOSYS(38, "not supported"),
    ENOTEMPTY(39, "not empty"),
    ENODATA(61, "no such attribute"),
    EBADMSG(74, "malformed data"),
    EOVERFLOW(75, "value too large"),
    EILSEQ(84, "data differs"),
    EOLDSNAPC(85, "old snapshot context"),
    EMSGSIZE(90, "message too long"),
    EOPNOTSUPP(95, "operation not supported"),
    EAFNOSUPPORT(97, "address family not supported"),
    EADDRNOTAVAIL(99, "address not available"),
    ENETUNREACH(101, "network unreachable"),
    ECONNRESET(104, "connection reset"),
    ENOTCONN(107, "not connected"),
    /** The instance is fenced. The number is Linux's ESHUTDOWN; a client that was closed is {@link #EBADF}. */
    EBLOCKLISTED(108, "fenced: this client instance is on the cluster's blocklist"),
    ETIMEDOUT(110, "timed out"),
    ECONNREFUSED(111, "connection refused"),
    EHOSTUNREACH(113, "no route to host"),
    EINPROGRESS(115, "in progress"),
    ESTALE(116, "stale"),
    EDQUOT(122, "quota exceeded"),
    ECANCELED(125, "cancelled, or a comparison failed"),
    /** A number that this table does not list; {@link RadosException#code()} tells it. */
    UNKNOWN(-1, "unknown error");

    private static final Errno[] BY_NUMBER = new Errno[134];

    static {
        for (Errno errno : values()) {
            if (errno.number > 0) {
                BY_NUMBER[errno.number] = errno;
            }
        }
    }

    private final int number;
    private final String meaning;

    Errno(int number, String meaning) {
        this.number = number;
        this.meaning = meaning;
    }

    /** The errno of a number as returned by Ceph: {@code -2} and {@code 2} are both ENOENT. */
    public static Errno of(int code) {
        int number = Math.abs(code);
        Errno errno = number > 0 && number < BY_NUMBER.length ? BY_NUMBER[number] : null;
        return errno == null ? UNKNOWN : errno;
    }

    /** The positive number, -1 for {@link #UNKNOWN}. */
    public int number() {
        return number;
    }

    /** Returns its meaning in a few words. */
    public String meaning() {
        return meaning;
    }
}
