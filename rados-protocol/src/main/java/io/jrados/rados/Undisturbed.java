package io.jrados.rados;

import io.jrados.error.RadosException;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;

/**
 * Blocking steps that are finished although the thread that wants them is interrupted, as often as anybody likes:
 * taking back what a failed call has done. They run on a thread of their own, which nobody else knows; interrupts of
 * the caller stay pending until they have ended.
 */
public final class Undisturbed {
    private Undisturbed() {}

    /** Blocking steps. */
    @FunctionalInterface
    public interface Steps {
        void run() throws RadosException;
    }

    /**
     * Takes the steps and waits for their end. Each step has its own deadline, and so this ends.
     *
     * @throws RadosException what a step failed with
     */
    public static void run(Steps steps) throws RadosException {
        Objects.requireNonNull(steps, "steps");
        CompletableFuture<Void> done = new CompletableFuture<>();
        Thread thread = new Thread(
                () -> {
                    try {
                        steps.run();
                        done.complete(null);
                    } catch (Throwable failed) {
                        done.completeExceptionally(failed);
                    }
                },
                "jrados-undo");
        thread.setDaemon(true);
        try {
            thread.start();
        } catch (OutOfMemoryError noThread) {
            runHere(steps);
            return;
        }
        Wait.throughInterrupts(done);
    }

    private static void runHere(Steps steps) throws RadosException {
        boolean interrupted = Thread.interrupted();
        try {
            steps.run();
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
