package io.jrados.rbd.wait;

import io.jrados.conf.Environment;
import io.jrados.conf.Loop;
import io.jrados.error.Explanation;
import io.jrados.error.Stage;
import io.jrados.error.Waiting;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/**
 * Holds requests back so that an image does no more than its limits (src/librbd/io/QosImageDispatch.cc). Those that
 * change the image keep the order in which they came, also those that no limit concerns, and so do those that read it;
 * a flush comes behind every change before it (src/librbd/io/FlushTracker.h).
 */
public final class Qos {
    private final Supplier<Loop> loop;
    private final Supplier<QosLimits> wanted;
    private final QosLine reads;
    private final QosLine changes;
    private volatile Current current = new Current(new QosLimits(Map.of(), Duration.ZERO, Set.of()), Map.of());

    private record Current(QosLimits limits, Map<QosLimits.Kind, TokenBucket> buckets) {}

    /**
     * @param loop for ticks, asked for when there is a limit
     * @param wanted the limits, which may change
     * @param environment for the wall clock
     */
    public Qos(Supplier<Loop> loop, Supplier<QosLimits> wanted, Environment environment) {
        this.reads = new QosLine(environment);
        this.changes = new QosLine(environment);
        this.loop = loop;
        this.wanted = wanted;
    }

    /** Other limits hold from now on; only the first of those who wait keeps its own. */
    private Current follow(QosLimits limits) {
        Current before = current;
        if (limits == before.limits) {
            return before;
        }
        Map<QosLimits.Kind, TokenBucket> buckets = new EnumMap<>(QosLimits.Kind.class);
        limits.limits().forEach((kind, limit) -> {
            TokenBucket known = before.buckets.get(kind);
            boolean same = known != null && known.limit().equals(limit);
            buckets.put(kind, same ? known : new TokenBucket(loop.get(), limit, limits.tick()));
        });
        Current after = new Current(limits, buckets);
        current = after;
        return after;
    }

    /**
     * Makes a request when its turn has come.
     *
     * @param what as {@code rbd_qos_exclude_ops} names it
     */
    public <T> CompletableFuture<T> pass(String what, long bytes, Supplier<CompletableFuture<T>> request) {
        QosLine line = what.equals("read") ? reads : changes;
        Current now = follow(wanted.get());
        if (line.isIdle() && (now.buckets.isEmpty() || now.limits.excluded().contains(what))) {
            return request.get();
        }
        return line.pass(() -> turn(what, bytes), request);
    }

    private CompletableFuture<Void> turn(String what, long bytes) {
        Current now = follow(wanted.get());
        CompletableFuture<Void> turn = CompletableFuture.completedFuture(null);
        if (now.limits.excluded().contains(what)) {
            return turn;
        }
        boolean read = what.equals("read");
        for (Map.Entry<QosLimits.Kind, TokenBucket> bucket : now.buckets.entrySet()) {
            if (bucket.getKey().concerns(read)) {
                long cost = bucket.getKey().isBytes() ? bytes : 1;
                turn = turn.thenCompose(passed -> bucket.getValue().take(cost));
            }
        }
        return turn;
    }

    /** Runs a step that costs nothing, when all changes that were submitted before have started. */
    public <T> CompletableFuture<T> behindChanges(Supplier<CompletableFuture<T>> step) {
        return behind(changes, step);
    }

    /** Completes when all reads that were submitted before have started. */
    public CompletableFuture<Void> behindReads() {
        return behind(reads, () -> CompletableFuture.completedFuture(null));
    }

    private static <T> CompletableFuture<T> behind(QosLine line, Supplier<CompletableFuture<T>> step) {
        return line.isIdle() ? step.get() : line.pass(() -> CompletableFuture.completedFuture(null), step);
    }

    /** Adds those that wait. */
    public void explain(String image, Explanation.Builder all) {
        explain(reads, true, image, all);
        explain(changes, false, image, all);
    }

    private void explain(QosLine line, boolean read, String image, Explanation.Builder all) {
        Crowd waiting = line.waiting();
        if (!waiting.isEmpty()) {
            String what = read ? waiting.text("read", "reads") : waiting.text("change or flush", "changes and flushes");
            all.add(() -> new Waiting(
                    what + " of image " + image,
                    Stage.LIMIT,
                    waiting.since(),
                    "the image's limits: " + current.limits.text(read)));
        }
    }
}
