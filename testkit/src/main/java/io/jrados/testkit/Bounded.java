package io.jrados.testkit;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A call on a thread of its own that must end in time. A call that does not end fails the test with the stacks of all
 * threads, where a test's own time-out would say only that the test was slow. The call can be interrupted meanwhile.
 */
public final class Bounded {
    private final String what;
    private final Thread thread;
    private final CompletableFuture<Optional<Throwable>> end = new CompletableFuture<>();

    /** Something that may throw anything. */
    @FunctionalInterface
    public interface Call {
        void run() throws Exception;
    }

    private Bounded(String what, Call call) {
        this.what = what;
        thread = new Thread(() -> end.complete(outcome(call)), "bounded: " + what);
        thread.setDaemon(true);
    }

    /** Begins a call; {@link #end} waits for it. */
    public static Bounded begin(String what, Call call) {
        Bounded begun = new Bounded(what, call);
        begun.thread.start();
        return begun;
    }

    /** Runs a call and returns what it threw, or nothing; fails when it does not end within {@code limit}. */
    public static Optional<Throwable> run(String what, Duration limit, Call call) {
        return begin(what, call).end(limit);
    }

    private static Optional<Throwable> outcome(Call call) {
        try {
            call.run();
            return Optional.empty();
        } catch (Throwable failed) {
            return Optional.of(failed);
        }
    }

    /** Interrupts the call's thread. */
    public void interrupt() {
        thread.interrupt();
    }

    /** Whether the call has ended. */
    public boolean isDone() {
        return end.isDone();
    }

    /** Returns what the call threw, or nothing; fails when it is open {@code limit} from now, interrupted or not. */
    public Optional<Throwable> end(Duration limit) {
        long until = System.nanoTime() + limit.toNanos();
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return end.get(until - System.nanoTime(), TimeUnit.NANOSECONDS);
                } catch (InterruptedException later) {
                    interrupted = true;
                }
            }
        } catch (TimeoutException open) {
            throw new AssertionError(what + " did not end within " + limit + "\n" + stacks());
        } catch (ExecutionException impossible) {
            throw new AssertionError(impossible);
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** The stacks of all threads, as a thread dump has them. */
    public static String stacks() {
        StringBuilder text = new StringBuilder();
        for (Map.Entry<Thread, StackTraceElement[]> one :
                Thread.getAllStackTraces().entrySet()) {
            text.append('"')
                    .append(one.getKey().getName())
                    .append("\" ")
                    .append(one.getKey().getState())
                    .append('\n');
            for (StackTraceElement frame : one.getValue()) {
                text.append("    at ").append(frame).append('\n');
            }
        }
        return text.toString();
    }
}
