package io.jrados.rbd.lock;

import io.jrados.error.Errno;
import io.jrados.error.RadosException;
import java.util.concurrent.CompletionException;

/** What futures fail with. */
final class Failures {
    private Failures() {}

    /** Without the wrappings of futures. */
    static Throwable of(Throwable failed) {
        return failed instanceof CompletionException && failed.getCause() != null ? failed.getCause() : failed;
    }

    /** As one of ours; EIO for a bug. */
    static RadosException of(Throwable failed, String doing) {
        return of(failed) instanceof RadosException known ? known : new RadosException(Errno.EIO, doing, of(failed));
    }

    static boolean is(Throwable failed, Errno errno) {
        return of(failed) instanceof RadosException known && known.errno() == errno;
    }
}
