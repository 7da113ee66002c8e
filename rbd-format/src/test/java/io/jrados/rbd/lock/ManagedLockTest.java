package io.jrados.rbd.lock;

import static org.assertj.core.api.Assertions.assertThat;

import io.jrados.error.DeadlineException;
import io.jrados.error.Errno;
import io.jrados.error.FencedException;
import io.jrados.error.RadosException;
import io.jrados.testkit.Covers;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Tests of the lock's machine: it takes, keeps and gives away the lock while the cluster answers. */
class ManagedLockTest extends LockFixture {
    @Test
    @Covers({"H61", "H66", "K10", "K5"})
    void aFreeLockIsTakenAndTheImageOpenedBeforeWritersMay() {
        opening = new CompletableFuture<>();
        CompletableFuture<Void> acquired = acquire();
        assertThat(acquired).isNotDone();
        assertThat(lock.isOwned()).isFalse();
        opening.complete(null);
        loop.run();
        assertThat(acquired).isCompleted();
        assertThat(log).containsExactly("owner", "lock auto 7", "open", "writers may", "ACQUIRED_LOCK");
        assertThat(acquire()).isCompleted();
    }

    @Test
    @Covers("H66")
    void whatCannotBeOpenedIsUnlocked() {
        opening = CompletableFuture.failedFuture(new RadosException(Errno.EIO, "opening"));
        assertThat(errno(acquire())).isEqualTo(Errno.EIO);
        assertThat(log).containsExactly("owner", "lock auto 7", "open", "unlock auto 7", "RELEASED_LOCK");
        assertThat(lock.isOwned()).isFalse();
    }

    @Test
    @Covers({"H71", "H70"})
    void anOwnerThatAgreesIsAskedAgainUntilTheLockIsFree() {
        ownedByOther();
        CompletableFuture<Void> acquired = acquire();
        assertThat(asked).hasSize(1);
        answer(0);
        loop.advance(RESEND.minusMillis(1));
        assertThat(asked).hasSize(1);
        loop.advance(Duration.ofMillis(1));
        assertThat(asked).hasSize(2);
        owner = Optional.empty();
        lock.ownerChanged();
        loop.run();
        assertThat(acquired).isCompleted();
        answer(0);
        loop.advance(RESEND.multipliedBy(3));
        assertThat(asked).as("not asked any more").hasSize(2);
    }

    @Test
    @Covers({"H62", "H71"})
    void anOwnerThatKeepsItMakesThoseFailWhoWantIt() {
        ownedByOther();
        CompletableFuture<Void> first = acquire();
        CompletableFuture<Void> second = acquire();
        answer(-Errno.EROFS.number());
        assertThat(errno(first)).isEqualTo(Errno.EROFS);
        assertThat(errno(second)).isEqualTo(Errno.EROFS);
        CompletableFuture<Void> later = acquire();
        assertThat(asked).hasSize(2);
        owner = Optional.empty();
        lock.ownerChanged();
        loop.run();
        assertThat(later).isCompleted();
    }

    @Test
    @Covers({"H71", "H63", "K9"})
    void anOwnerThatDoesNotAnswerAndDoesNotWatchIsFencedBeforeItsLockIsBroken() {
        ownedByOther();
        CompletableFuture<Void> acquired = acquire();
        alive.clear();
        log.clear();
        answer(-Errno.ETIMEDOUT.number());
        loop.advance(Duration.ofMillis(100));
        assertThat(acquired).isCompleted();
        assertThat(log)
                .containsExactly(
                        "owner",
                        "lock",
                        "alive?",
                        "owner",
                        "fence 10.0.0.9:0/99",
                        "break client.9",
                        "lock auto 7",
                        "open",
                        "writers may",
                        "ACQUIRED_LOCK");
    }

    @Test
    @Covers({"H63", "K9"})
    void aLockThatHasChangedHandsMeanwhileIsNotBroken() {
        LockOwner next = new LockOwner("client.8", "10.0.0.8:0/88", "auto 80", 80);
        owner = Optional.of(OTHER);
        takesOver = Optional.of(next);
        acquire();
        assertThat(log).doesNotContain("fence 10.0.0.9:0/99", "break client.9");
        assertThat(asked).hasSize(1);
    }

    @Test
    @Covers("H63")
    void anotherImageOfThisClientIsNeverFenced() {
        owner = Optional.of(new LockOwner("client.1", "10.0.0.1:0/11", "auto 6", 6));
        inUse.add("auto 6");
        acquire();
        assertThat(log).doesNotContain("fence 10.0.0.1:0/11", "break client.1");
        assertThat(asked).hasSize(1);
    }

    @Test
    @Covers("H84")
    void tryingDoesNotAsk() {
        ownedByOther();
        assertThat(after(lock.tryAcquireAsync())).isCompletedWithValue(false);
        assertThat(asked).isEmpty();
        owner = Optional.empty();
        assertThat(after(lock.tryAcquireAsync())).isCompletedWithValue(true);
    }

    @Test
    @Covers({"K8", "H65", "H70"})
    void aRequestedLockIsUnlockedWhenTheLastWriterIsOut() {
        acquire();
        log.clear();
        draining = new CompletableFuture<>();
        assertThat(lock.requested()).isZero();
        loop.run();
        assertThat(lock.isOwned()).as("those inside still write").isTrue();
        assertThat(lock.requested()).as("a second request").isZero();
        CompletableFuture<Void> again = acquire();
        draining.complete(null);
        loop.run();
        assertThat(log).containsExactly("drain", "writers may not", "unlock auto 7", "RELEASED_LOCK");
        assertThat(again).as("others come first").isNotDone();
        heard();
        assertThat(again).isCompleted();
    }

    @Test
    @Covers("K8")
    void aRequestThatComesTooEarlyIsHeededWhenTheLockIsThere() {
        opening = new CompletableFuture<>();
        CompletableFuture<Void> acquired = acquire();
        lock.requested();
        loop.run();
        opening.complete(null);
        loop.run();
        assertThat(acquired).isCompleted();
        assertThat(log).endsWith("drain", "writers may not", "unlock auto 7", "RELEASED_LOCK");
    }

    @Test
    @Covers("H62")
    void otherPoliciesKeepTheLock() {
        acquire();
        lock.policy(LockPolicy.MANUAL);
        assertThat(lock.requested()).isEqualTo(-Errno.EROFS.number());
        lock.policy(LockPolicy.TRANSIENT);
        assertThat(lock.requested()).isZero();
        loop.run();
        assertThat(lock.isOwned()).isTrue();
        assertThat(log).doesNotContain("drain");
    }

    @Test
    @Covers({"H64", "K11", "G185"})
    void anotherWatchGivesTheLockAnotherCookie() {
        acquire();
        log.clear();
        handle = 8;
        lock.watched(8);
        loop.run();
        assertThat(log).containsExactly("set cookie auto 7 -> auto 8", "ACQUIRED_LOCK");
        assertThat(lock.isOwned()).isTrue();
        after(lock.releaseAsync());
        assertThat(log).contains("unlock auto 8");
    }

    @Test
    @Covers({"H64", "K11"})
    void aLockThatWasBrokenMeanwhileIsLost() {
        acquire();
        ownedByOther();
        log.clear();
        handle = 8;
        lock.watched(8);
        loop.run();
        assertThat(lock.isOwned()).isFalse();
        assertThat(log).startsWith("set cookie", "lost", "writers may not", "drain");
        heard();
        acquire();
        assertThat(asked).as("it is asked for like by anybody").hasSize(1);
    }

    @Test
    @Covers({"K11", "H64"})
    void whoIsFencedGetsNothingForGood() {
        acquire();
        failing = Optional.of(Errno.EBLOCKLISTED);
        handle = 8;
        lock.watched(8);
        loop.run();
        assertThat(lock.isOwned()).isFalse();
        assertThat(fence).isPresent();
        failing = Optional.empty();
        assertThat(failure(acquire())).isInstanceOf(FencedException.class);
        assertThat(failure(after(lock.tryAcquireAsync()))).isInstanceOf(FencedException.class);
        assertThat(after(lock.closeAsync())).isCompleted();
    }

    @Test
    @Covers("H61")
    void anOwnerThatSaysNothingForLongIsNotWaitedForAnyLonger() {
        ownedByOther();
        CompletableFuture<Void> acquired = acquire();
        loop.advance(SILENCE.minusSeconds(1));
        answer(0);
        loop.advance(SILENCE.minusSeconds(1));
        assertThat(acquired).as("it has given a sign of life").isNotDone();
        loop.advance(Duration.ofSeconds(1));
        assertThat(failure(acquired)).isInstanceOf(DeadlineException.class);
        assertThat(acquire()).as("the next may wait").isNotDone();
    }

    @Test
    @Covers("H71")
    void aRequestThatCannotBeMadeIsMadeAgain() {
        ownedByOther();
        acquire();
        asked.get(0).completeExceptionally(new RadosException(Errno.EIO, "notifying"));
        loop.run();
        loop.advance(Duration.ofSeconds(1));
        assertThat(asked).hasSize(2);
        answer(-Errno.EINVAL.number());
        loop.advance(Duration.ofSeconds(1));
        assertThat(asked).hasSize(3);
    }

    @Test
    @Covers("H08")
    void closingGivesTheLockAway() {
        acquire();
        log.clear();
        CompletableFuture<Void> closed = after(lock.closeAsync());
        assertThat(log).startsWith("drain", "writers may not", "unlock auto 7", "RELEASED_LOCK");
        heard();
        assertThat(closed).isCompleted();
        assertThat(after(lock.closeAsync())).isCompleted();
        assertThat(errno(acquire())).isEqualTo(Errno.EBADF);
    }

    @Test
    @Covers("H08")
    void closingEndsWhatWaitsForTheLock() {
        ownedByOther();
        CompletableFuture<Void> acquired = acquire();
        assertThat(after(lock.closeAsync())).isCompleted();
        assertThat(errno(acquired)).isEqualTo(Errno.EBADF);
        assertThat(owner).contains(OTHER);
    }

    @Test
    @Covers("H08")
    void closingWhileTheLockIsTakenGivesItAwayThen() {
        opening = new CompletableFuture<>();
        acquire();
        CompletableFuture<Void> closed = after(lock.closeAsync());
        assertThat(closed).isNotDone();
        opening.complete(null);
        loop.run();
        heard();
        assertThat(closed).isCompleted();
        assertThat(owner).isEmpty();
    }
}
