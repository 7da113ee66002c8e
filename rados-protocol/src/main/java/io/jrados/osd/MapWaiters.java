package io.jrados.osd;

import io.jrados.error.DeadlineException;
import io.jrados.error.DeadlineException.Sent;
import io.jrados.error.Explanation;
import io.jrados.error.RadosException;
import io.jrados.error.Stage;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;

/** The callers that wait for an epoch of the OSD map. */
final class MapWaiters {
    private record Waiter(long epoch, long sinceNanos, long deadlineNanos, CompletableFuture<Void> done) {}

    private final List<Waiter> waiters = new ArrayList<>();

    void add(long epoch, long sinceNanos, long deadlineNanos, CompletableFuture<Void> done) {
        waiters.add(new Waiter(epoch, sinceNanos, deadlineNanos, done));
    }

    boolean isEmpty() {
        return waiters.isEmpty();
    }

    void reached(long epoch) {
        for (Waiter there : remove(waiter -> waiter.epoch <= epoch)) {
            Guard.run("telling of an OSD map", () -> there.done.complete(null));
        }
    }

    void expire(long nowNanos, long epoch) {
        for (Waiter late : remove(waiter -> nowNanos - waiter.deadlineNanos >= 0)) {
            DeadlineException why = new DeadlineException(
                    "waiting for OSD map " + late.epoch + " with " + epoch + " in force", Sent.UNKNOWN, null);
            Guard.run("telling of an OSD map", () -> late.done.completeExceptionally(why));
        }
    }

    void explain(Explanation.Builder all, Surroundings around) {
        for (Waiter waiter : waiters) {
            Reason reason = new Reason(
                    Stage.MAP, waiter.sinceNanos, "the monitors have not sent it, " + around.epoch() + " is in force");
            all.add(() -> reason.waiting("waiting for OSD map " + waiter.epoch, around));
        }
    }

    void fail(RadosException why) {
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
