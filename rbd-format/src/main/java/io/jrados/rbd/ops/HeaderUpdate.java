package io.jrados.rbd.ops;

import io.jrados.error.DeadlineException;
import io.jrados.error.Printable;
import io.jrados.error.RadosException;
import io.jrados.rados.Pool;
import io.jrados.rados.Wait;
import io.jrados.rbd.lock.Notifier;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The notice that a header has changed, for everybody who has the image open. The change is durable, or may be: that
 * nobody could be told is no failure of the verb. It is told again, a few times, and logged.
 */
final class HeaderUpdate {
    private static final Logger LOG = LoggerFactory.getLogger(HeaderUpdate.class);
    private static final int ATTEMPTS = 4;
    private static final Duration PAUSE = Duration.ofSeconds(5);

    private final Pool pool;
    private final String header;

    private HeaderUpdate(Pool pool, String header) {
        this.pool = pool;
        this.header = header;
    }

    /** Tells everybody, and waits until they were told, or could not be told at the first attempt. */
    static void tell(Pool pool, String header) throws RadosException {
        Wait.throughInterrupts(tellAsync(pool, header));
    }

    /** Completes after the first attempt, and never with a failure. */
    static CompletableFuture<Void> tellAsync(Pool pool, String header) {
        return new HeaderUpdate(pool, header).attempt(1);
    }

    private CompletableFuture<Void> attempt(int number) {
        CompletableFuture<Void> told;
        try {
            told = new Notifier(pool, header).headerUpdateAsync();
        } catch (RuntimeException failed) {
            told = CompletableFuture.failedFuture(failed);
        }
        return told.exceptionally(failed -> {
            LOG.warn(
                    "telling who has {} open that it has changed, attempt {}: {}",
                    Printable.of(header),
                    number,
                    failed.getMessage());
            if (number < ATTEMPTS
                    && failed instanceof CompletionException wrapped
                    && wrapped.getCause() instanceof DeadlineException) {
                again(number + 1);
            }
            return null;
        });
    }

    private void again(int number) {
        try {
            pool.rados().loop().schedule(PAUSE, () -> attempt(number));
        } catch (RejectedExecutionException closed) {
            LOG.warn("nobody is told that {} has changed: the client is closed", header);
        }
    }
}
