package io.jrados.cli;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;

/**
 * Ends a command in good order when the program is told to stop, as by Ctrl-C. A JVM that is told so stops wherever it
 * is: a half-made image, a lock and a watch would stay behind. So the command's thread is interrupted, which makes the
 * library take back what it began, and the JVM waits for that.
 */
final class CleanEnd {
    /**
     * The time in which a command takes back what it began, on a cluster that answers; then the program ends anyway.
     */
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private CleanEnd() {}

    /** Runs a command on this thread. When the JVM is told to stop meanwhile, its exit code is the signal's. */
    static int of(IntSupplier command) {
        Thread running = Thread.currentThread();
        CountDownLatch ended = new CountDownLatch(1);
        Thread hook = new Thread(() -> interrupt(running, ended), "jrados-stop");
        Runtime.getRuntime().addShutdownHook(hook);
        try {
            return command.getAsInt();
        } finally {
            ended.countDown();
            forget(hook);
        }
    }

    private static void interrupt(Thread running, CountDownLatch ended) {
        running.interrupt();
        try {
            if (!ended.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                System.err.println("jrados: told to stop, and not done with cleaning up after " + PATIENCE.toSeconds()
                        + " s: something may be left behind");
            }
        } catch (InterruptedException hurry) {
            Thread.currentThread().interrupt();
        }
    }

    private static void forget(Thread hook) {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException stopping) {
            // The hook is what runs just now, and the JVM ends with it.
            Thread.currentThread().interrupt();
        }
    }
}
