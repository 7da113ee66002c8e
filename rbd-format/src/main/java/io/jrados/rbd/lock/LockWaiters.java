package io.jrados.rbd.lock;

import io.jrados.error.RadosException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Callers who wait for a {@link ManagedLock}, by what they want of it. Belongs to the lock's loop. */
final class LockWaiters {
    private final List<CompletableFuture<Void>> acquirers = new ArrayList<>();
    private final List<CompletableFuture<Boolean>> triers = new ArrayList<>();
    private final List<CompletableFuture<Void>> releasers = new ArrayList<>();
    private final List<CompletableFuture<Void>> closers = new ArrayList<>();

    void acquirer(CompletableFuture<Void> one) {
        acquirers.add(one);
    }

    void trier(CompletableFuture<Boolean> one) {
        triers.add(one);
    }

    void releaser(CompletableFuture<Void> one) {
        releasers.add(one);
    }

    void closer(CompletableFuture<Void> one) {
        closers.add(one);
    }

    /** Whether anybody waits for the lock until its owner gives it away. */
    boolean hasAcquirers() {
        return !acquirers.isEmpty();
    }

    /** Whether anybody wants the lock. */
    boolean isWanted() {
        return !acquirers.isEmpty() || !triers.isEmpty();
    }

    void taken() {
        taken(acquirers).forEach(acquirer -> acquirer.complete(null));
        taken(triers).forEach(trier -> trier.complete(true));
    }

    void triedInVain() {
        taken(triers).forEach(trier -> trier.complete(false));
    }

    void refused(RadosException why) {
        taken(acquirers).forEach(acquirer -> acquirer.completeExceptionally(why));
        taken(triers).forEach(trier -> trier.completeExceptionally(why));
    }

    void givenBack() {
        taken(releasers).forEach(releaser -> releaser.complete(null));
    }

    /** An attempt to give it back has failed. */
    void kept(RadosException why) {
        taken(releasers).forEach(releaser -> releaser.completeExceptionally(why));
        taken(closers).forEach(closer -> closer.completeExceptionally(why));
    }

    /** @param leftBehind why the lock is still there, or null if it is not */
    void ended(@Nullable RadosException leftBehind) {
        if (leftBehind == null) {
            givenBack();
            taken(closers).forEach(closer -> closer.complete(null));
        } else {
            kept(leftBehind);
        }
    }

    /** Empties a list before its callers are told: they may call again at once, and wait for the next time then. */
    private static <T> List<CompletableFuture<T>> taken(List<CompletableFuture<T>> waiting) {
        List<CompletableFuture<T>> all = List.copyOf(waiting);
        waiting.clear();
        return all;
    }
}
