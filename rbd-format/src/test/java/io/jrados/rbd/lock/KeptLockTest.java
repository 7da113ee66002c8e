package io.jrados.rbd.lock;

import static org.assertj.core.api.Assertions.assertThat;

import io.jrados.error.ClosedException;
import io.jrados.error.DeadlineException;
import io.jrados.error.Errno;
import io.jrados.error.OutcomeUnknownException;
import io.jrados.error.RadosException;
import io.jrados.testkit.Covers;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/**
 * Requests whose answers never come leave no lock behind that nobody knows of, and nothing is called given back that is
 * not.
 */
class KeptLockTest extends LockFixture {
    private static final Duration RETRY = Duration.ofSeconds(1);

    private CompletableFuture<Void> release() {
        return after(lock.releaseAsync());
    }

    private CompletableFuture<Void> close() {
        return after(lock.closeAsync());
    }

    @Test
    @Covers({"H64", "K8"})
    void aLockThatCouldNotBeUnlockedIsKeptAndUnlockedLater() {
        acquire();
        lost.put("unlock", false);
        CompletableFuture<Void> released = release();
        assertThat(errno(released)).isEqualTo(Errno.ETIMEDOUT);
        assertThat(failure(released)).hasMessageContaining("rbd/image").hasMessageContaining("keeps");
        assertThat(lock.isOwned())
                .as("the unlocking may still come: nothing is written")
                .isFalse();
        assertThat(lock.answersForOwner()).isTrue();
        assertThat(lock.requested()).isZero();
        assertThat(inUse).containsExactly("auto 7");
        loop.advance(RETRY);
        lost.clear();
        loop.advance(RETRY);
        assertThat(owner).isEmpty();
        assertThat(inUse).isEmpty();
        assertThat(log).endsWith("lost unlock", "lost unlock", "unlock auto 7", "RELEASED_LOCK");
        heard();
        assertThat(acquire()).isCompleted();
        assertThat(lock.isOwned()).isTrue();
    }

    @Test
    @Covers("K8")
    void anUnlockingThatWasCarriedOutWithoutAnAnswerIsFoundOut() {
        acquire();
        lost.put("unlock", true);
        assertThat(release()).isCompletedExceptionally();
        lost.clear();
        ownedByOther();
        loop.advance(RETRY);
        assertThat(inUse).isEmpty();
        assertThat(log).endsWith("unlock", "RELEASED_LOCK");
        heard();
        acquire();
        assertThat(asked).as("the other is asked").hasSize(1);
    }

    @Test
    @Covers("H61")
    void whoWantsAKeptLockFailsWithTheNextAttemptAndGetsItLater() {
        acquire();
        lost.put("unlock", false);
        release();
        CompletableFuture<Void> early = acquire();
        assertThat(early).isNotDone();
        loop.advance(RETRY);
        assertThat(errno(early)).isEqualTo(Errno.ETIMEDOUT);
        CompletableFuture<Void> late = acquire();
        lost.clear();
        loop.advance(RETRY);
        heard();
        assertThat(late).isCompleted();
    }

    @Test
    @Covers("H08")
    void closingFailsWhileTheLockIsKeptHoweverOftenItIsCalled() {
        acquire();
        lost.put("unlock", false);
        assertThat(failure(close())).hasMessageContaining("rbd/image");
        CompletableFuture<Void> second = close();
        assertThat(second).isNotDone();
        loop.advance(RETRY);
        assertThat(errno(second)).isEqualTo(Errno.ETIMEDOUT);
        CompletableFuture<Void> third = close();
        lost.clear();
        loop.advance(RETRY);
        heard();
        assertThat(third).isCompleted();
        assertThat(close()).isCompleted();
        assertThat(owner).isEmpty();
        assertThat(lock.overAsync()).isCompleted();
    }

    @Test
    @Covers("H08")
    void aClientThatClosesWithTheLockSaysSo() {
        acquire();
        lost.put("unlock", false);
        close();
        CompletableFuture<Void> second = close();
        lock.fenced(new ClosedException("closing the client"));
        loop.run();
        assertThat(failure(second)).isInstanceOf(ClosedException.class).hasMessageContaining("still had");
        assertThat(failure(close())).isInstanceOf(ClosedException.class).hasMessageContaining("rbd/image");
        loop.advance(RETRY.multipliedBy(3));
        assertThat(log.stream().filter("lost unlock"::equals)).as("it is over").hasSize(1);
    }

    @Test
    @Covers({"H61", "K5"})
    void aLockThatWasTakenWithoutAnAnswerIsTakenOffAgain() {
        lost.put("lock", true);
        assertThat(errno(acquire())).isEqualTo(Errno.ETIMEDOUT);
        assertThat(log).endsWith("lost lock", "unlock auto 7", "RELEASED_LOCK");
        assertThat(owner).isEmpty();
        assertThat(inUse).isEmpty();
        lost.clear();
        heard();
        assertThat(acquire()).isCompleted();
    }

    @Test
    @Covers("H66")
    void whatCannotBeOpenedIsUnlockedUntilThatIsCertain() {
        opening = CompletableFuture.failedFuture(new RadosException(Errno.EIO, "opening"));
        lost.put("unlock", false);
        assertThat(errno(acquire())).isEqualTo(Errno.EIO);
        assertThat(owner).isPresent();
        lost.clear();
        loop.advance(RETRY);
        assertThat(owner).isEmpty();
    }

    @Test
    @Covers("H63")
    void aRemnantOfThisClientsOwnIsBrokenWithoutFencingAnybody() {
        owner = Optional.of(new LockOwner("client.1", "10.0.0.1:0/11", "auto 6", 6));
        assertThat(acquire()).isCompleted();
        assertThat(log).contains("break client.1").doesNotContain("fence 10.0.0.1:0/11");
    }

    @Test
    @Covers("H63")
    void aLockOfThisClientWhoseWatchIsThereIsNoRemnant() {
        LockOwner ours = new LockOwner("client.1", "10.0.0.1:0/11", "auto 6", 6);
        owner = Optional.of(ours);
        alive.add(ours);
        acquire();
        assertThat(log).doesNotContain("break client.1");
        assertThat(asked).hasSize(1);
    }

    @Test
    @Covers({"H64", "K11"})
    void aCookieThatWasChangedWithoutAnAnswerIsTheOneInForce() {
        acquire();
        lost.put("set cookie", true);
        handle = 8;
        lock.watched(8);
        loop.run();
        assertThat(lock.isOwned()).isTrue();
        assertThat(inUse).containsExactly("auto 8");
        release();
        assertThat(log).contains("unlock auto 8");
        assertThat(owner).isEmpty();
    }

    @Test
    @Covers({"H64", "K11"})
    void aCookieThatWasNotChangedIsChangedLater() {
        acquire();
        lost.put("set cookie", false);
        handle = 8;
        lock.watched(8);
        loop.run();
        assertThat(lock.isOwned()).as("who breaks the lock fences this client").isTrue();
        assertThat(inUse).containsExactlyInAnyOrder("auto 7", "auto 8");
        lost.clear();
        loop.advance(RETRY);
        assertThat(log).contains("set cookie auto 7 -> auto 8");
        assertThat(inUse).containsExactly("auto 8");
    }

    @Test
    @Covers({"H64", "K11"})
    void aLockIsUnlockedByEachCookieThatItMayHave() {
        acquire();
        lost.put("set cookie", false);
        handle = 8;
        lock.watched(8);
        loop.run();
        assertThat(release()).isCompleted();
        assertThat(owner).isEmpty();
        assertThat(inUse).isEmpty();
        assertThat(log).contains("unlock auto 7", "unlock");
    }

    @Test
    @Covers("K11")
    void aLockThatWasBrokenWhileItsCookieWasInDoubtIsLost() {
        acquire();
        lost.put("set cookie", false);
        handle = 8;
        lock.watched(8);
        loop.run();
        ownedByOther();
        lost.clear();
        loop.advance(RETRY);
        assertThat(lock.isOwned()).isFalse();
        assertThat(inUse).isEmpty();
        assertThat(owner).contains(OTHER);
    }

    @Test
    @Covers("K8")
    void aLockThatIsStillWrittenUnderIsOwnedWhenThatCannotBeWaitedFor() {
        acquire();
        draining = CompletableFuture.failedFuture(new RadosException(Errno.ETIMEDOUT, "waiting for writes"));
        assertThat(errno(release())).isEqualTo(Errno.ETIMEDOUT);
        assertThat(lock.isOwned()).isTrue();
        assertThat(log).doesNotContain("unlock auto 7");
        CompletableFuture<Void> closed = close();
        assertThat(errno(closed)).isEqualTo(Errno.ETIMEDOUT);
        draining = CompletableFuture.completedFuture(null);
        loop.advance(RETRY);
        heard();
        assertThat(lock.overAsync()).isCompleted();
        assertThat(owner).isEmpty();
    }

    @Test
    @Covers("K8")
    void aReleaseThatWritesInDoubtForbidFollowsWhenTheyAreSettled() {
        acquire();
        draining = CompletableFuture.failedFuture(
                new DeadlineException("a write is in doubt", DeadlineException.Sent.UNKNOWN, null));
        assertThat(errno(release())).isEqualTo(Errno.ETIMEDOUT);
        assertThat(lock.isOwned()).isTrue();
        draining = CompletableFuture.completedFuture(null);
        loop.advance(RETRY);
        assertThat(owner).isEmpty();
        assertThat(lock.isOwned()).isFalse();
    }

    @Test
    @Covers({"K8", "K19"})
    void whatIsInDoubtIsNotSentAgainWhenTheLockIsLost() {
        acquire();
        ownedByOther();
        handle = 8;
        lock.watched(handle);
        loop.run();
        assertThat(log).containsSubsequence("lost", "writers may not");
        assertThat(lock.isOwned()).isFalse();
    }

    @Test
    @Covers("K19")
    void whoWantedALockThatIsInDoubtGetsNoReceiptOfIt() {
        lost.put("lock", false);
        Throwable failed = failure(acquire());
        assertThat(failed).isInstanceOf(DeadlineException.class).isNotInstanceOf(OutcomeUnknownException.class);
    }

    private void watchedAnew(long by) {
        handle = by;
        lock.watched(by);
        loop.run();
    }

    /**
     * The cookie of the next lock was forgotten with that of the last: closing left it, and others fenced the client.
     */
    @Test
    @Covers({"H08", "H64", "K8"})
    void aWatchThatIsRenewedWhileOthersHearOfTheReleaseLeavesNoLockBehind() {
        acquire();
        release();
        assertThat(log).as("not heard yet").endsWith("RELEASED_LOCK");
        cookieAnswer = new CompletableFuture<>();
        watchedAnew(8);
        assertThat(log).as("there is no lock to change").doesNotContain("set cookie");
        CompletableFuture<Void> again = acquire();
        heard();
        cookieAnswer.complete(null);
        loop.run();
        assertThat(again).isCompleted();
        assertThat(lock.isOwned()).isTrue();
        assertThat(inUse).containsExactly("auto 8");
        closesWithoutALock();
    }

    @Test
    @Covers({"H08", "H64", "K11"})
    void anAnswerAboutTheLastLockDoesNotCountForTheNext() {
        acquire();
        owner = Optional.empty();
        cookieAnswer = new CompletableFuture<>();
        watchedAnew(8);
        release();
        CompletableFuture<Void> again = acquire();
        heard();
        cookieAnswer.complete(null);
        loop.run();
        assertThat(again).isCompleted();
        assertThat(lock.isOwned()).isTrue();
        assertThat(inUse).containsExactly("auto 8");
        closesWithoutALock();
    }

    private void closesWithoutALock() {
        CompletableFuture<Void> closed = close();
        heard();
        assertThat(closed).isCompleted();
        assertThat(owner).as("the lock after a close that succeeded").isEmpty();
        assertThat(inUse).isEmpty();
    }

    @Test
    @Covers({"H64", "K11"})
    void aCookieThatWasChangedLateIsChangedFromThere() {
        acquire();
        lost.put("set cookie", false);
        watchedAnew(8);
        lost.clear();
        owner = Optional.of(new LockOwner("client.1", "10.0.0.1:0/11", "auto 8", 8));
        watchedAnew(9);
        loop.advance(RETRY);
        assertThat(log).contains("set cookie auto 8 -> auto 9");
        assertThat(inUse).containsExactly("auto 9");
        assertThat(lock.isOwned()).isTrue();
    }
}
