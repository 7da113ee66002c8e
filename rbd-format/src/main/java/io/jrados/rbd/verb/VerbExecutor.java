package io.jrados.rbd.verb;

import io.jrados.conf.Loop;
import io.jrados.error.ClosedException;
import io.jrados.error.DeadlineException;
import io.jrados.error.Errno;
import io.jrados.error.Explanation;
import io.jrados.error.RadosException;
import io.jrados.error.Stage;
import io.jrados.error.Waiting;
import io.jrados.rados.Rados;
import io.jrados.rados.SpentTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Does blocking verbs, each on a thread of its own, so many at a time; some more wait for their turn, in the order of
 * their submission. A thread gives its place up before it completes its verb's future: what depends on that may block.
 *
 * <p>A verb whose future ends before it, by a cancellation for example, is interrupted; one that has not begun never
 * runs. What a verb returns to nobody is handed to its {@code undo}.
 */
public final class VerbExecutor {
    private static final Logger LOG = LoggerFactory.getLogger(VerbExecutor.class);

    private final String name;
    private final Limits limits;
    private final Executor threads;
    private final Rados rados;
    private final ReentrantLock lock = new ReentrantLock();
    private final Deque<SubmittedVerb<?>> waiting = new ArrayDeque<>();
    private final Set<SubmittedVerb<?>> running = new HashSet<>();
    private boolean closed;

    /** All that run or wait, and those that have ended for their callers and are still taken back. */
    private final Set<SubmittedVerb<?>> unfinished = ConcurrentHashMap.newKeySet();

    /**
     * The limits of an executor.
     *
     * @param running verbs at a time
     * @param waiting verbs beside them
     */
    public record Limits(int running, int waiting) {
        /** More of the cheap threads than of the dear ones. */
        static final Limits USUAL = new Limits(ThreadKind.BEST == ThreadKind.VIRTUAL ? 1024 : 128, 1024);
    }

    /** @param threads starts a thread for each task, and throws when it cannot */
    public VerbExecutor(String name, Limits limits, Executor threads, Rados rados) {
        this.name = name;
        this.limits = limits;
        this.threads = threads;
        this.rados = rados;
    }

    /** Submits a verb whose result, if it has one, owns nothing. */
    public <T> CompletableFuture<T> submit(String doing, Duration deadline, Callable<? extends T> steps) {
        return submit(doing, deadline, steps, result -> {});
    }

    /**
     * Submits a verb.
     *
     * @param doing as a participle, with the thing: "creating image p/i"
     * @param deadline for its turn and its first step, from now on; each further step has its own
     * @param undo takes back a result that nobody is given any more; may block
     * @return fails with what the steps throw; with EAGAIN if too many wait already, or no thread can be had; with
     *     ETIMEDOUT (never sent) if it does not get its turn in time; with a {@link ClosedException} once this is
     *     closed. Completes on the verb's thread, or where the client's builder says
     */
    public <T> CompletableFuture<T> submit(
            String doing, Duration deadline, Callable<? extends T> steps, Consumer<? super T> undo) {
        Instant now = Instant.ofEpochMilli(rados.environment().wallClockMillis());
        SubmittedVerb<T> verb =
                new SubmittedVerb<>(doing, now, rados.environment().nanoTime(), steps, undo);
        verb.future.whenComplete((ended, failed) -> giveUp(verb));
        RadosException refused = null;
        boolean begins = false;
        lock.lock();
        try {
            if (closed) {
                refused = closed(doing);
            } else if (running.size() < limits.running) {
                begins = running.add(verb);
            } else if (waiting.size() < limits.waiting) {
                waiting.add(verb);
                verb.waited = true;
                verb.timer = timer(deadline, () -> expire(verb));
            } else {
                refused = new RadosException(Errno.EAGAIN, doing + ": " + full());
            }
        } finally {
            lock.unlock();
        }
        if (refused != null) {
            verb.future.completeExceptionally(refused);
            return verb.future;
        }
        unfinished.add(verb);
        verb.ended.thenRun(() -> unfinished.remove(verb));
        if (begins) {
            start(verb);
        }
        return verb.future;
    }

    /** Runs something short on a thread of its own, however many verbs there are, and after the end too. */
    public void runApart(Runnable task) {
        try {
            threads.execute(task);
        } catch (RuntimeException | Error noThread) {
            LOG.warn("{} has no thread to spare, and uses one of others", name, noThread);
            task.run();
        }
    }

    private Loop.@Nullable Timer timer(Duration deadline, Runnable late) {
        try {
            return rados.loop().schedule(deadline, late);
        } catch (RejectedExecutionException ending) {
            return null; // the client's end ends this too
        }
    }

    private String full() {
        return limits.running + " verbs run on executor " + name + " and " + limits.waiting
                + " wait, which is as many as may";
    }

    private ClosedException closed(String doing) {
        return new ClosedException(doing + " on executor " + name + ", whose client is closed");
    }

    // ---- the way of a verb

    /** Gives a verb that counts as running its thread; if there is none to be had, goes on with those that wait. */
    private void start(SubmittedVerb<?> first) {
        for (SubmittedVerb<?> verb = first; verb != null; ) {
            SubmittedVerb<?> next = verb;
            try {
                threads.execute(() -> run(next));
                return;
            } catch (RuntimeException | Error noThread) {
                verb = takeNext(next);
                next.ended.complete(null);
                next.future.completeExceptionally(new RadosException(
                        Errno.EAGAIN, next.doing + ": executor " + name + " cannot start a thread", noThread));
            }
        }
    }

    private void run(SubmittedVerb<?> verb) {
        if (begin(verb)) {
            work(verb);
        }
        SubmittedVerb<?> next = takeNext(verb);
        // an interrupt that came for the verb is not meant for what depends on it
        Thread.interrupted();
        if (next != null) {
            start(next);
        }
        if (verb.future.isDone()) {
            verb.settle(Runnable::run);
        } else {
            rados.complete(() -> verb.settle(this::runApart));
        }
    }

    /** Does the steps, the first of which has what the verb's turn has left of its deadline. */
    private void work(SubmittedVerb<?> verb) {
        if (!verb.waited) {
            verb.run();
            return;
        }
        SpentTime spent = rados.part(SpentTime.class, SpentTime::new);
        spent.charge(Duration.ofNanos(rados.environment().nanoTime() - verb.sinceNanos));
        try {
            verb.run();
        } finally {
            spent.forget();
        }
    }

    /** Notes whom to interrupt. False if the verb has been given up. */
    private boolean begin(SubmittedVerb<?> verb) {
        lock.lock();
        try {
            if (verb.future.isDone()) {
                return false;
            }
            verb.thread = Thread.currentThread();
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** Ends a verb, and lets the next count as running: null if none waits. */
    private @Nullable SubmittedVerb<?> takeNext(SubmittedVerb<?> ended) {
        lock.lock();
        try {
            ended.thread = null;
            running.remove(ended);
            SubmittedVerb<?> next = waiting.poll();
            if (next != null) {
                running.add(next);
                if (next.timer != null) {
                    next.timer.cancel();
                }
            }
            return next;
        } finally {
            lock.unlock();
        }
    }

    /** Called when a verb's future ends, by the verb itself too. */
    private void giveUp(SubmittedVerb<?> verb) {
        boolean neverBegins = false;
        lock.lock();
        try {
            if (verb.thread != null) {
                verb.thread.interrupt();
            } else {
                neverBegins = waiting.remove(verb);
            }
            if (verb.timer != null) {
                verb.timer.cancel();
            }
        } finally {
            lock.unlock();
        }
        if (neverBegins) {
            verb.ended.complete(null);
        }
    }

    /** Called on the client's loop. */
    private void expire(SubmittedVerb<?> verb) {
        boolean waits;
        lock.lock();
        try {
            waits = waiting.remove(verb);
        } finally {
            lock.unlock();
        }
        if (waits) {
            verb.ended.complete(null);
            RadosException late = new DeadlineException(
                    verb.doing + ", which waited for its turn on executor " + name,
                    DeadlineException.Sent.NEVER_SENT,
                    null);
            runApart(() -> rados.complete(() -> verb.future.completeExceptionally(late)));
        }
    }

    // ---- as a whole

    /**
     * Completes when the verbs that were submitted before have ended, with what takes their steps back: the future of a
     * cancelled one is done long before. The verb that calls this is not waited for.
     *
     * @return fails with ETIMEDOUT, naming one that goes on, at the deadline
     */
    CompletableFuture<Void> endOfAll(Duration deadline) {
        Thread caller = Thread.currentThread();
        List<SubmittedVerb<?>> others = new ArrayList<>();
        lock.lock();
        try {
            unfinished.stream().filter(verb -> verb.thread != caller).forEach(others::add);
        } finally {
            lock.unlock();
        }
        CompletableFuture<Void> end = new CompletableFuture<>();
        CompletableFuture.allOf(others.stream().map(verb -> verb.ended).toArray(CompletableFuture[]::new))
                .thenRun(() -> rados.complete(() -> end.complete(null)));
        Loop.Timer timer = end.isDone() ? null : timer(deadline, () -> tooLate(others, end));
        if (timer != null) {
            end.whenComplete((ended, failed) -> timer.cancel());
        }
        return end;
    }

    /** Called on the client's loop. */
    private void tooLate(List<SubmittedVerb<?>> verbs, CompletableFuture<Void> end) {
        verbs.stream().filter(verb -> !verb.ended.isDone()).findFirst().ifPresent(verb -> {
            RadosException late = new DeadlineException(
                    "waiting for the end of verbs, of which " + verb.doing + " goes on",
                    DeadlineException.Sent.NEVER_SENT,
                    null);
            runApart(() -> rados.complete(() -> end.completeExceptionally(late)));
        });
    }

    /** Takes nothing more, and ends what waits and what runs with a {@link ClosedException}. Does not wait. */
    void close() {
        List<SubmittedVerb<?>> ending;
        List<SubmittedVerb<?>> neverBegin;
        lock.lock();
        try {
            if (closed) {
                return;
            }
            closed = true;
            ending = new ArrayList<>(running);
            neverBegin = List.copyOf(waiting);
            ending.addAll(neverBegin);
            waiting.clear();
        } finally {
            lock.unlock();
        }
        neverBegin.forEach(verb -> verb.ended.complete(null));
        if (!ending.isEmpty()) {
            // what depends on them may block, and the one who closes the client must not
            runApart(() -> ending.forEach(
                    verb -> rados.complete(() -> verb.future.completeExceptionally(closed(verb.doing)))));
        }
    }

    /** Adds the verbs that wait for their turn. */
    void explain(Explanation.Builder all) {
        List<SubmittedVerb<?>> late;
        lock.lock();
        try {
            late = List.copyOf(waiting);
        } finally {
            lock.unlock();
        }
        late.forEach(verb -> all.add(() -> new Waiting(
                verb.doing,
                Stage.LIMIT,
                verb.since,
                limits.running + " verbs run on executor " + name + ", which is as many as may")));
    }
}
