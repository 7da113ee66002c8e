package io.jrados.rbd.lock;

import io.jrados.error.DeadlineException;
import io.jrados.error.Errno;
import io.jrados.error.MalformedException;
import io.jrados.error.RadosException;
import io.jrados.rados.NotifyResult;
import io.jrados.rados.Pool;
import io.jrados.wire.Decoder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Tells the other clients of an image something (src/librbd/watcher/Notifier.cc,
 * src/librbd/image_watcher/NotifyLockOwner.cc).
 */
public final class Notifier {
    /** NOTIFY_TIMEOUT: how long they may take to answer. */
    static final Duration TIMEOUT = Duration.ofSeconds(5);

    private final Pool pool;
    private final String header;

    public Notifier(Pool pool, String header) {
        this.pool = pool;
        this.header = header;
    }

    /** The answers that were not empty. */
    record Answers(List<Integer> results, boolean complete) {}

    /** Tells everybody, this client too. */
    CompletableFuture<Answers> notifyAsync(NotifyMessage message) {
        return pool.notifyAsync(header, message.toBytes(), TIMEOUT).thenCompose(this::answers);
    }

    private CompletableFuture<Answers> answers(NotifyResult result) {
        List<Integer> results = new ArrayList<>();
        try {
            for (NotifyResult.Reply reply : result.replies()) {
                if (reply.answer().length > 0) {
                    results.add(
                            NotifyResponse.decode(Decoder.of(reply.answer())).result());
                }
            }
        } catch (MalformedException malformed) {
            return CompletableFuture.failedFuture(malformed.during("reading an answer of a client of " + header));
        }
        return CompletableFuture.completedFuture(
                new Answers(results, result.missed().isEmpty()));
    }

    /**
     * Asks the lock's owner, the only one that answers with something: 0 or a negative errno. ETIMEDOUT if there is
     * none, EINVAL if there are two.
     */
    CompletableFuture<Integer> askOwnerAsync(NotifyMessage message) {
        return notifyAsync(message)
                .thenApply(answers -> switch (answers.results().size()) {
                    case 0 -> -Errno.ETIMEDOUT.number();
                    case 1 -> answers.results().get(0);
                    default -> -Errno.EINVAL.number();
                });
    }

    /**
     * Tells everybody that the header has changed, when that is durable. Watchers that do not answer, and a header that
     * is gone, are no failure; that nobody could be told in time is one.
     */
    public CompletableFuture<Void> headerUpdateAsync() {
        return notifyAsync(new NotifyMessage.HeaderUpdate())
                .<Void>thenApply(answers -> null)
                .exceptionallyCompose(failed -> Failures.of(failed) instanceof RadosException known
                                && !(known instanceof DeadlineException)
                                && (known.errno() == Errno.ETIMEDOUT || known.errno() == Errno.ENOENT)
                        ? CompletableFuture.completedFuture(null)
                        : CompletableFuture.failedFuture(failed));
    }
}
