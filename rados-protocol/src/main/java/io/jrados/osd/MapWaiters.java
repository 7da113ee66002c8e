package io.jrados.osd;

import io.jrados.error.DeadlineException;
import io.jrados.error.DeadlineException.Sent;
import io.jrados.error.Errno;
import io.jrados.error.Explanation;
import io.jrados.error.RadosException;
import io.jrados.error.Stage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The callers that wait for an epoch of the OSD map, and the questions to the monitors which one is the newest.
 * Confined to the Objecter's loop, but for what says otherwise.
 */
final class MapWaiters {
    /** The time that monitors have to say which epoch is the newest, and then to send it. */
    private static final Duration NEWEST_WITHIN = Duration.ofSeconds(30);

    /** Callers that wait at once; those beyond fail with EAGAIN. */
    static final int MOST = 1 << 16;

    private record Waiter(long epoch, long sinceNanos, long deadlineNanos, CompletableFuture<Void> done) {}

    private final Surroundings around;
    private final List<Waiter> waiters = new ArrayList<>();
    private @Nullable Function<String, RadosException> closed;

    MapWaiters(Surroundings around) {
        this.around = around;
    }

    /** Completes once the map in force is of this epoch or a later one. Any thread. */
    CompletableFuture<Void> waitFor(long epoch, Duration deadline) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        long deadlineNanos = around.now() + deadline.toNanos();
        around.inbox().add(() -> {
            Function<String, RadosException> end = closed;
            if (end != null) {
                done.completeExceptionally(end.apply("waiting for OSD map " + epoch));
            } else if (around.epoch() >= epoch && around.epoch() > 0) {
                done.complete(null);
            } else if (waiters.size() >= MOST) {
                done.completeExceptionally(new RadosException(
                        Errno.EAGAIN, "waiting for OSD map " + epoch + ", as " + MOST + " others do"));
            } else {
                waiters.add(new Waiter(epoch, around.now(), deadlineNanos, done));
                around.requestMap();
                around.wakeTick();
            }
        });
        return done;
    }

    /** The newest epoch that the monitors have; completes on the loop. */
    CompletableFuture<Long> newestEpoch() {
        return onLoop(around.monitors().newestOsdMap(NEWEST_WITHIN));
    }

    /** Completes on the loop once the map in force is the newest that the monitors have. */
    CompletableFuture<Void> reachNewest() {
        return onLoop(
                around.monitors().newestOsdMap(NEWEST_WITHIN).thenCompose(epoch -> waitFor(epoch, NEWEST_WITHIN)));
    }

    private <T> CompletableFuture<T> onLoop(CompletableFuture<T> anywhere) {
        CompletableFuture<T> here = new CompletableFuture<>();
        anywhere.whenComplete((value, failure) -> around.inbox().add(() -> {
            if (failure == null) {
                here.complete(value);
            } else {
                here.completeExceptionally(failure);
            }
        }));
        return here;
    }

    boolean isEmpty() {
        return waiters.isEmpty();
    }

    /** A newer map is in force. */
    void reached() {
        long epoch = around.epoch();
        for (Waiter there : remove(waiter -> waiter.epoch <= epoch)) {
            Guard.run("telling of an OSD map", () -> there.done.complete(null));
        }
    }

    void expire(long nowNanos) {
        for (Waiter late : remove(waiter -> nowNanos - waiter.deadlineNanos >= 0)) {
            DeadlineException why = new DeadlineException(
                    "waiting for OSD map " + late.epoch + " with " + around.epoch() + " in force", Sent.UNKNOWN, null);
            Guard.run("telling of an OSD map", () -> late.done.completeExceptionally(why));
        }
    }

    void explain(Explanation.Builder all) {
        for (Waiter waiter : waiters) {
            Reason reason = new Reason(
                    Stage.MAP, waiter.sinceNanos, "the monitors have not sent it, " + around.epoch() + " is in force");
            all.add(() -> reason.waiting("waiting for OSD map " + waiter.epoch, around));
        }
    }

    /** Ends them, and all that come later. */
    void close(Function<String, RadosException> reason) {
        closed = reason;
        RadosException why = reason.apply("waiting for an OSD map");
        for (Waiter left : remove(waiter -> true)) {
            Guard.run("telling of an OSD map", () -> left.done.completeExceptionally(why));
        }
    }

    private List<Waiter> remove(Predicate<Waiter> which) {
        List<Waiter> removed = new ArrayList<>();
        for (Iterator<Waiter> i = waiters.iterator(); i.hasNext(); ) {
            Waiter waiter = i.next();
            if (which.test(waiter)) {
                i.remove();
                removed.add(waiter);
            }
        }
        return removed;
    }
}
