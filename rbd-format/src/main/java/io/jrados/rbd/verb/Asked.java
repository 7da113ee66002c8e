package io.jrados.rbd.verb;

import io.jrados.rados.Pool;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Submits the blocking form of a call to the client's threads for verbs: the one way of every asynchronous form. */
public final class Asked {
    private static final Logger LOG = LoggerFactory.getLogger(Asked.class);

    private Asked() {}

    /** A blocking call without a result. */
    @FunctionalInterface
    public interface Call {
        void run() throws Exception;
    }

    /** @param doing as a participle, with the thing: "creating image p/i" */
    public static <T> CompletableFuture<T> get(Pool pool, String doing, Callable<? extends T> call) {
        return VerbThreads.of(pool.rados()).asked().submit(doing, pool.deadline(), call);
    }

    /**
     * Completes when the verbs that this program asked for before have ended, with what takes their steps back; fails
     * with ETIMEDOUT at the pool's deadline.
     */
    public static CompletableFuture<Void> endOfAll(Pool pool) {
        return VerbThreads.of(pool.rados()).asked().endOfAll(pool.deadline());
    }

    public static CompletableFuture<Void> run(Pool pool, String doing, Call call) {
        return get(pool, doing, () -> {
            call.run();
            return null;
        });
    }

    /** Closes what is opened if nobody is given it any more. */
    public static <T extends AutoCloseable> CompletableFuture<T> open(
            Pool pool, String doing, Callable<? extends T> call) {
        return VerbThreads.of(pool.rados()).asked().submit(doing, pool.deadline(), call, opened -> {
            try {
                opened.close();
            } catch (Exception failed) {
                LOG.warn("{} was given up, and what was opened cannot be closed: {}", doing, failed.getMessage());
            }
        });
    }
}
