package io.jrados.rbd.verb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.jrados.error.ClosedException;
import io.jrados.error.DeadlineException;
import io.jrados.error.Errno;
import io.jrados.error.Explanation;
import io.jrados.error.RadosException;
import io.jrados.error.Stage;
import io.jrados.rados.SpentTime;
import io.jrados.rados.Wait;
import io.jrados.rbd.io.MemoryRados;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Turns, limits, deadlines, cancellations and the end of an executor of verbs, with threads that the test starts. */
@Timeout(30)
class VerbExecutorTest {
    private static final Duration DEADLINE = Duration.ofSeconds(10);

    private final MemoryRados rados = new MemoryRados();
    private final Deque<Runnable> started = new ArrayDeque<>();
    private final List<String> ran = new ArrayList<>();

    private VerbExecutor executor(int running, int waiting) {
        return new VerbExecutor("pool-of-the-test", new VerbExecutor.Limits(running, waiting), started::add, rados);
    }

    /** An executor with real threads. */
    private VerbExecutor threads(int running, int waiting) {
        return new VerbExecutor(
                "pool-of-the-test",
                new VerbExecutor.Limits(running, waiting),
                ThreadKind.BEST.starter("pool-of-the-test"),
                rados);
    }

    /** A verb that runs until it is let go or interrupted. */
    private static final class Held {
        final CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
        final CompletableFuture<Void> future;
        private final CountDownLatch begun = new CountDownLatch(1);
        private final CountDownLatch goOn = new CountDownLatch(1);

        Held(VerbExecutor executor, String doing) throws InterruptedException {
            future = executor.submit(doing, DEADLINE, () -> {
                begun.countDown();
                try {
                    goOn.await();
                } catch (InterruptedException expected) {
                    Thread.currentThread().interrupt();
                    interrupted.complete(true);
                }
                return null;
            });
            begun.await();
        }

        void letGo() {
            goOn.countDown();
        }
    }

    private CompletableFuture<String> submit(VerbExecutor executor, String name) {
        return executor.submit("doing " + name, DEADLINE, () -> {
            ran.add(name);
            return name;
        });
    }

    private void runThreads() {
        for (Runnable thread = started.poll(); thread != null; thread = started.poll()) {
            thread.run();
        }
    }

    private static RadosException failure(CompletableFuture<?> future) {
        return catchThrowableOfType(RadosException.class, () -> Wait.on(future));
    }

    @Test
    void verbsBeginInTheOrderOfTheirSubmission() throws RadosException {
        VerbExecutor executor = executor(2, 10);
        List<CompletableFuture<String>> all = new ArrayList<>();
        for (String name : List.of("a", "b", "c", "d", "e")) {
            all.add(submit(executor, name));
        }
        assertThat(started).as("threads").hasSize(2);
        runThreads();
        assertThat(ran).containsExactly("a", "b", "c", "d", "e");
        for (CompletableFuture<String> each : all) {
            assertThat(Wait.on(each)).isIn(ran);
        }
    }

    @Test
    void aFullExecutorFailsWithEagainAndItsName() {
        VerbExecutor executor = executor(1, 1);
        submit(executor, "a");
        CompletableFuture<String> waits = submit(executor, "b");
        RadosException refused = failure(submit(executor, "c"));
        assertThat(refused.errno()).isEqualTo(Errno.EAGAIN);
        assertThat(refused).hasMessageContaining("pool-of-the-test").hasMessageContaining("doing c");
        runThreads();
        assertThat(ran).containsExactly("a", "b");
        assertThat(waits).isCompletedWithValue("b");
        submit(executor, "d");
        runThreads();
        assertThat(ran).containsExactly("a", "b", "d");
    }

    @Test
    void aCancelledVerbThatHasNotBegunNeverRuns() {
        VerbExecutor executor = executor(1, 10);
        CompletableFuture<String> starting = submit(executor, "starting");
        CompletableFuture<String> waiting = submit(executor, "waiting");
        submit(executor, "other");
        assertThat(starting.cancel(true)).isTrue();
        assertThat(waiting.cancel(true)).isTrue();
        runThreads();
        assertThat(ran).containsExactly("other");
    }

    @Test
    void aCancelledVerbMakesRoomForAnother() {
        VerbExecutor executor = executor(1, 1);
        submit(executor, "a");
        submit(executor, "b").cancel(true);
        CompletableFuture<String> instead = submit(executor, "c");
        runThreads();
        assertThat(instead).isCompletedWithValue("c");
    }

    @Test
    void theDeadlineForAVerbsTurnCountsFromItsSubmission() throws Exception {
        VerbExecutor executor = threads(1, 10);
        Held first = new Held(executor, "doing a");
        CompletableFuture<String> second = submit(executor, "b");
        rados.loop.time.advance(DEADLINE.minusMillis(1));
        CompletableFuture<String> third = submit(executor, "c");
        assertThat(second).isNotDone();
        rados.loop.time.advance(Duration.ofMillis(1));
        RadosException late = failure(second);
        assertThat(late).isInstanceOf(DeadlineException.class).hasMessageContaining("doing b");
        assertThat(late).hasMessageContaining("pool-of-the-test");
        assertThat(((DeadlineException) late).sent()).isEqualTo(DeadlineException.Sent.NEVER_SENT);
        assertThat(first.future).as("one that has begun").isNotDone();
        first.letGo();
        assertThat(third.join()).isEqualTo("c");
        rados.loop.time.advance(DEADLINE.multipliedBy(2));
        assertThat(ran).containsExactly("c");
    }

    /** Together they take one deadline, and not two. */
    @Test
    void theFirstStepOfAVerbHasWhatItsTurnHasLeftOfTheDeadline() throws Exception {
        VerbExecutor executor = threads(1, 10);
        SpentTime spent = rados.part(SpentTime.class, SpentTime::new);
        Held first = new Held(executor, "doing a");
        CompletableFuture<List<Duration>> waits =
                executor.submit("doing b", DEADLINE, () -> List.of(spent.left(DEADLINE), spent.left(DEADLINE)));
        CompletableFuture<Duration> noStep = executor.submit("doing c", DEADLINE, () -> Duration.ZERO);
        CompletableFuture<Duration> last = executor.submit("doing d", DEADLINE, () -> spent.left(DEADLINE));
        rados.loop.time.advance(Duration.ofSeconds(4));
        first.letGo();
        assertThat(waits.get()).containsExactly(Duration.ofSeconds(6), DEADLINE);
        assertThat(noStep.get()).isZero();
        assertThat(last.get()).isEqualTo(Duration.ofSeconds(6));
        CompletableFuture<Duration> atOnce = executor.submit("doing e", DEADLINE, () -> spent.left(DEADLINE));
        assertThat(atOnce.get()).isEqualTo(DEADLINE);
    }

    @Test
    void theRollBackOfACancelledVerbCanBeAwaited() throws Exception {
        VerbExecutor executor = threads(2, 10);
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch rolledBack = new CountDownLatch(1);
        CompletableFuture<Void> verb = executor.submit("doing a", DEADLINE, () -> {
            begun.countDown();
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException cancelled) {
                rolledBack.await();
            }
            return null;
        });
        begun.await();
        verb.cancel(true);
        CompletableFuture<Void> end = executor.endOfAll(DEADLINE);
        // what depends on a verb may wait for the others, and a verb does not wait for itself
        CompletableFuture<Void> ofDependent = submit(executor, "b").thenCompose(b -> executor.endOfAll(DEADLINE));
        CompletableFuture<Boolean> ofVerb = executor.submit(
                "doing c", DEADLINE, () -> executor.endOfAll(DEADLINE).get() == null);
        assertThat(verb).isCancelled();
        assertThat(end).isNotDone();
        rolledBack.countDown();
        end.get();
        ofDependent.get();
        assertThat(ofVerb.get()).isTrue();
        executor.endOfAll(DEADLINE).get();
    }

    @Test
    void whoWaitsForTheEndOfVerbsWaitsForTheDeadlineAtMost() throws Exception {
        VerbExecutor executor = threads(1, 10);
        Held held = new Held(executor, "doing a");
        CompletableFuture<String> never = submit(executor, "b");
        CompletableFuture<Void> end = executor.endOfAll(DEADLINE);
        never.cancel(true);
        rados.loop.time.advance(DEADLINE);
        assertThat(failure(end)).isInstanceOf(DeadlineException.class).hasMessageContaining("doing a");
        CompletableFuture<Void> second = executor.endOfAll(DEADLINE);
        held.letGo();
        second.get();
        assertThat(ran).isEmpty();
    }

    @Test
    void cancellingARunningVerbInterruptsItAndNothingElse() throws Exception {
        VerbExecutor executor = threads(1, 10);
        Held verb = new Held(executor, "doing a");
        CompletableFuture<Boolean> next = executor.submit("doing b", DEADLINE, Thread::interrupted);
        assertThat(verb.future.cancel(false)).isTrue();
        assertThat(verb.interrupted.get()).isTrue();
        assertThat(next.get()).as("an interrupt of the next verb").isFalse();
        assertThatThrownBy(verb.future::get).isInstanceOf(CancellationException.class);
    }

    @Test
    void aFutureThatEndsInAnotherWayInterruptsItsVerbToo() throws Exception {
        Held verb = new Held(threads(1, 10), "doing a");
        verb.future.completeExceptionally(new IllegalStateException("the caller's own time-out"));
        assertThat(verb.interrupted.get()).isTrue();
    }

    @Test
    void aResultThatNobodyIsGivenIsTakenBack() {
        VerbExecutor executor = executor(1, 10);
        List<String> undone = new ArrayList<>();
        AtomicBoolean flag = new AtomicBoolean(true);
        List<CompletableFuture<String>> verb = new ArrayList<>();
        verb.add(executor.submit(
                "opening",
                DEADLINE,
                () -> {
                    verb.get(0).cancel(true);
                    return "opened";
                },
                opened -> {
                    flag.set(Thread.currentThread().isInterrupted());
                    undone.add(opened);
                }));
        runThreads();
        assertThat(undone).containsExactly("opened");
        assertThat(flag).as("an interrupt that would end what takes it back").isFalse();
    }

    @Test
    void dependentsMayBlockOnOtherVerbs() {
        VerbExecutor executor = threads(1, 10);
        CompletableFuture<String> second = executor.submit("doing a", DEADLINE, () -> "a")
                .thenApply(done ->
                        executor.submit("doing b", DEADLINE, () -> done + "b").join());
        assertThat(second.join()).isEqualTo("ab");
    }

    @Test
    void aVerbFailsWithAnythingThatItThrows() {
        VerbExecutor executor = executor(1, 10);
        List<Exception> failures = List.of(
                RadosException.of(Errno.ENOENT, "looking"),
                new NullPointerException("name"),
                new java.io.IOException("the source"));
        for (Exception failure : failures) {
            CompletableFuture<Void> failed = executor.submit("doing a", DEADLINE, () -> {
                throw failure;
            });
            runThreads();
            assertThatThrownBy(failed::get).cause().isSameAs(failure);
        }
        CompletableFuture<Void> failed = executor.submit("doing a", DEADLINE, () -> {
            throw new StackOverflowError();
        });
        runThreads();
        assertThatThrownBy(failed::get).cause().isInstanceOf(StackOverflowError.class);
        CompletableFuture<String> after = submit(executor, "after");
        runThreads();
        assertThat(after).isCompletedWithValue("after");
    }

    @Test
    void aThreadThatCannotBeHadFailsItsVerbAlone() {
        AtomicBoolean exhausted = new AtomicBoolean();
        VerbExecutor executor = new VerbExecutor(
                "pool-of-the-test",
                new VerbExecutor.Limits(1, 10),
                task -> {
                    if (exhausted.getAndSet(false)) {
                        throw new OutOfMemoryError("unable to create native thread");
                    }
                    started.add(task);
                },
                rados);
        exhausted.set(true);
        RadosException refused = failure(submit(executor, "a"));
        assertThat(refused.errno()).isEqualTo(Errno.EAGAIN);
        assertThat(refused).hasMessageContaining("pool-of-the-test").hasRootCauseInstanceOf(OutOfMemoryError.class);
        submit(executor, "b");
        CompletableFuture<String> unlucky = submit(executor, "c");
        CompletableFuture<String> last = submit(executor, "d");
        exhausted.set(true);
        runThreads();
        assertThat(failure(unlucky).errno()).isEqualTo(Errno.EAGAIN);
        assertThat(last).isCompletedWithValue("d");
        assertThat(ran).containsExactly("b", "d");
    }

    @Test
    void theEndOfTheClientEndsEveryVerb() throws Exception {
        VerbExecutor executor = threads(1, 10);
        Held runs = new Held(executor, "doing a");
        CompletableFuture<String> waits = submit(executor, "b");
        executor.close();
        executor.close();
        assertThat(failure(runs.future)).isInstanceOf(ClosedException.class).hasMessageContaining("doing a");
        assertThat(failure(waits)).isInstanceOf(ClosedException.class).hasMessageContaining("doing b");
        assertThat(failure(submit(executor, "c"))).isInstanceOf(ClosedException.class);
        assertThat(runs.interrupted.get()).isTrue();
        assertThat(ran).isEmpty();
    }

    @Test
    void bothExecutorsOfAClientEndWithIt() {
        VerbThreads threads = VerbThreads.of(rados);
        assertThat(VerbThreads.of(rados)).isSameAs(threads);
        threads.clientCloses();
        assertThat(failure(submit(threads.asked(), "a")))
                .isInstanceOf(ClosedException.class)
                .hasMessageContaining(VerbThreads.ASKED);
        assertThat(failure(submit(threads.served(), "b")))
                .isInstanceOf(ClosedException.class)
                .hasMessageContaining(VerbThreads.SERVED);
    }

    @Test
    void askedVerbsThatTakeEveryThreadLeaveThoseOfTheServedOnes() throws Exception {
        VerbThreads threads = VerbThreads.of(rados);
        CompletableFuture<String> served = new CompletableFuture<>();
        List<CompletableFuture<String>> asked = new ArrayList<>();
        for (int i = 0; i < VerbExecutor.Limits.USUAL.running() + 100; i++) {
            asked.add(threads.asked().submit("asking", DEADLINE, served::get));
        }
        threads.served().submit("serving", DEADLINE, () -> served.complete("served"));
        for (CompletableFuture<String> each : asked) {
            assertThat(each.get()).isEqualTo("served");
        }
        threads.clientCloses();
    }

    @Test
    void whatWaitsForItsTurnIsExplained() {
        VerbExecutor executor = executor(1, 10);
        submit(executor, "a");
        submit(executor, "b");
        Explanation.Builder all = new Explanation.Builder();
        executor.explain(all);
        assertThat(all.build().waiting()).singleElement().satisfies(waiting -> {
            assertThat(waiting.what()).isEqualTo("doing b");
            assertThat(waiting.stage()).isEqualTo(Stage.LIMIT);
            assertThat(waiting.cause()).contains("pool-of-the-test");
        });
    }

    @Test
    void verbsRunOnVirtualThreadsWhereTheJvmHasThem() throws Exception {
        CompletableFuture<Thread> thread = threads(1, 1).submit("doing a", DEADLINE, Thread::currentThread);
        boolean expected = Runtime.version().feature() >= 21;
        assertThat(ThreadKind.BEST == ThreadKind.VIRTUAL).isEqualTo(expected);
        assertThat(thread.get().getName()).startsWith("pool-of-the-test-");
        assertThat(thread.get().isDaemon()).isTrue();
        assertThat(thread.get().getClass().getSimpleName().equals("VirtualThread"))
                .isEqualTo(expected);
    }
}
