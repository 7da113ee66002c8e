package io.jrados.rbd.lock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.jrados.conf.Environment;
import io.jrados.error.Errno;
import io.jrados.error.RadosException;
import io.jrados.rbd.NeverAnswered;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/** A lock's machine with a cluster, peers and an image that do what the test says, and a clock driven by hand. */
abstract class LockFixture {
    static final LockOwner OTHER = new LockOwner("client.9", "10.0.0.9:0/99", "auto 90", 90);
    static final Duration RESEND = Duration.ofSeconds(10);
    static final Duration SILENCE = Duration.ofMinutes(2);

    final HandLoop loop = new HandLoop();
    final List<String> log = new ArrayList<>();

    // The cluster.
    Optional<LockOwner> owner = Optional.empty();
    final Set<LockOwner> alive = new HashSet<>();
    Optional<LockOwner> takesOver = Optional.empty();
    Optional<Errno> failing = Optional.empty();
    final Set<String> inUse = new HashSet<>();

    /** The answer to a request to change the cookie; it is carried out, or refused, at once. */
    CompletableFuture<Void> cookieAnswer = CompletableFuture.completedFuture(null);

    /** Requests whose answers get lost, and whether they are carried out. */
    final Map<String, Boolean> lost = new HashMap<>();

    // The peers.
    long handle = 7;
    final List<CompletableFuture<Integer>> asked = new ArrayList<>();
    final List<CompletableFuture<Void>> announcements = new ArrayList<>();

    // The image.
    CompletableFuture<Void> opening = CompletableFuture.completedFuture(null);
    CompletableFuture<Void> draining = CompletableFuture.completedFuture(null);
    Optional<RadosException> fence = Optional.empty();

    final ManagedLock lock = new ManagedLock(
            loop,
            Environment.system(),
            new Cluster(),
            new Others(),
            new Image(),
            new LockSettings(LockPolicy.AUTOMATIC, true, Duration.ZERO, RESEND, SILENCE, Duration.ofSeconds(30), 10));

    final class Cluster implements LockRequests {
        <T> CompletableFuture<T> done(String what, T value) {
            log.add(what);
            return failing.isEmpty()
                    ? CompletableFuture.completedFuture(value)
                    : CompletableFuture.failedFuture(RadosException.of(failing.get(), what));
        }

        CompletableFuture<Void> refused(String what, Errno errno) {
            log.add(what);
            return CompletableFuture.failedFuture(RadosException.of(errno, what));
        }

        private CompletableFuture<Void> unanswered(String what, Runnable effect) {
            log.add("lost " + what);
            if (lost.getOrDefault(what, false)) {
                effect.run();
            }
            return CompletableFuture.failedFuture(NeverAnswered.failure(what));
        }

        private void set(String cookie) {
            owner = Optional.of(new LockOwner("client.1", "10.0.0.1:0/11", cookie, handle));
        }

        @Override
        public CompletableFuture<Void> lock(String cookie) {
            if (lost.containsKey("lock")) {
                return unanswered("lock", () -> set(cookie));
            }
            if (owner.isPresent()) {
                return refused("lock", Errno.EBUSY);
            }
            set(cookie);
            return done("lock " + cookie, null);
        }

        @Override
        public CompletableFuture<Void> unlock(String cookie) {
            if (lost.containsKey("unlock")) {
                return unanswered("unlock", () -> owner = Optional.empty());
            }
            if (owner.filter(has -> has.cookie().equals(cookie)).isEmpty()) {
                return refused("unlock", Errno.ENOENT);
            }
            owner = Optional.empty();
            return done("unlock " + cookie, null);
        }

        @Override
        public CompletableFuture<Void> setCookie(String cookie, String newCookie) {
            CompletableFuture<Void> result = changeCookie(cookie, newCookie);
            return cookieAnswer.thenCompose(now -> result);
        }

        private CompletableFuture<Void> changeCookie(String cookie, String newCookie) {
            if (lost.containsKey("set cookie")) {
                return unanswered("set cookie", () -> set(newCookie));
            }
            if (owner.filter(has -> has.cookie().equals(cookie)).isEmpty()) {
                return refused("set cookie", Errno.EBUSY);
            }
            set(newCookie);
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
        public Relation relation(LockOwner which) {
            if (!which.client().equals("client.1")) {
                return Relation.OTHER;
            }
            return inUse.contains(which.cookie()) ? Relation.OURS : Relation.REMNANT;
        }

        @Override
        public void use(String cookie) {
            inUse.add(cookie);
        }

        @Override
        public void disuse(String cookie) {
            inUse.remove(cookie);
        }
    }

    final class Others implements OwnerRequests {
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

    final class Image implements LockedImage {
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
        public void lost() {
            log.add("lost");
        }

        @Override
        public void fenced(RadosException why) {
            fence = Optional.of(why);
        }
    }

    <T> CompletableFuture<T> after(CompletableFuture<T> call) {
        loop.run();
        return call;
    }

    CompletableFuture<Void> acquire() {
        return after(lock.acquireAsync());
    }

    void answer(int result) {
        asked.get(asked.size() - 1).complete(result);
        loop.run();
    }

    void heard() {
        List.copyOf(announcements).forEach(one -> one.complete(null));
        loop.run();
    }

    static Errno errno(CompletableFuture<?> failed) {
        return ((RadosException) failure(failed)).errno();
    }

    static Throwable failure(CompletableFuture<?> failed) {
        assertThat(failed).isCompletedExceptionally();
        return Failures.of(catchThrowable(failed::join));
    }

    void ownedByOther() {
        owner = Optional.of(OTHER);
        alive.add(OTHER);
    }
}
