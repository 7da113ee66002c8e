package io.jrados.rbd.wait;

import io.jrados.error.RadosException;
import io.jrados.rbd.wait.GateWait.Arrival;
import io.jrados.rbd.wait.GateWait.Claim;
import io.jrados.rbd.wait.GateWait.Flush;
import io.jrados.rbd.wait.GateWait.Reader;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The gate that every write of an image passes. A write enters before it looks at the image's size and snapshots, and
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
 * header, and wait for that alone. Nobody waits for ever: who is late is refused with ETIMEDOUT, and a claim that
 * nobody wants any more opens the gate again.
 */
public final class Gate {
    /** More than these do not wait: they fail with EAGAIN. */
    static final int MAX_WAITING = 65_536;

    private static final Logger log = LoggerFactory.getLogger(Gate.class);
    private static final Pass SHUT = new Pass();
    private static final String SETTLING = "waiting for all writes to";

    static {
        SHUT.seal();
    }

    private final Supplier<CompletableFuture<Void>> refresh;
    private final BooleanSupplier mayWrite;
    private final Supplier<CompletableFuture<Void>> ask;
    private final Supplier<String> obstacle;
    private final Doubts doubts;
    private final ReentrantLock lock = new ReentrantLock();
    private final GateRounds rounds;
    private final ArrayDeque<GateWait> line = new ArrayDeque<>();
    private final List<Reader> readers = new ArrayList<>();

    /** Flushes that wait for those inside. */
    private final List<Flush> flushes = new ArrayList<>();

    /** The phase that newcomers enter at once, or {@link #SHUT} while they have to queue. */
    private volatile Pass open;

    /** A counter of entrants, and of whatever else may have changed the image. */
    private final AtomicLong changes = new AtomicLong();

    /** Claims that wait, with the gate open, for what was in doubt when they came. */
    private final List<Claim> settling = new ArrayList<>();

    private volatile boolean stale;
    private volatile boolean allowed;

    // The rest is guarded by the lock.
    private final GatePhases phases = new GatePhases();
    private boolean taken;
    private String takenBy = "";
    private long takenMillis;

    /** The claim that waits for those inside. */
    private @Nullable Claim emptying;

    private boolean admitting;
    private boolean asking;
    private long lastTicket;
    private long freshUpTo;

    /** Counts the changes that were made here. */
    private long ownChanges;

    /**
     * @param refresh reads the header anew, called while the gate is held; its failure fails those who waited for it
     * @param mayWrite whether writers may enter; called under a lock, see {@link #reviewWriters}
     * @param ask gets what lets writers enter; its failure fails those in line
     * @param obstacle why writers may not enter, as a clause; called under a lock
     * @param doubts changes that are not over although those who made them have left
     * @param rounds how long anybody waits
     */
    public Gate(
            Supplier<CompletableFuture<Void>> refresh,
            BooleanSupplier mayWrite,
            Supplier<CompletableFuture<Void>> ask,
            Supplier<String> obstacle,
            Doubts doubts,
            GateRounds rounds) {
        this.open = phases.current();
        this.doubts = doubts;
        this.rounds = rounds;
        this.refresh = refresh;
        this.mayWrite = mayWrite;
        this.ask = ask;
        this.obstacle = obstacle;
        reviewWriters();
    }

    /** A caller that wants to enter. */
    public interface Entrant {
        /** Tells that it is in, and must {@link Pass#leave() leave}. */
        void entered(Pass pass);

        /**
         * Tells that it is not in: the line is full, it has waited for too long, or the refresh that it waited for
         * failed.
         */
        void refused(RadosException why);
    }

    /**
     * The gate, closed and empty. {@link #close()} opens it again, by any thread, once a {@link #refreshAsync refresh}
     * that was begun has ended.
     */
    public interface Hold extends AutoCloseable {
        @Override
        void close();
    }

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
                line.add(new Arrival(++lastTicket, entrant, waitFrom()));
                open = SHUT;
            }
        } finally {
            lock.unlock();
        }
        if (full) {
            entrant.refused(GateFailures.tooMany(MAX_WAITING));
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
            line.add(new Flush(done, waitFrom()));
            open = SHUT;
        } finally {
            lock.unlock();
        }
        advance();
        return done;
    }

    private GateRounds.Since waitFrom() {
        return rounds.begin(this::roundEnded);
    }

    /**
     * Closes the gate, behind those who stand in line; completes when all are out and nothing is in doubt. What is in
     * doubt at the time of the call is waited for before that, with the gate open: it may take as long as a daemon is
     * away, and writers need not wait so long. ETIMEDOUT, with the extents in doubt and the gate open, if all that
     * takes too long. A future that is completed by another,
     * as by cancelling it, gives the claim up.
     *
     * @param by what closes it, as a participle with the image: those who are late are told
     */
    public CompletableFuture<Hold> closeAsync(String by) {
        CompletableFuture<Hold> granted = new CompletableFuture<>();
        CompletableFuture<Void> settled = doubts.settledAsync(SETTLING);
        Claim claim;
        lock.lock();
        try {
            claim = new Claim(granted, by, waitFrom());
            settling.add(claim);
        } finally {
            lock.unlock();
        }
        granted.whenComplete((hold, failed) -> {
            if (failed != null) {
                giveUp(claim);
            }
        });
        settled.whenComplete((over, failed) -> {
            if (failed == null) {
                lineUp(claim);
            } else {
                granted.completeExceptionally(failed);
            }
        });
        return granted;
    }

    /** Few or none are in doubt any more: newcomers wait from now on. */
    private void lineUp(Claim claim) {
        lock.lock();
        try {
            if (!settling.remove(claim)) {
                return; // given up
            }
            line.add(claim);
            open = SHUT;
        } finally {
            lock.unlock();
        }
        advance();
    }

    /** Takes a step with the gate held, and opens it when the step has ended, however it ends. */
    public <T> CompletableFuture<T> holdingAsync(String by, Function<Hold, CompletableFuture<T>> step) {
        return closeAsync(by).thenCompose(hold -> {
            CompletableFuture<T> taken;
            try {
                taken = step.apply(hold);
            } catch (Throwable failed) {
                hold.close();
                throw failed;
            }
            return taken.whenComplete((done, failed) -> hold.close());
        });
    }

    /**
     * Nobody wants the gate any more that was to be held. Those inside may stay for long: others need not wait for
     * them.
     */
    private void giveUp(Claim claim) {
        lock.lock();
        try {
            settling.remove(claim);
            line.removeFirstOccurrence(claim);
            if (emptying == claim) {
                emptying = null;
                taken = false;
                changes.incrementAndGet();
            }
        } finally {
            lock.unlock();
        }
        advance();
    }

    /**
     * Completes when the header is as fresh as it was at the time of the call, without waiting for any writer's turn.
     */
    CompletableFuture<Void> freshAsync() {
        CompletableFuture<Void> fresh = new CompletableFuture<>();
        boolean full;
        lock.lock();
        try {
            full = readers.size() >= MAX_WAITING;
            if (!full) {
                readers.add(new Reader(fresh, waitFrom()));
                open = SHUT;
            }
        } finally {
            lock.unlock();
        }
        if (full) {
            fresh.completeExceptionally(GateFailures.tooMany(MAX_WAITING));
        }
        advance();
        return fresh;
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

    /** Returns a counter that grows with anything that may change what the image shows, here or by others. */
    public long changes() {
        return changes.get();
    }

    /**
     * Whether nobody is inside and nobody holds the gate; by the next moment somebody may, and {@link #changes} tells.
     */
    public boolean isIdle() {
        lock.lock();
        try {
            return !taken && phases.areEmpty() && doubts.isEmpty();
        } finally {
            lock.unlock();
        }
    }

    /** Whether the header has changed since it was read. */
    public boolean isStale() {
        return stale;
    }

    /**
     * Somebody else has changed the header. Nobody who comes later enters before a refresh has succeeded that began
     * after this call; whoever stood in line when an earlier one began has seen it in time, or others that change the
     * header in a row could keep him waiting for ever.
     */
    public void markStale() {
        lock.lock();
        try {
            setStale();
        } finally {
            lock.unlock();
        }
        advance();
    }

    /**
     * This client has changed the header, or may have: nobody at all enters before a refresh has succeeded that began
     * after this call. Who changes it calls this before the gate opens, or the writes that stand in line would go on
     * with the snapshots and the size from before.
     */
    public void markChanged() {
        lock.lock();
        try {
            ownChanges++;
            freshUpTo = 0;
            setStale();
        } finally {
            lock.unlock();
        }
        advance();
    }

    private void setStale() {
        stale = true;
        open = SHUT;
        changes.incrementAndGet();
    }

    /**
     * Reads the header anew on behalf of whoever holds the gate. A failure leaves it stale.
     *
     * @param hold shows that the gate is held
     */
    public CompletableFuture<Void> refreshAsync(Hold hold) {
        CompletableFuture<Void> refreshed = refreshHeld();
        if (hold instanceof Held held) {
            held.until(refreshed);
        }
        return refreshed;
    }

    private CompletableFuture<Void> refreshHeld() {
        long upTo;
        long changed;
        List<Reader> waiting;
        lock.lock();
        try {
            stale = false;
            upTo = lastTicket;
            changed = ownChanges;
            waiting = takeReaders();
        } finally {
            lock.unlock();
        }
        CompletableFuture<Void> refreshing;
        try {
            refreshing = refresh.get();
        } catch (Throwable failed) {
            refreshing = CompletableFuture.failedFuture(failed);
        }
        return refreshing.whenComplete((nothing, failed) -> {
            if (failed == null) {
                freshUpTo(upTo, changed);
                waiting.forEach(reader -> reader.fresh().complete(null));
            } else {
                markStale();
                RadosException why = GateFailures.neverSent("reading a header", failed);
                waiting.forEach(reader -> reader.fresh().completeExceptionally(why));
            }
        });
    }

    private List<Reader> takeReaders() {
        List<Reader> all = List.copyOf(readers);
        readers.clear();
        return all;
    }

    /** @param changed the changes that were made here before the refresh began */
    private void freshUpTo(long ticket, long changed) {
        lock.lock();
        try {
            if (changed == ownChanges) {
                freshUpTo = Math.max(freshUpTo, ticket);
            }
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

    /** A failure of one, whatever it is, must not keep the others out. */
    private static void runAll(List<Runnable> next) {
        for (Runnable one : next) {
            try {
                one.run();
            } catch (Throwable bug) {
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
            List<Reader> all = takeReaders();
            next.add(() -> all.forEach(reader -> reader.fresh().complete(null)));
        }
        while (!line.isEmpty()) {
            GateWait first = line.element();
            if (first instanceof Arrival arrival) {
                if (!allowed) {
                    if (next.isEmpty()) {
                        whileForbidden(next);
                    }
                    return;
                }
                if (stale && arrival.ticket() > freshUpTo) {
                    if (next.isEmpty()) {
                        takeForRefresh(next);
                    }
                    return;
                }
                Pass pass = phases.current();
                pass.enter();
                changes.incrementAndGet();
                next.add(() -> arrival.entrant().entered(pass));
            } else if (first instanceof Flush flush) {
                CompletableFuture<Void> drained = phases.drained();
                flushes.add(flush);
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
            open = phases.current();
        }
    }

    private void flushed(Flush flush) {
        lock.lock();
        try {
            flushes.remove(flush);
        } finally {
            lock.unlock();
        }
    }

    private void take(String by) {
        taken = true;
        takenBy = by;
        takenMillis = rounds.nowMillis();
        changes.incrementAndGet();
    }

    private void takeForRefresh(List<Runnable> next) {
        take("reading its header anew");
        CompletableFuture<Void> drained = phases.drained();
        next.add(() -> drained.thenRun(this::refreshForThoseInLine));
    }

    private void takeFor(Claim claim, List<Runnable> next) {
        take(claim.by());
        emptying = claim;
        line.removeFirstOccurrence(claim);
        CompletableFuture<Void> drained = phases.drained();
        next.add(() -> drained.thenRun(() -> settled(claim)));
    }

    /** Grants the first claim past the writers that wait for the lock: taking the lock needs the gate. */
    private void whileForbidden(List<Runnable> next) {
        if (!asking) {
            asking = true;
            next.add(this::askForThoseInLine);
            return;
        }
        for (GateWait waiting : line) {
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
        } catch (Throwable failed) {
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
            refused.forEach(arrival -> arrival.refuse(GateFailures.neverSent("getting what lets writers in", failed)));
            advance();
        });
    }

    private void settled(Flush flush) {
        doubts.settledAsync("flushing").whenComplete((settled, failed) -> {
            flushed(flush);
            if (failed == null) {
                flush.done().complete(null);
            } else {
                flush.done().completeExceptionally(failed);
            }
        });
    }

    /** Waits for what is in doubt, which may still be applied: the holder of the gate must know that nobody writes. */
    private void settled(Claim claim) {
        doubts.settledAsync(SETTLING).whenComplete((settled, failed) -> {
            if (failed == null) {
                grant(claim);
            } else {
                claim.granted().completeExceptionally(failed);
            }
        });
    }

    private void grant(Claim claim) {
        lock.lock();
        try {
            if (emptying != claim) {
                return;
            }
            emptying = null;
        } finally {
            lock.unlock();
        }
        Held hold = new Held();
        if (!claim.granted().complete(hold)) {
            hold.close();
        }
    }

    private final class Held implements Hold {
        private final AtomicBoolean held = new AtomicBoolean(true);
        private volatile CompletableFuture<Void> refreshed = CompletableFuture.completedFuture(null);

        void until(CompletableFuture<Void> refresh) {
            refreshed = refresh;
        }

        @Override
        public void close() {
            if (held.compareAndSet(true, false)) {
                refreshed.whenComplete((done, failed) -> release());
            }
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
                RadosException why = GateFailures.neverSent("reading a header", failed);
                removeArrivals(upTo).forEach(arrival -> arrival.refuse(why));
            }
            release();
        });
    }

    /** Refuses those who have waited for too long. */
    private void roundEnded() {
        List<Runnable> late = new ArrayList<>();
        lock.lock();
        try {
            rounds.end();
            Supplier<String> cause = GateFailures.once(() -> view().cause());
            takeLate(line, cause, late);
            takeLate(settling, cause, late);
            takeLate(flushes, cause, late);
            takeLate(readers, cause, late);
            if (emptying != null && rounds.isLate(emptying.since())) {
                Claim claim = emptying;
                RadosException why = GateFailures.tooLate(claim, rounds.deadline(), cause);
                late.add(() -> claim.refuse(why));
            }
            if (!line.isEmpty()
                    || !settling.isEmpty()
                    || !flushes.isEmpty()
                    || !readers.isEmpty()
                    || emptying != null) {
                rounds.goOn(this::roundEnded);
            }
        } finally {
            lock.unlock();
        }
        runAll(late);
        advance();
    }

    private void takeLate(Iterable<? extends GateWait> all, Supplier<String> cause, List<Runnable> late) {
        for (Iterator<? extends GateWait> each = all.iterator(); each.hasNext(); ) {
            GateWait waiting = each.next();
            if (rounds.isLate(waiting.since())) {
                each.remove();
                RadosException why = GateFailures.tooLate(waiting, rounds.deadline(), cause);
                late.add(() -> waiting.refuse(why));
            }
        }
    }

    /** The gate as it is now; anybody may ask. */
    public GateView view() {
        lock.lock();
        try {
            Crowd changes = Crowd.NONE;
            Crowd flushing = Crowd.NONE;
            List<GateView.Closed> claims = new ArrayList<>();
            settling.forEach(claim ->
                    claims.add(new GateView.Closed(claim.by(), claim.since().millis(), true)));
            for (GateWait waiting : line) {
                long since = waiting.since().millis();
                if (waiting instanceof Claim claim) {
                    claims.add(new GateView.Closed(claim.by(), since, false));
                } else if (waiting instanceof Flush) {
                    flushing = flushing.and(since);
                } else {
                    changes = changes.and(since);
                }
            }
            for (Flush flush : flushes) {
                flushing = flushing.and(flush.since().millis());
            }
            Crowd reads = Crowd.NONE;
            for (Reader reader : readers) {
                reads = reads.and(reader.since().millis());
            }
            Optional<GateView.Closed> closed =
                    taken ? Optional.of(new GateView.Closed(takenBy, takenMillis, emptying != null)) : Optional.empty();
            return new GateView(
                    closed,
                    allowed,
                    allowed ? "" : obstacle.get(),
                    changes,
                    reads,
                    flushing,
                    claims,
                    doubts.isEmpty() ? "" : doubts.describe());
        } finally {
            lock.unlock();
        }
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
                    waiting -> waiting instanceof Arrival arrival && arrival.ticket() <= upTo && removed.add(arrival));
        } finally {
            lock.unlock();
        }
        return removed;
    }
}
