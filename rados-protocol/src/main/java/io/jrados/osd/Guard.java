package io.jrados.osd;

import io.jrados.error.Errno;
import io.jrados.error.RadosException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps what one step throws from the steps behind it. The Objecter's loop does things for many operations, watches and
 * sessions in a row: a user's executor, an observer or a lack of memory that stops one of them must not stop the
 * others, nor the timer that ends what is late.
 */
final class Guard {
    private static final Logger LOG = LoggerFactory.getLogger(Guard.class);

    private Guard() {}

    /**
     * Runs a step and logs what it throws.
     *
     * @param what it does, as a participle
     * @return whether it ended well
     */
    static boolean run(String what, Runnable step) {
        try {
            step.run();
            return true;
        } catch (RuntimeException | Error broken) {
            log(what, broken);
            return false;
        }
    }

    /** Logs a failure that nobody is told of. */
    static void log(String what, Throwable broken) {
        try {
            LOG.error("{} failed; all else goes on", what, broken);
        } catch (RuntimeException | Error unlogged) {
            // Without the memory for a line in a log there is nothing left to tell it with; the next failure tries
            // again.
            broken.addSuppressed(unlogged);
        }
    }

    /** The failure of an operation that something unexpected stopped: ENOMEM for a lack of memory, EIO for all else. */
    static RadosException failure(String doing, Throwable broken) {
        return new RadosException(broken instanceof OutOfMemoryError ? Errno.ENOMEM : Errno.EIO, doing, broken);
    }
}
