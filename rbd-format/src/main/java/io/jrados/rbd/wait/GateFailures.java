package io.jrados.rbd.wait;

import io.jrados.error.DeadlineException;
import io.jrados.error.Errno;
import io.jrados.error.RadosException;
import java.time.Duration;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Failures of those who did not get through a gate. */
final class GateFailures {
    private GateFailures() {}

    /** More than so many wait. */
    static RadosException tooMany(int waiting) {
        return new RadosException(
                Errno.EAGAIN, "waiting for an image whose header changes, never sent: " + waiting + " wait");
    }

    /**
     * Somebody has waited for too long.
     *
     * @param cause of the wait, as a clause
     */
    static RadosException tooLate(GateWait waiting, Duration deadline, Supplier<String> cause) {
        return new DeadlineException(
                doing(waiting) + " an image: waited " + deadline.toMillis() + " ms for " + cause.get(),
                DeadlineException.Sent.NEVER_SENT,
                null);
    }

    private static String doing(GateWait waiting) {
        if (waiting instanceof GateWait.Claim claim) {
            return claim.by() + " of";
        }
        if (waiting instanceof GateWait.Reader) {
            return "reading from";
        }
        return waiting instanceof GateWait.Flush ? "flushing" : "writing to";
    }

    /** Computes a text when it is asked for, and once: many may be late at once, for the same cause. */
    static Supplier<String> once(Supplier<String> text) {
        AtomicReference<@Nullable String> known = new AtomicReference<>();
        return () -> {
            String before = known.get();
            if (before != null) {
                return before;
            }
            String now = text.get();
            known.set(now);
            return now;
        };
    }

    /**
     * Returns the failure of those in line, whose requests were not sent, whatever is in doubt about others' requests.
     */
    static RadosException neverSent(String step, Throwable failed) {
        RadosException why = cause(failed);
        return why instanceof DeadlineException late
                ? new DeadlineException(
                        step + " before the request: " + late.doing(), DeadlineException.Sent.NEVER_SENT, why)
                : why;
    }

    private static RadosException cause(Throwable failed) {
        Throwable cause =
                failed instanceof CompletionException && failed.getCause() != null ? failed.getCause() : failed;
        return cause instanceof RadosException known ? known : new RadosException(Errno.EIO, "reading a header", cause);
    }
}
