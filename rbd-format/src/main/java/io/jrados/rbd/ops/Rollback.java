package io.jrados.rbd.ops;

import io.jrados.error.AlreadyExistsException;
import io.jrados.error.DeadlineException;
import io.jrados.error.RadosException;
import io.jrados.rados.Undisturbed;
import java.util.ArrayDeque;

/** Steps of a verb that are taken back, newest first, when a later one fails. */
final class Rollback {
    /** Part of a verb. */
    @FunctionalInterface
    interface Step {
        void run() throws RadosException;
    }

    private final ArrayDeque<Step> undo = new ArrayDeque<>();

    /**
     * Takes a step. It is taken back later even if it failed, because a failed request may have had its effect; but not
     * after EEXIST, when the thing is somebody else's.
     */
    void attempt(Step step, Step takenBack) throws RadosException {
        try {
            step.run();
        } catch (AlreadyExistsException others) {
            throw others;
        } catch (RadosException unknown) {
            undo.push(takenBack);
            throw unknown;
        }
        undo.push(takenBack);
    }

    /**
     * Takes everything back, whether this thread is interrupted or not. What fails there is added to {@code failed}; a
     * time-out ends it, because the cluster is away.
     */
    void run(Throwable failed) {
        takeBack(failed, () -> takeAllBack(failed));
    }

    /** Takes one step back, whether this thread is interrupted or not. If that fails it is added to {@code failed}. */
    static void takeBack(Throwable failed, Step step) {
        try {
            Undisturbed.run(step::run);
        } catch (RadosException | RuntimeException another) {
            failed.addSuppressed(another);
        }
    }

    private void takeAllBack(Throwable failed) {
        while (!undo.isEmpty()) {
            try {
                undo.pop().run();
            } catch (DeadlineException away) {
                failed.addSuppressed(away);
                return;
            } catch (RadosException | RuntimeException another) {
                failed.addSuppressed(another);
            }
        }
    }
}
