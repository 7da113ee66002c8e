package io.jrados.rbd.lock;

import io.jrados.error.ClosedException;
import io.jrados.error.DeadlineException;
import io.jrados.error.Errno;
import io.jrados.error.FencedException;
import io.jrados.error.RadosException;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.CompletionException;

/** Helpers for the failures of futures. */
final class Failures {
    /** The errors that are no answer of an OSD, or one that could not be read. */
    private static final Set<Errno> UNANSWERED =
            EnumSet.of(Errno.EIO, Errno.ECANCELED, Errno.EBADMSG, Errno.EBADF, Errno.ENOTCONN, Errno.EINTR);

    private Failures() {}

    /** Without the wrappings of futures. */
    static Throwable of(Throwable failed) {
        return failed instanceof CompletionException && failed.getCause() != null ? failed.getCause() : failed;
    }

    /** As one of ours; EIO for a bug. */
    static RadosException of(Throwable failed, String doing) {
        return of(failed) instanceof RadosException known ? known : new RadosException(Errno.EIO, doing, of(failed));
    }

    /** Whether this client can do nothing in its cluster any more: it is fenced, or closed. */
    static boolean isFinal(Throwable failed) {
        return of(failed) instanceof FencedException || of(failed) instanceof ClosedException;
    }

    /** As {@link #isFinal} tells, of a whole image. */
    static RadosException forGood(String doing, RadosException why) {
        return why instanceof ClosedException
                ? new ClosedException(doing + ", whose client is closed", why)
                : new FencedException(doing + ", for good", why);
    }

    /** Whether what failed may have been done all the same, or may still be: nobody who refused it has said so. */
    static boolean isInDoubt(Throwable failed) {
        Throwable cause = of(failed);
        if (cause instanceof DeadlineException late) {
            return late.sent() != DeadlineException.Sent.NEVER_SENT;
        }
        return !(cause instanceof RadosException known) || UNANSWERED.contains(known.errno());
    }

    static boolean is(Throwable failed, Errno errno) {
        return of(failed) instanceof RadosException known && known.errno() == errno;
    }
}
