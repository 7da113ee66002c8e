package io.jrados.rbd.wait;

import static org.assertj.core.api.Assertions.assertThat;

import io.jrados.conf.Environment;
import io.jrados.error.DeadlineException;
import io.jrados.error.DeadlineException.Sent;
import io.jrados.error.Errno;
import io.jrados.error.OutcomeUnknownException;
import io.jrados.error.RadosException;
import io.jrados.rbd.NeverAnswered;
import io.jrados.testkit.Covers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class GateTest {
    private static final Duration DEADLINE = Duration.ofSeconds(8);

    private final List<CompletableFuture<Void>> refreshes = new ArrayList<>();
    private final List<CompletableFuture<Void>> requests = new ArrayList<>();
    private boolean locked = true;
    private final ManualLoop loop = new ManualLoop();
    private final Gate gate = new Gate(
            () -> added(refreshes),
            () -> locked,
            () -> added(requests),
            () -> "another has it",
            Doubts.none(),
            new GateRounds(() -> loop, () -> DEADLINE, Environment.system()));

    private static CompletableFuture<Void> added(List<CompletableFuture<Void>> to) {
        CompletableFuture<Void> added = new CompletableFuture<>();
        to.add(added);
        return added;
    }

    private void lock(boolean have) {
        locked = have;
        gate.reviewWriters();
    }

    /** Notes what happened to it. */
    private static final class Writer implements Gate.Entrant {
        private Pass pass;
        private RadosException refused;

        @Override
        public void entered(Pass pass) {
            this.pass = pass;
        }

        @Override
        public void refused(RadosException why) {
            refused = why;
        }

        boolean isIn() {
            return pass != null;
        }
    }

    private Writer enter() {
        Writer writer = new Writer();
        gate.enter(writer);
        return writer;
    }

    @Test
    void anOpenGateLetsEverybodyInAtOnce() {
        assertThat(enter().isIn()).isTrue();
        assertThat(enter().isIn()).isTrue();
    }

    @Test
    void whoeverClosesItWaitsForThoseInsideAndKeepsOthersOut() {
        Writer first = enter();
        Writer second = enter();
        CompletableFuture<Gate.Hold> hold = gate.closeAsync("a test");
        Writer late = enter();
        first.pass.leave();
        assertThat(hold).isNotDone();
        assertThat(late.isIn()).isFalse();
        second.pass.leave();
        assertThat(hold).isCompleted();
        assertThat(late.isIn()).isFalse();
        hold.join().close();
        assertThat(late.isIn()).isTrue();
        assertThat(enter().isIn()).isTrue();
    }

    @Test
    void openingTwiceOpensOnce() {
        Gate.Hold first = gate.closeAsync("a test").join();
        CompletableFuture<Gate.Hold> second = gate.closeAsync("a test");
        first.close();
        first.close();
        assertThat(second).isCompleted();
        assertThat(enter().isIn()).isFalse();
    }

    @Test
    void holdersAndWritersTakeTurnsInTheOrderOfTheirCalls() {
        Gate.Hold hold = gate.closeAsync("a test").join();
        Writer between = enter();
        CompletableFuture<Gate.Hold> next = gate.closeAsync("a test");
        Writer last = enter();
        hold.close();
        assertThat(between.isIn()).isTrue();
        assertThat(next).isNotDone();
        assertThat(last.isIn()).isFalse();
        between.pass.leave();
        next.join().close();
        assertThat(last.isIn()).isTrue();
    }

    @Test
    void aClaimThatWasCancelledOpensTheGateAgain() {
        Writer inside = enter();
        CompletableFuture<Gate.Hold> hold = gate.closeAsync("a test");
        Writer late = enter();
        hold.cancel(false);
        inside.pass.leave();
        assertThat(late.isIn()).isTrue();
    }

    @Test
    void aClaimThatIsGivenUpDoesNotWaitForThoseInside() {
        Writer inside = enter();
        CompletableFuture<Gate.Hold> hold = gate.closeAsync("a test");
        Writer late = enter();
        hold.cancel(false);
        assertThat(late.isIn()).isTrue();
        CompletableFuture<Gate.Hold> next = gate.closeAsync("a test");
        late.pass.leave();
        assertThat(next).as("one of an earlier phase is inside").isNotDone();
        inside.pass.leave();
        assertThat(next).isCompleted();
    }

    @Test
    @Covers("K19")
    void nobodyWaitsForEverAndTheLateAreToldWhoHoldsTheGate() {
        Gate.Hold hold = gate.closeAsync("resizing image p/i").join();
        gate.markStale();
        Writer writer = enter();
        CompletableFuture<Void> flush = gate.flushAsync();
        CompletableFuture<Void> reader = gate.freshAsync();
        CompletableFuture<Gate.Hold> claim = gate.closeAsync("another");
        loop.time.advance(DEADLINE);
        assertThat(writer.refused).as("its deadline is not over").isNull();
        loop.time.advance(DEADLINE.dividedBy(2));
        assertThat(writer.refused)
                .isInstanceOfSatisfying(
                        DeadlineException.class, late -> assertThat(late.sent()).isEqualTo(Sent.NEVER_SENT))
                .hasMessageContaining("resizing image p/i");
        for (CompletableFuture<?> late : List.of(flush, reader, claim)) {
            assertThat(late).isCompletedExceptionally();
        }
        assertThat(loop.time.scheduled()).as("timers when nobody waits").isZero();
        hold.close();
        Writer next = enter();
        refreshes.get(0).complete(null);
        assertThat(next.isIn()).isTrue();
    }

    @Test
    void aClaimThatIsLateLetsOthersInAlthoughSomeAreInside() {
        enter();
        CompletableFuture<Gate.Hold> hold = gate.closeAsync("a test");
        CompletableFuture<Void> flush = gate.flushAsync();
        loop.time.advance(DEADLINE.multipliedBy(2));
        assertThat(hold).isCompletedExceptionally();
        assertThat(flush).isCompletedExceptionally();
        assertThat(enter().isIn()).isTrue();
    }

    /** Or writers would go on with what the header said before. */
    @Test
    void aHoldThatIsClosedDuringItsRefreshStaysUntilThatHasEnded() {
        Gate.Hold hold = gate.closeAsync("a test").join();
        gate.refreshAsync(hold);
        Writer waiting = enter();
        hold.close();
        assertThat(waiting.isIn()).isFalse();
        refreshes.get(0).complete(null);
        assertThat(waiting.isIn()).isTrue();
    }

    @Test
    void anErrorOfOneWhoEntersKeepsNobodyOut() {
        Gate.Hold hold = gate.closeAsync("a test").join();
        gate.enter(new Gate.Entrant() {
            @Override
            public void entered(Pass pass) {
                pass.leave();
                throw new StackOverflowError("a test");
            }

            @Override
            public void refused(RadosException why) {}
        });
        Writer next = enter();
        hold.close();
        assertThat(next.isIn()).isTrue();
        assertThat(enter().isIn()).isTrue();
    }

    @Test
    void aStepThatThrowsOpensTheGateThatItHeld() {
        CompletableFuture<Void> step = gate.holdingAsync("a test", hold -> {
            throw new StackOverflowError("a test");
        });
        assertThat(step).isCompletedExceptionally();
        assertThat(enter().isIn()).isTrue();
    }

    @Test
    @Covers("H32")
    void aFlushWaitsForThoseBeforeItAndForNobodyElse() {
        Writer before = enter();
        CompletableFuture<Void> flush = gate.flushAsync();
        Writer after = enter();
        assertThat(after.isIn()).isTrue();
        CompletableFuture<Void> another = gate.flushAsync();
        after.pass.leave();
        assertThat(another).as("an earlier phase is not empty").isNotDone();
        assertThat(flush).isNotDone();
        before.pass.leave();
        assertThat(flush).isCompleted();
        assertThat(another).isCompleted();
    }

    @Test
    void aFlushCountsThoseWhoStandInLine() {
        Gate.Hold hold = gate.closeAsync("a test").join();
        Writer waiting = enter();
        CompletableFuture<Void> flush = gate.flushAsync();
        hold.close();
        assertThat(flush).isNotDone();
        waiting.pass.leave();
        assertThat(flush).isCompleted();
    }

    @Test
    @Covers({"K7", "H07"})
    void aStaleHeaderIsReadBeforeTheNextEntrant() {
        Writer inside = enter();
        gate.markStale();
        assertThat(refreshes).as("nobody wants to enter yet").isEmpty();
        Writer next = enter();
        assertThat(refreshes).as("one is inside").isEmpty();
        inside.pass.leave();
        assertThat(refreshes).hasSize(1);
        assertThat(next.isIn()).isFalse();
        refreshes.get(0).complete(null);
        assertThat(next.isIn()).isTrue();
        assertThat(enter().isIn()).isTrue();
        assertThat(refreshes).hasSize(1);
    }

    @Test
    @Covers("K7")
    void aChangeDuringTheRefreshHoldsUpOnlyThoseWhoCameLater() {
        gate.markStale();
        Writer before = enter();
        gate.markStale();
        Writer after = enter();
        refreshes.get(0).complete(null);
        assertThat(before.isIn()).isTrue();
        assertThat(after.isIn()).isFalse();
        before.pass.leave();
        assertThat(refreshes).hasSize(2);
        refreshes.get(1).complete(null);
        assertThat(after.isIn()).isTrue();
    }

    @Test
    void aFailedRefreshFailsThoseWhoWaitedAndIsTriedAgainForTheNext() {
        gate.markStale();
        Writer unlucky = enter();
        RadosException why = new RadosException(Errno.EIO, "reading a header");
        refreshes.get(0).completeExceptionally(why);
        assertThat(unlucky.refused).isSameAs(why);
        assertThat(unlucky.isIn()).isFalse();
        Writer lucky = enter();
        refreshes.get(1).complete(null);
        assertThat(lucky.isIn()).isTrue();
    }

    @Test
    void aHolderRefreshesItself() {
        gate.markStale();
        Gate.Hold hold = gate.closeAsync("a test").join();
        CompletableFuture<Void> refresh = gate.refreshAsync(hold);
        Writer waiting = enter();
        refreshes.get(0).complete(null);
        assertThat(refresh).isCompleted();
        hold.close();
        assertThat(waiting.isIn()).isTrue();
        assertThat(refreshes).hasSize(1);
    }

    @Test
    @Covers({"K5", "H61"})
    void aWriterWithoutTheLockAsksForItOnceAndWaits() {
        lock(false);
        Writer first = enter();
        Writer second = enter();
        assertThat(requests).hasSize(1);
        assertThat(first.isIn()).isFalse();
        lock(true);
        assertThat(first.isIn()).isTrue();
        assertThat(second.isIn()).isTrue();
        requests.get(0).complete(null);
        assertThat(enter().isIn()).isTrue();
        assertThat(requests).hasSize(1);
    }

    @Test
    @Covers("H66")
    void whoGetsTheLockHoldsTheGateBeforeThoseWhoWaitForTheLock() {
        lock(false);
        Writer waiting = enter();
        Gate.Hold hold = gate.closeAsync("a test").join();
        CompletableFuture<Void> refresh = gate.refreshAsync(hold);
        lock(true);
        assertThat(waiting.isIn()).isFalse();
        refreshes.get(0).complete(null);
        assertThat(refresh).isCompleted();
        hold.close();
        assertThat(waiting.isIn()).isTrue();
    }

    @Test
    @Covers({"K8", "H65"})
    void whoGivesTheLockAwayWaitsForThoseInsideAndOthersAskAgain() {
        Writer inside = enter();
        CompletableFuture<Gate.Hold> hold = gate.closeAsync("a test");
        Writer late = enter();
        assertThat(hold).isNotDone();
        inside.pass.leave();
        lock(false);
        assertThat(requests).as("the lock is not given away yet").isEmpty();
        hold.join().close();
        assertThat(late.isIn()).isFalse();
        assertThat(requests).hasSize(1);
    }

    @Test
    @Covers("H62")
    void aRefusedLockRefusesThoseInLineAndTheNextAsksAgain() {
        lock(false);
        Writer unlucky = enter();
        RadosException why = new RadosException(Errno.EROFS, "asking for a lock");
        requests.get(0).completeExceptionally(why);
        assertThat(unlucky.refused).isSameAs(why);
        Writer next = enter();
        assertThat(requests).hasSize(2);
        lock(true);
        assertThat(next.isIn()).isTrue();
    }

    @Test
    void aLockThatIsGoneAgainAtOnceIsAskedForAgain() {
        lock(false);
        Writer waiting = enter();
        requests.get(0).complete(null);
        assertThat(requests).hasSize(2);
        assertThat(waiting.isIn()).isFalse();
    }

    @Test
    @Covers({"K7", "H24"})
    void readersWaitForAFreshHeaderButNotForTheLock() {
        lock(false);
        Writer writer = enter();
        gate.markStale();
        CompletableFuture<Void> reader = gate.freshAsync();
        CompletableFuture<Void> another = gate.freshAsync();
        assertThat(refreshes).hasSize(1);
        assertThat(reader).isNotDone();
        refreshes.get(0).complete(null);
        assertThat(reader).isCompleted();
        assertThat(another).as("came when the header was being read").isCompleted();
        assertThat(gate.freshAsync()).isCompleted();
        assertThat(writer.isIn()).isFalse();
    }

    @Test
    void aReaderIsToldWhyTheHeaderCannotBeRead() {
        gate.markStale();
        CompletableFuture<Void> reader = gate.freshAsync();
        refreshes.get(0).completeExceptionally(new RadosException(Errno.EIO, "reading a header"));
        assertThat(reader).isCompletedExceptionally();
        CompletableFuture<Void> next = gate.freshAsync();
        refreshes.get(1).complete(null);
        assertThat(next).isCompleted();
    }

    @Test
    void aFullLineRefuses() {
        gate.closeAsync("a test").join();
        for (int i = 0; i < Gate.MAX_WAITING; i++) {
            gate.enter(new Writer());
        }
        assertThat(enter().refused.errno()).isEqualTo(Errno.EAGAIN);
    }

    /** Writers that leave on another thread; holders that look whether anybody is inside; each writer's order noted. */
    @Test
    @Covers("K5")
    void nobodyIsInsideWhileItIsHeldAndNoThreadOvertakesItself() throws Exception {
        int writers = 4;
        int writes = 20_000;
        AtomicInteger inside = new AtomicInteger();
        AtomicInteger intruders = new AtomicInteger();
        List<List<Integer>> orders = new ArrayList<>();
        Gate busy = new Gate(
                () -> CompletableFuture.completedFuture(null),
                () -> true,
                () -> CompletableFuture.completedFuture(null),
                () -> "another has it",
                Doubts.none(),
                new GateRounds(() -> loop, () -> DEADLINE, Environment.system()));
        ConcurrentLinkedQueue<Pass> in = new ConcurrentLinkedQueue<>();
        ExecutorService pool = Executors.newFixedThreadPool(writers + 2);
        Semaphore outstanding = new Semaphore(256);
        CountDownLatch written = new CountDownLatch(writers * writes);
        for (int w = 0; w < writers; w++) {
            List<Integer> order = Collections.synchronizedList(new ArrayList<>());
            orders.add(order);
            pool.execute(() -> {
                for (int i = 0; i < writes; i++) {
                    int number = i;
                    outstanding.acquireUninterruptibly();
                    busy.enter(new Gate.Entrant() {
                        @Override
                        public void entered(Pass pass) {
                            inside.incrementAndGet();
                            order.add(number);
                            in.add(pass);
                        }

                        @Override
                        public void refused(RadosException why) {
                            written.countDown();
                        }
                    });
                }
            });
        }
        pool.execute(() -> {
            while (written.getCount() > 0) {
                Pass pass = in.poll();
                if (pass != null) {
                    inside.decrementAndGet();
                    pass.leave();
                    outstanding.release();
                    written.countDown();
                }
            }
        });
        pool.execute(() -> {
            for (int i = 0; written.getCount() > 0; i++) {
                if (i % 3 == 0) {
                    busy.markStale();
                } else if (i % 3 == 1) {
                    busy.flushAsync().join();
                }
                try (Gate.Hold hold = busy.closeAsync("a test").join()) {
                    intruders.addAndGet(inside.get());
                    busy.refreshAsync(hold).join();
                    intruders.addAndGet(inside.get());
                }
            }
        });
        assertThat(written.await(50, TimeUnit.SECONDS)).isTrue();
        pool.shutdown();
        assertThat(pool.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
        assertThat(intruders).hasValue(0);
        for (List<Integer> order : orders) {
            assertThat(order).hasSize(writes).isSorted();
        }
    }

    @Test
    @Covers("K19")
    void whoIsRefusedBecauseTheLockIsInDoubtGetsNoReceiptOfTheLock() {
        OutcomeUnknownException locking = NeverAnswered.failure("locking the header");
        lock(false);
        Writer withoutLock = enter();
        requests.get(0).completeExceptionally(locking);
        lock(true);
        gate.markStale();
        Writer withOldHeader = enter();
        refreshes.get(0).completeExceptionally(locking);
        for (Writer writer : List.of(withoutLock, withOldHeader)) {
            assertThat(writer.refused)
                    .as("it could finish the locking, and would take its write for done")
                    .isNotInstanceOf(OutcomeUnknownException.class)
                    .isInstanceOfSatisfying(DeadlineException.class, late -> assertThat(late.sent())
                            .isEqualTo(Sent.NEVER_SENT))
                    .hasMessageEndingWith("locking the header (never sent): timed out (ETIMEDOUT)");
        }
    }

    @Test
    void whoStoodInLineDoesNotEnterWithTheHeaderFromBeforeAChangeThatWasMadeHere() {
        Writer inside = enter();
        CompletableFuture<Gate.Hold> held = gate.closeAsync("a test");
        Writer late = enter();
        inside.pass.leave();
        Gate.Hold hold = held.join();
        gate.refreshAsync(hold);
        refreshes.get(0).complete(null);
        gate.markChanged();
        hold.close();
        assertThat(late.isIn()).isFalse();
        refreshes.get(1).complete(null);
        assertThat(late.isIn()).isTrue();
    }

    @Test
    void aChangeThatIsMadeHereDuringARefreshMakesItCountForNobody() {
        Gate.Hold hold = gate.closeAsync("a test").join();
        Writer late = enter();
        gate.refreshAsync(hold);
        gate.markChanged();
        hold.close();
        refreshes.get(0).complete(null);
        assertThat(late.isIn()).isFalse();
        assertThat(refreshes).hasSize(2);
        refreshes.get(1).complete(null);
        assertThat(late.isIn()).isTrue();
    }

    @Test
    void changesOfOthersInARowDoNotKeepWhoStoodInLineBeforeTheRefresh() {
        Gate.Hold hold = gate.closeAsync("a test").join();
        Writer late = enter();
        gate.refreshAsync(hold);
        gate.markStale();
        refreshes.get(0).complete(null);
        hold.close();
        assertThat(late.isIn()).isTrue();
    }
}
