package io.jrados.rbd;

import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Blocking steps of a test on threads of its own. */
public final class Background implements AutoCloseable {
    private final ExecutorService threads;

    /** @param count steps that run at a time */
    public Background(int count) {
        this.threads = Executors.newFixedThreadPool(count, task -> {
            Thread thread = new Thread(task, "test-background");
            thread.setDaemon(true);
            return thread;
        });
    }

    /** Steps without a result. */
    public interface Steps {
        void run() throws Exception;
    }

    public <T> CompletableFuture<T> call(Callable<T> steps) {
        CompletableFuture<T> done = new CompletableFuture<>();
        threads.execute(() -> {
            try {
                done.complete(steps.call());
            } catch (Throwable failed) {
                done.completeExceptionally(failed);
            }
        });
        return done;
    }

    public CompletableFuture<Void> run(Steps steps) {
        return call(() -> {
            steps.run();
            return null;
        });
    }

    /** Interrupts what runs, and does not wait. */
    @Override
    public void close() {
        threads.shutdownNow();
    }
}
