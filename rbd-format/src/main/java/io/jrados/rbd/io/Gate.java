package io.jrados.rbd.io;

import io.jrados.error.Errno;
import io.jrados.error.RadosException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What every write of an image goes through. A write enters before it looks at the image's size and snapshots, and
 * leaves when it is acknowledged; who changes those closes the gate and waits until all are out. Otherwise a write with
 * an old snapshot context would change a snapshot.
 *
 * <pre>
 *   open ── flush: a new phase begins, the old one empties ──► open
 *    │  ▲
 *    │  └──────────────── nobody waits, nobody holds it, fresh, writers are allowed
 *    ▼
 *   queueing ─ first in line is an entrant, fresh and allowed ► let in
 *    │                      an entrant, not allowed ──────────► ask for the lock, go on with the first claim
 *    │                      an entrant, stale ────────────────► empty, refresh
 *    │                      a flush ──────────────────────────► new phase
 *    └───────               a claim ──────────────────────────► empty, held until released
 * </pre>
 *
 * <p>While it is open, entering and leaving are one compare-and-set each. Those who meet a closed gate wait in one line
 * in the order of their calls, so two writes of one thread never overtake each other. Readers need nothing but a fresh
 * header, and wait for that alone.
 */
public final class Gate {
    /** More than these do not wait: they fail with EAGAIN. */
    static final int MAX_WAITING = 65_536;

    private static final Logger log = LoggerFactory.getLogger(Gate.class);
    private static final Pass SHUT = new Pass();

    static {
        SHUT.seal();
    }

    private final Supplier<CompletableFuture<Void>> refresh;
    private final BooleanSupplier mayWrite;
    private final Supplier<CompletableFuture<Void>> ask;
    private final Doubts doubts;
    private final ReentrantLock lock = new ReentrantLock();
    private final ArrayDeque<Waiting> line = new ArrayDeque<>();
    private final List<CompletableFuture<Void>> readers = new ArrayList<>();

    /** The phase that newcomers enter at once, or {@link #SHUT} while they have to queue. */
    private volatile Pass open = new Pass();

    /** Those who have entered, and whatever else may have changed the image. */
    private final AtomicLong changes = new AtomicLong();

    private volatile boolean stale;
    private volatile boolean allowed;

    // The rest is guarded by the lock.
    private Pass phase = open;
    private CompletableFuture<Void> earlierPhases = CompletableFuture.completedFuture(null);
    private boolean taken;
    private boolean admitting;
    private boolean asking;
    private long lastTicket;
    private long freshUpTo;

    /** Without changes in doubt. */
    Gate(Supplier<CompletableFuture<Void>> refresh, BooleanSupplier mayWrite, Supplier<CompletableFuture<Void>> ask) {
        this(refresh, mayWrite, ask, Doubts.none());
    }

    /**
     * @param refresh reads the header anew, called while the gate is held; its failure fails those who waited for it
     * @param mayWrite whether writers may enter; called under a lock, see {@link #reviewWriters}
     * @param ask gets what lets writers enter; its failure fails those in line
     * @param doubts changes that are not over although those who made them have left
     */
    Gate(
            Supplier<CompletableFuture<Void>> refresh,
            BooleanSupplier mayWrite,
            Supplier<CompletableFuture<Void>> ask,
            Doubts doubts) {
        this.doubts = doubts;
        this.refresh = refresh;
        this.mayWrite = mayWrite;
        this.ask = ask;
        reviewWriters();
    }

    /** Who wants to enter. */
    public interface Entrant {
        /** It is in, and must {@link Pass#leave() leave}. */
        void entered(Pass pass);

        /** It is not in: the line is full, or the refresh that it waited for failed. */
        void refused(RadosException why);
    }

    /** The gate, closed and empty. {@link #close()} opens it again, by any thread. */
    public interface Hold extends AutoCloseable {
        @Override
        void close();
    }

    private sealed interface Waiting permits Arrival, Flush, Claim {}

    private record Arrival(long ticket, Entrant entrant) implements Waiting {}

    private record Flush(CompletableFuture<Void> done) implements Waiting {}

    private record Claim(CompletableFuture<Hold> granted) implements Waiting {}

    /** Lets the entrant in, now if the gate is open. */
    public void enter(Entrant entrant) {
        Pass pass = tryEnter();
        if (pass != null) {
            entrant.entered(pass);
            return;
        }
        boolean full;
        lock.lock();
        try {
            full = line.size() >= MAX_WAITING;
            if (!full) {
                line.add(new Arrival(++lastTicket, entrant));
                open = SHUT;
            }
        } finally {
            lock.unlock();
        }
        if (full) {
            entrant.refused(tooMany());
        }
        advance();
    }

    /** A pass if the gate is open. */
    private @Nullable Pass tryEnter() {
        for (Pass current = open; current != SHUT; current = open) {
            if (current.enter()) {
                changes.incrementAndGet();
                return current;
            }
        }
        return null;
    }

    /**
     * Completes when all who were let in, or stood in line, at the time of the call are out and nothing of theirs is in
     * doubt. ETIMEDOUT, with the extents, if that takes longer than the deadline of the image's writes.
     */
    public CompletableFuture<Void> flushAsync() {
        CompletableFuture<Void> done = new CompletableFuture<>();
        lock.lock();
        try {
            line.add(new Flush(done));
            open = SHUT;
        } finally {
            lock.unlock();
        }
        advance();
        return done;
    }

    /**
     * Closes the gate, behind those who stand in line; completes when all are out and nothing is in doubt. ETIMEDOUT, with
     * the extents and the gate open again, if that takes longer than the deadline of the image's writes.
     */
    public CompletableFuture<Hold> closeAsync() {
        CompletableFuture<Hold> granted = new CompletableFuture<>();
        lock.lock();
        try {
            line.add(new Claim(granted));
            open = SHUT;
        } finally {
            lock.unlock();
        }
        advance();
        return granted;
    }

    /** Completes when the header is as fresh as it was at the time of the call, without waiting for any writer's turn. */
    CompletableFuture<Void> freshAsync() {
        CompletableFuture<Void> fresh = new CompletableFuture<>();
        boolean full;
        lock.lock();
        try {
            full = readers.size() >= MAX_WAITING;
            if (!full) {
                readers.add(fresh);
                open = SHUT;
            }
        } finally {
            lock.unlock();
        }
        if (full) {
            fresh.completeExceptionally(tooMany());
        }
        advance();
        return fresh;
    }

    private static RadosException tooMany() {
        return new RadosException(
                Errno.EAGAIN, "waiting for an image whose header changes, never sent: " + MAX_WAITING + " wait");
    }

    /**
     * Whether writers may enter has changed. Those inside stay; to have them out, hold the gate when it becomes false.
     */
    public void reviewWriters() {
        lock.lock();
        try {
            allowed = mayWrite.getAsBoolean();
            changes.incrementAndGet();
            if (!allowed) {
                open = SHUT;
            }
        } finally {
            lock.unlock();
        }
        advance();
    }

    /** Is another number after anything that may change what the image shows, here or by others. */
    long changes() {
        return changes.get();
    }

    /** Whether nobody is inside and nobody holds the gate; by the next moment somebody may, and {@link #changes} tells. */
    boolean isIdle() {
        lock.lock();
        try {
            return !taken && phase.isEmpty() && earlierPhases.isDone() && doubts.isEmpty();
        } finally {
            lock.unlock();
        }
    }

    /** Whether the header has changed since it was read. */
    public boolean isStale() {
        return stale;
    }

    /** Nobody enters any more before a refresh has succeeded that began after this call. */
    void markStale() {
        lock.lock();
        try {
            stale = true;
            open = SHUT;
            changes.incrementAndGet();
        } finally {
            lock.unlock();
        }
        advance();
    }

    /**
     * Reads the header anew on behalf of whoever holds the gate. A failure leaves it stale.
     *
     * @param hold shows that the gate is held
     */
    CompletableFuture<Void> refreshAsync(Hold hold) {
        return refreshHeld();
    }

    private CompletableFuture<Void> refreshHeld() {
        long upTo;
        List<CompletableFuture<Void>> waiting;
        lock.lock();
        try {
            stale = false;
            upTo = lastTicket;
            waiting = List.copyOf(readers);
            readers.clear();
        } finally {
            lock.unlock();
        }
        CompletableFuture<Void> refreshing;
        try {
            refreshing = refresh.get();
        } catch (RuntimeException failed) {
            refreshing = CompletableFuture.failedFuture(failed);
        }
        return refreshing.whenComplete((nothing, failed) -> {
            if (failed == null) {
                freshUpTo(upTo);
                waiting.forEach(reader -> reader.complete(null));
            } else {
                markStale();
                waiting.forEach(reader -> reader.completeExceptionally(cause(failed)));
            }
        });
    }

    private void freshUpTo(long ticket) {
        lock.lock();
        try {
            freshUpTo = Math.max(freshUpTo, ticket);
        } finally {
            lock.unlock();
        }
    }

    /**
     * Moves the line on as far as it goes. Only one thread does so at a time: newcomers stay in line until those before
     * them have really started.
     */
    private void advance() {
        List<Runnable> next = new ArrayList<>();
        while (true) {
            lock.lock();
            try {
                if (!next.isEmpty()) {
                    next.clear();
                    admitting = false;
                }
                if (taken || admitting) {
                    return;
                }
                takeNext(next);
                if (next.isEmpty()) {
                    return;
                }
                admitting = true;
            } finally {
                lock.unlock();
            }
            runAll(next);
        }
    }

    /** A failure of one must not keep the others out. */
    private static void runAll(List<Runnable> next) {
        for (Runnable one : next) {
            try {
                one.run();
            } catch (RuntimeException bug) {
                log.error("an entrant of an image's gate failed", bug);
            }
        }
    }

    private void takeNext(List<Runnable> next) {
        if (!readers.isEmpty()) {
            if (stale) {
                takeForRefresh(next);
                return;
            }
            List<CompletableFuture<Void>> fresh = List.copyOf(readers);
            readers.clear();
            next.add(() -> fresh.forEach(reader -> reader.complete(null)));
        }
        while (!line.isEmpty()) {
            Waiting first = line.element();
            if (first instanceof Arrival arrival) {
                if (!allowed) {
                    if (next.isEmpty()) {
                        whileForbidden(next);
                    }
                    return;
                }
                if (stale && arrival.ticket > freshUpTo) {
                    if (next.isEmpty()) {
                        takeForRefresh(next);
                    }
                    return;
                }
                phase.enter();
                changes.incrementAndGet();
                Pass pass = phase;
                next.add(() -> arrival.entrant.entered(pass));
            } else if (first instanceof Flush flush) {
                CompletableFuture<Void> drained = drained();
                next.add(() -> drained.thenRun(() -> settled(flush)));
            } else if (first instanceof Claim claim) {
                if (next.isEmpty()) {
                    takeFor(claim, next);
                }
                return;
            }
            line.remove();
        }
        if (next.isEmpty() && !stale && allowed) {
            open = phase;
        }
    }

    private void take() {
        taken = true;
        changes.incrementAndGet();
    }

    private void takeForRefresh(List<Runnable> next) {
        take();
        CompletableFuture<Void> drained = drained();
        next.add(() -> drained.thenRun(this::refreshForThoseInLine));
    }

    private void takeFor(Claim claim, List<Runnable> next) {
        take();
        line.removeFirstOccurrence(claim);
        CompletableFuture<Void> drained = drained();
        next.add(() -> drained.thenRun(() -> settled(claim)));
    }

    /** Who gets the lock must be able to hold the gate, so claims do not wait for writers that wait for the lock. */
    private void whileForbidden(List<Runnable> next) {
        if (!asking) {
            asking = true;
            next.add(this::askForThoseInLine);
            return;
        }
        for (Waiting waiting : line) {
            if (waiting instanceof Claim claim) {
                takeFor(claim, next);
                return;
            }
        }
    }

    private void askForThoseInLine() {
        CompletableFuture<Void> asked;
        try {
            asked = ask.get();
        } catch (RuntimeException failed) {
            asked = CompletableFuture.failedFuture(failed);
        }
        asked.whenComplete((nothing, failed) -> {
            List<Arrival> refused = List.of();
            lock.lock();
            try {
                asking = false;
                if (failed != null && !allowed) {
                    refused = removeArrivals(lastTicket);
                }
            } finally {
                lock.unlock();
            }
            refused.forEach(arrival -> arrival.entrant.refused(cause(failed)));
            advance();
        });
    }

    /** Ends the phase and begins another; completes when all phases up to here are empty. */
    private CompletableFuture<Void> drained() {
        Pass ended = phase;
        phase = new Pass();
        ended.seal();
        earlierPhases =
                earlierPhases.isDone() ? ended.emptied() : CompletableFuture.allOf(earlierPhases, ended.emptied());
        return earlierPhases;
    }

    private void settled(Flush flush) {
        doubts.settledAsync("flushing").whenComplete((settled, failed) -> {
            if (failed == null) {
                flush.done.complete(null);
            } else {
                flush.done.completeExceptionally(failed);
            }
        });
    }

    /** What is in doubt may still be applied: who holds the gate must know that nobody writes. */
    private void settled(Claim claim) {
        doubts.settledAsync("waiting for all writes to").whenComplete((settled, failed) -> {
            if (failed == null) {
                grant(claim);
            } else {
                claim.granted.completeExceptionally(failed);
                release();
            }
        });
    }

    private void grant(Claim claim) {
        AtomicBoolean held = new AtomicBoolean(true);
        Hold hold = () -> {
            if (held.compareAndSet(true, false)) {
                release();
            }
        };
        if (!claim.granted.complete(hold)) {
            hold.close();
        }
    }

    private void release() {
        lock.lock();
        try {
            taken = false;
            changes.incrementAndGet();
        } finally {
            lock.unlock();
        }
        advance();
    }

    private void refreshForThoseInLine() {
        long upTo = lastTicketNow();
        refreshHeld().whenComplete((nothing, failed) -> {
            if (failed != null) {
                RadosException why = cause(failed);
                removeArrivals(upTo).forEach(arrival -> arrival.entrant.refused(why));
            }
            release();
        });
    }

    private long lastTicketNow() {
        lock.lock();
        try {
            return lastTicket;
        } finally {
            lock.unlock();
        }
    }

    private List<Arrival> removeArrivals(long upTo) {
        List<Arrival> removed = new ArrayList<>();
        lock.lock();
        try {
            line.removeIf(
                    waiting -> waiting instanceof Arrival arrival && arrival.ticket <= upTo && removed.add(arrival));
        } finally {
            lock.unlock();
        }
        return removed;
    }

    private static RadosException cause(Throwable failed) {
        Throwable cause =
                failed instanceof CompletionException && failed.getCause() != null ? failed.getCause() : failed;
        return cause instanceof RadosException known ? known : new RadosException(Errno.EIO, "reading a header", cause);
    }
}
