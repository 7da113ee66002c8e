package io.jrados.rbd.lock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.jrados.error.DeadlineException;
import io.jrados.error.Errno;
import io.jrados.error.FencedException;
import io.jrados.error.RadosException;
import io.jrados.testkit.Covers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** The lock's machine against a cluster, peers and an image that do what the test says, with a clock driven by hand. */
class ManagedLockTest {
    private static final LockOwner OTHER = new LockOwner("client.9", "10.0.0.9:0/99", "auto 90", 90);
    private static final Duration RESEND = Duration.ofSeconds(10);
    private static final Duration SILENCE = Duration.ofMinutes(2);

    private final HandLoop loop = new HandLoop();
    private final List<String> log = new ArrayList<>();

    // The cluster.
    private Optional<LockOwner> owner = Optional.empty();
    private final Set<LockOwner> alive = new HashSet<>();
    private Optional<LockOwner> takesOver = Optional.empty();
    private Optional<Errno> failing = Optional.empty();

    // The peers.
    private long handle = 7;
    private final List<CompletableFuture<Integer>> asked = new ArrayList<>();
    private final List<CompletableFuture<Void>> announcements = new ArrayList<>();

    // The image.
    private CompletableFuture<Void> opening = CompletableFuture.completedFuture(null);
    private CompletableFuture<Void> draining = CompletableFuture.completedFuture(null);
    private Optional<RadosException> fence = Optional.empty();

    private final ManagedLock lock = new ManagedLock(
            loop,
            new Cluster(),
            new Others(),
            new Image(),
            new LockSettings(LockPolicy.AUTOMATIC, true, Duration.ZERO, RESEND, SILENCE, Duration.ofSeconds(30), 10));

    private final class Cluster implements LockRequests {
        private <T> CompletableFuture<T> done(String what, T value) {
            log.add(what);
            return failing.isEmpty()
                    ? CompletableFuture.completedFuture(value)
                    : CompletableFuture.failedFuture(RadosException.of(failing.get(), what));
        }

        private CompletableFuture<Void> refused(String what, Errno errno) {
            log.add(what);
            return CompletableFuture.failedFuture(RadosException.of(errno, what));
        }

        @Override
        public CompletableFuture<Void> lock(String cookie) {
            if (owner.isPresent()) {
                return refused("lock", Errno.EBUSY);
            }
            owner = Optional.of(new LockOwner("client.1", "10.0.0.1:0/11", cookie, handle));
            return done("lock " + cookie, null);
        }

        @Override
        public CompletableFuture<Void> unlock(String cookie) {
            if (owner.filter(has -> has.cookie().equals(cookie)).isEmpty()) {
                return refused("unlock", Errno.ENOENT);
            }
            owner = Optional.empty();
            return done("unlock " + cookie, null);
        }

        @Override
        public CompletableFuture<Void> setCookie(String cookie, String newCookie) {
            if (owner.filter(has -> has.cookie().equals(cookie)).isEmpty()) {
                return refused("set cookie", Errno.EBUSY);
            }
            owner = Optional.of(new LockOwner("client.1", "10.0.0.1:0/11", newCookie, handle));
            return done("set cookie " + cookie + " -> " + newCookie, null);
        }

        @Override
        public CompletableFuture<Optional<LockOwner>> owner() {
            return done("owner", owner);
        }

        @Override
        public CompletableFuture<Void> breakLock(LockOwner dead) {
            owner = Optional.empty();
            return done("break " + dead.client(), null);
        }

        @Override
        public CompletableFuture<Boolean> isAlive(LockOwner which) {
            boolean answer = alive.contains(which);
            owner = takesOver.or(() -> owner);
            takesOver = Optional.empty();
            return done("alive?", answer);
        }

        @Override
        public CompletableFuture<Void> fence(LockOwner dead) {
            return done("fence " + dead.address(), null);
        }

        @Override
        public boolean isSelf(LockOwner which) {
            return which.client().equals("client.1");
        }
    }

    private final class Others implements OwnerRequests {
        @Override
        public CompletableFuture<Long> watchAsync() {
            return CompletableFuture.completedFuture(handle);
        }

        @Override
        public CompletableFuture<Integer> requestLockAsync() {
            log.add("request");
            CompletableFuture<Integer> answer = new CompletableFuture<>();
            asked.add(answer);
            return answer;
        }

        @Override
        public CompletableFuture<Void> announceAsync(NotifyOp notice) {
            log.add(notice.toString());
            CompletableFuture<Void> heard = new CompletableFuture<>();
            announcements.add(heard);
            return heard;
        }
    }

    private final class Image implements LockedImage {
        @Override
        public String spec() {
            return "rbd/image";
        }

        @Override
        public CompletableFuture<Void> acquired() {
            log.add("open");
            return opening;
        }

        @Override
        public CompletableFuture<Void> release(Supplier<CompletableFuture<Void>> unlock) {
            log.add("drain");
            return draining.thenCompose(drained -> unlock.get());
        }

        @Override
        public void ownershipChanged() {
            log.add(lock.isOwned() ? "writers may" : "writers may not");
        }

        @Override
        public void headerChanged() {}

        @Override
        public void fenced(RadosException why) {
            fence = Optional.of(why);
        }
    }

    private <T> CompletableFuture<T> after(CompletableFuture<T> call) {
        loop.run();
        return call;
    }

    private CompletableFuture<Void> acquire() {
        return after(lock.acquireAsync());
    }

    private void answer(int result) {
        asked.get(asked.size() - 1).complete(result);
        loop.run();
    }

    private void heard() {
        List.copyOf(announcements).forEach(one -> one.complete(null));
        loop.run();
    }

    private static Errno errno(CompletableFuture<?> failed) {
        return ((RadosException) failure(failed)).errno();
    }

    private static Throwable failure(CompletableFuture<?> failed) {
        assertThat(failed).isCompletedExceptionally();
        return Failures.of(catchThrowable(failed::join));
    }

    private void ownedByOther() {
        owner = Optional.of(OTHER);
        alive.add(OTHER);
    }

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
        assertThat(log).containsExactly("owner", "lock auto 7", "open", "unlock auto 7");
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
        acquire();
        assertThat(log).doesNotContain("fence 10.0.0.1:0/11");
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
        assertThat(log).startsWith("set cookie", "writers may not", "drain");
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
