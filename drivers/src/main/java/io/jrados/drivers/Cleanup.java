package io.jrados.drivers;

import io.jrados.error.DeadlineException;
import io.jrados.error.RadosException;
import io.jrados.rados.Undisturbed;
import java.util.ArrayDeque;
import java.util.Deque;

/** The steps to undo if a call fails, newest first. */
public final class Cleanup {
    /** One thing to undo. */
    @FunctionalInterface
    public interface Step {
        void run() throws RadosException;
    }

    private final Deque<Step> steps = new ArrayDeque<>();

    public Cleanup() {}

    /** Remembers how to undo what was just done. */
    public void add(Step step) {
        steps.push(step);
    }

    /**
     * Undoes everything, whatever fails on the way: those failures are suppressed in {@code cause}. An interrupt is put
     * off until the end.
     */
    public void run(Throwable cause) {
        try {
            Undisturbed.run(() -> undoAll(cause));
        } catch (RadosException | RuntimeException failed) {
            cause.addSuppressed(failed);
        }
    }

    /**
     * Returns the failure of a call of many steps, one of which was late. It speaks of the whole call: nobody must take
     * the receipt of one write for that of an upload, nor an upload for one that was never begun.
     */
    public static RadosException ofCall(RadosException failed, String doing) {
        if (!(failed instanceof DeadlineException)) {
            return failed;
        }
        DeadlineException call =
                new DeadlineException(doing + ": " + failed.doing(), DeadlineException.Sent.UNKNOWN, failed);
        for (Throwable notUndone : failed.getSuppressed()) {
            call.addSuppressed(notUndone);
        }
        return call;
    }

    private void undoAll(Throwable cause) {
        while (!steps.isEmpty()) {
            try {
                steps.pop().run();
            } catch (RadosException | RuntimeException failed) {
                if (failed != cause) {
                    cause.addSuppressed(failed);
                }
            }
        }
    }
}
