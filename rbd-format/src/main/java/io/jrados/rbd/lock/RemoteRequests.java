package io.jrados.rbd.lock;

import io.jrados.conf.Environment;
import io.jrados.conf.Loop;
import io.jrados.error.ClosedException;
import io.jrados.error.Errno;
import io.jrados.error.Explanation;
import io.jrados.error.Stage;
import io.jrados.error.Waiting;
import io.jrados.rbd.model.Progress;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Verbs that this client has asked the lock's owner for (notify_async_request in src/librbd/ImageWatcher.cc): asked,
 * then told about the progress, then about the end. All on one loop.
 */
public final class RemoteRequests {
    private final Loop loop;
    private final Environment environment;
    private final Duration timeout;
    private final Function<NotifyMessage, CompletableFuture<Integer>> askOwner;
    private final Map<RequestId, Asked> underWay = new HashMap<>();

    /** @param environment for the wall clock */
    RemoteRequests(
            Loop loop,
            Environment environment,
            Duration timeout,
            Function<NotifyMessage, CompletableFuture<Integer>> askOwner) {
        this.loop = loop;
        this.environment = environment;
        this.timeout = timeout;
        this.askOwner = askOwner;
    }

    private static final class Asked {
        private final NotifyOp op;
        private final long sinceMillis;
        private final Progress progress;
        private final CompletableFuture<End> done;
        private boolean agreed;
        private long reported;
        private Loop.@Nullable Timer timer;

        Asked(NotifyOp op, long sinceMillis, Progress progress, CompletableFuture<End> done) {
            this.op = op;
            this.sinceMillis = sinceMillis;
            this.progress = progress;
            this.done = done;
        }
    }

    /**
     * The end of one asking.
     *
     * @param result 0, what the owner's verb failed with, ETIMEDOUT if the owner does not answer or goes silent,
     *     ERESTART if it may be the owner no more, or its word may have been missed; negative
     * @param begun whether the owner had said that it does it, and has not said how it ended
     */
    public record End(int result, boolean begun) {}

    /** Asks once. */
    CompletableFuture<End> askAsync(RequestId id, NotifyMessage message, Progress progress) {
        CompletableFuture<End> done = new CompletableFuture<>();
        loop.execute(() -> {
            Asked asked = new Asked(message.op(), environment.wallClockMillis(), progress, done);
            underWay.put(id, asked);
            waitFor(id, asked);
            askOwner.apply(message)
                    .whenComplete((answer, failed) -> loop.execute(() -> {
                        if (failed != null) {
                            end(id, asked, failed);
                        } else if (answer != 0) {
                            said(id, asked, answer);
                        } else {
                            asked.agreed = true;
                        }
                    }));
        });
        return done;
    }

    private void waitFor(RequestId id, Asked asked) {
        if (asked.timer != null) {
            asked.timer.cancel();
        }
        asked.timer = loop.schedule(timeout, () -> end(id, asked, -Errno.ETIMEDOUT.number()));
    }

    /** Ends it as the owner has said. */
    private void said(RequestId id, Asked asked, int result) {
        if (forget(id, asked)) {
            asked.done.complete(new End(result, false));
        }
    }

    /** Ends it here, whatever the owner does. */
    private void end(RequestId id, Asked asked, int result) {
        if (forget(id, asked)) {
            asked.done.complete(new End(result, asked.agreed));
        }
    }

    private void end(RequestId id, Asked asked, Throwable failed) {
        if (forget(id, asked)) {
            asked.done.completeExceptionally(failed);
        }
    }

    private boolean forget(RequestId id, Asked asked) {
        if (asked.timer != null) {
            asked.timer.cancel();
        }
        return underWay.remove(id, asked);
    }

    void progressed(RequestId id, long done, long total) {
        loop.execute(() -> {
            Asked asked = underWay.get(id);
            if (asked != null) {
                waitFor(id, asked);
                if (done > asked.reported) {
                    asked.reported = done;
                    asked.progress.report(done, total);
                }
            }
        });
    }

    void completed(RequestId id, int result) {
        loop.execute(() -> {
            Asked asked = underWay.get(id);
            if (asked != null) {
                said(id, asked, result);
            }
        });
    }

    /** Nobody knows what becomes of what the owner, or its predecessor, was asked for: it is asked for again. */
    void askAgain() {
        loop.execute(() -> List.copyOf(underWay.entrySet())
                .forEach(entry -> end(entry.getKey(), entry.getValue(), -Errno.EOLDSNAPC.number())));
    }

    void close() {
        loop.execute(() -> List.copyOf(underWay.entrySet())
                .forEach(entry -> end(
                        entry.getKey(),
                        entry.getValue(),
                        new ClosedException("waiting for what the owner of an image's lock does"))));
    }

    /** Adds those that are under way. On the loop. */
    void explain(String image, Explanation.Builder all) {
        for (Asked asked : underWay.values()) {
            all.add(() -> new Waiting(
                    "having the owner of the lock do " + asked.op + " of image " + image,
                    Stage.OWNER,
                    Instant.ofEpochMilli(asked.sinceMillis),
                    asked.agreed
                            ? "it does it, and has told of " + asked.reported + " so far"
                            : "it has not said that it does it"));
        }
    }
}
