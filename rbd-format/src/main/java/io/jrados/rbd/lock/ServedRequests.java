package io.jrados.rbd.lock;

import io.jrados.error.Errno;
import io.jrados.rbd.model.Progress;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Verbs that this client, the lock's owner, does for others (handle_operation_request in src/librbd/ImageWatcher.cc).
 * Each is done once, however often it is asked for: a repetition hears of the same end.
 */
final class ServedRequests {
    private static final Logger LOG = LoggerFactory.getLogger(ServedRequests.class);

    /** More at a time are refused with EAGAIN. */
    static final int MAX_UNDER_WAY = 2048;

    /** The number of ended verbs that are remembered. */
    static final int MAX_REMEMBERED = 4096;

    private final Verbs verbs;
    private final Function<NotifyMessage, CompletableFuture<?>> tell;
    private final ReentrantLock lock = new ReentrantLock();
    private final Set<RequestId> underWay = new HashSet<>();
    private final Map<RequestId, Integer> ended = new LinkedHashMap<>();

    /** @param tell notifies everybody; fails if not all have heard of it */
    ServedRequests(Verbs verbs, Function<NotifyMessage, CompletableFuture<?>> tell) {
        this.verbs = verbs;
        this.tell = tell;
    }

    /** Begins what is asked for, or attaches; the owner's answer. */
    int begin(RequestId id, NotifyMessage request) {
        lock.lock();
        try {
            Integer result = ended.get(id);
            if (result != null) {
                if (result == 0) {
                    tell(id, 0); // to the one who asks the answer means only that it was begun
                }
                return result;
            }
            if (underWay.size() >= MAX_UNDER_WAY) {
                return -Errno.EAGAIN.number();
            }
            if (!underWay.add(id)) {
                return 0;
            }
        } finally {
            lock.unlock();
        }
        Optional<CompletableFuture<Void>> begun;
        try {
            begun = verbs.begin(request, new Reports(id));
        } catch (RuntimeException refused) {
            LOG.warn("a verb that {} asked for cannot be done", id, refused);
            begun = Optional.empty();
        }
        if (begun.isEmpty()) {
            forget(id);
            return -Errno.EOPNOTSUPP.number();
        }
        if (isRefused(begun.get())) {
            forget(id);
            return -Errno.EAGAIN.number();
        }
        begun.get().whenComplete((done, failed) -> end(id, failed));
        return 0;
    }

    /** Whether there was no room for the verb: it has not begun, and may be asked for again. */
    private static boolean isRefused(CompletableFuture<Void> begun) {
        return begun.isCompletedExceptionally()
                && begun.handle((done, failed) -> Failures.is(failed, Errno.EAGAIN))
                        .getNow(false);
    }

    private void forget(RequestId id) {
        lock.lock();
        try {
            underWay.remove(id);
        } finally {
            lock.unlock();
        }
    }

    private void end(RequestId id, @Nullable Throwable failed) {
        int result = failed == null
                ? 0
                : -Failures.of(failed, "a verb for another client").code();
        lock.lock();
        try {
            underWay.remove(id);
            ended.put(id, result);
            if (ended.size() > MAX_REMEMBERED) {
                ended.remove(ended.keySet().iterator().next());
            }
        } finally {
            lock.unlock();
        }
        tell(id, result);
    }

    private void tell(RequestId id, int result) {
        tell.apply(new NotifyMessage.AsyncComplete(id, result)).exceptionally(unheard -> {
            LOG.info("{} was not told that its verb has ended: {}", id, unheard.getMessage());
            return null;
        });
    }

    /** Tells how far a verb has got: the newest figure when the one before has been heard of. */
    private final class Reports implements Progress {
        private final RequestId id;
        private final AtomicBoolean telling = new AtomicBoolean();

        Reports(RequestId id) {
            this.id = id;
        }

        @Override
        public void report(long done, long total) {
            if (telling.compareAndSet(false, true)) {
                tell.apply(new NotifyMessage.AsyncProgress(id, done, total))
                        .whenComplete((told, unheard) -> telling.set(false));
            }
        }
    }
}
