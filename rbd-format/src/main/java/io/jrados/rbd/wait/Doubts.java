package io.jrados.rbd.wait;

import io.jrados.conf.Loop;
import io.jrados.error.DeadlineException;
import io.jrados.osd.op.WriteInDoubt;
import io.jrados.rbd.model.DoubtfulExtent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * An image's changes whose callers stopped waiting while their outcome is unknown. Such a change may still be applied,
 * so it counts as one that is inside the gate: whoever waits until all writes are out waits for it too. The pool's
 * client tells of it before the request that it belongs to ends, and so before the gate could believe that nobody is
 * left. Thread-safe.
 *
 * <p>The client bounds how many writes can be in doubt.
 */
public final class Doubts implements Consumer<WriteInDoubt> {
    /** Extents that a message names. */
    private static final int MAX_NAMED = 8;

    private final String image;
    private final Function<WriteInDoubt, List<DoubtfulExtent>> extents;
    private final Supplier<Loop> loop;
    private final Duration patience;
    private final Map<WriteInDoubt, CompletableFuture<Void>> open = new ConcurrentHashMap<>();

    /**
     * @param image for messages
     * @param extents what a write may reach
     * @param loop for timers
     * @param patience how long {@link #settledAsync} waits
     */
    public Doubts(
            String image,
            Function<WriteInDoubt, List<DoubtfulExtent>> extents,
            Supplier<Loop> loop,
            Duration patience) {
        this.image = image;
        this.extents = extents;
        this.loop = loop;
        this.patience = patience;
    }

    /** Returns the doubts of an image that nobody writes to. */
    static Doubts none() {
        return new Doubts(
                "",
                write -> List.of(),
                () -> {
                    throw new IllegalStateException("nothing is in doubt");
                },
                Duration.ZERO);
    }

    @Override
    public void accept(WriteInDoubt write) {
        CompletableFuture<Void> over = new CompletableFuture<>();
        open.put(write, over);
        write.settledAsync().whenComplete((settled, never) -> {
            open.remove(write);
            over.complete(null);
        });
    }

    public boolean isEmpty() {
        return open.isEmpty();
    }

    /** Returns the extents that may still change, by the offset. */
    public List<DoubtfulExtent> extents() {
        List<DoubtfulExtent> found = new ArrayList<>();
        open.keySet().forEach(write -> found.addAll(extents.apply(write)));
        found.sort(Comparator.comparingLong(DoubtfulExtent::offset));
        return found;
    }

    /**
     * Completes when all that is in doubt now is settled. Fails with ETIMEDOUT after the deadline of the image's
     * writes, naming the extents; nothing about them has changed then.
     *
     * @param doing what is being done to the image, as a participle: "flushing"
     */
    public CompletableFuture<Void> settledAsync(String doing) {
        return settledAsync(doing, object -> true);
    }

    /**
     * As {@link #settledAsync(String)}, for what is in doubt about some objects.
     *
     * @param which tells by the name of the object
     */
    public CompletableFuture<Void> settledAsync(String doing, Predicate<String> which) {
        CompletableFuture<Void> all = overAsync(which);
        if (all.isDone()) {
            return all;
        }
        CompletableFuture<Void> settled = new CompletableFuture<>();
        Runnable late = () -> settled.completeExceptionally(new DeadlineException(
                doing + " image " + image + ": " + describe(), DeadlineException.Sent.UNKNOWN, null));
        try {
            Loop.Timer timer = loop.get().schedule(patience, late);
            all.whenComplete((done, never) -> {
                timer.cancel();
                settled.complete(null);
            });
        } catch (RejectedExecutionException closed) {
            late.run();
        }
        return settled;
    }

    /** Completes, without a deadline, when all that is in doubt now about some objects is settled. */
    public CompletableFuture<Void> overAsync(Predicate<String> which) {
        return CompletableFuture.allOf(open.entrySet().stream()
                .filter(doubt -> which.test(doubt.getKey().object()))
                .map(Map.Entry::getValue)
                .toArray(CompletableFuture<?>[]::new));
    }

    /** Nothing of what is in doubt is sent again: another client owns the image by now. */
    public void abandon() {
        open.keySet().forEach(WriteInDoubt::abandonAsync);
    }

    /** The extents in doubt, as a clause: "2 changes are in doubt: write of 4096 at 0 since ..., ...". */
    public String describe() {
        List<DoubtfulExtent> found = extents();
        StringBuilder text =
                new StringBuilder(found.size() == 1 ? "a change is in doubt" : found.size() + " changes are in doubt");
        for (int i = 0; i < Math.min(found.size(), MAX_NAMED); i++) {
            text.append(i == 0 ? ": " : ", ").append(found.get(i));
        }
        return text.append(found.size() > MAX_NAMED ? ", ..." : "").toString();
    }
}
