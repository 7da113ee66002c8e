package io.jrados.rbd.io;

import io.jrados.error.Errno;
import io.jrados.error.RadosException;
import io.jrados.rbd.format.BitVector;
import io.jrados.rbd.format.ObjectMapCalls;
import io.jrados.rbd.format.ObjectState;
import io.jrados.rbd.wait.Async;
import io.jrados.rbd.wait.Outcomes;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The states of the head's objects in memory, and the way of those who change objects. Before an object is changed its
 * state is on disk (src/librbd/ObjectMap.cc, src/librbd/object_map/UpdateRequest.cc).
 *
 * <pre>
 *   enter ─ nobody else is about it, its state is right ──────────────────────────────────► send
 *     └──── else into the object's line ─ first in line, its state is right ──────────────► send, next in line
 *                                             └─ its state is wrong ─ update ─ durable ───► first in line again
 *                                                                        └─── failed ─────► refused
 * </pre>
 *
 * <p>An update of an object waits for one of its neighbour's that is under way and then goes together with others that
 * waited: one who writes many objects in a row pays few updates.
 */
final class ObjectStates {
    /** The longest line of one object: further entrants fail with EAGAIN. */
    private static final int MAX_WAITING = 65_536;

    /** A writer that changes an object. */
    interface Entrant {
        /** Returns the state that the map must have before. */
        ObjectState wanted();

        /**
         * Submits the change. Others of the same object come after it; a lock may be held.
         *
         * @param atOnce whether nothing was waited for
         * @return for {@link #sent}, if anything was submitted
         */
        @Nullable
        CompletableFuture<?> send(boolean atOnce);

        /** Follows {@link #send}, with no lock held. */
        void sent(@Nullable CompletableFuture<?> change);

        /** Instead of {@link #send}: the map could not be changed, nor marked as invalid. */
        void refused(Throwable why);
    }

    /** The writers queued for one object. */
    private static final class Line {
        private final ArrayDeque<Entrant> waiting = new ArrayDeque<>();

        /** The update that the first in line waits for. */
        private @Nullable Update update;
    }

    /** One request that changes the states of neighbours. */
    private static final class Update {
        private final ObjectState to;
        private final List<Update> behind = new ArrayList<>(0);
        private long first;
        private long end;
        private boolean sent;

        Update(long object, ObjectState to) {
            this.to = to;
            this.first = object;
            this.end = object + 1;
        }

        boolean take(long object) {
            if (sent || end - first >= ObjectMapCalls.MAX_UPDATE) {
                return false;
            }
            first = Math.min(first, object);
            end = Math.max(end, object + 1);
            return true;
        }
    }

    private final StoredObjectMaps stored;
    private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();
    private final Map<Long, Line> lines = new TreeMap<>();

    /** Objects whose last update failed: it may come to the disk later, so that the next one is made in any case. */
    private final Set<Long> unsure = new HashSet<>();

    private BitVector states;

    ObjectStates(StoredObjectMaps stored, BitVector states) {
        this.stored = stored;
        this.states = states;
    }

    /** Returns the state in the map; EXISTS beyond its end. */
    ObjectState of(long object) {
        lock.readLock().lock();
        try {
            return at(object);
        } finally {
            lock.readLock().unlock();
        }
    }

    private ObjectState at(long object) {
        return object < states.size() ? states.get(object) : ObjectState.EXISTS;
    }

    /** Whether the object does not exist and nobody is about it. */
    boolean isAbsent(long object) {
        lock.readLock().lock();
        try {
            return at(object) == ObjectState.NONEXISTENT && !lines.containsKey(object) && !unsure.contains(object);
        } finally {
            lock.readLock().unlock();
        }
    }

    /** While nobody changes objects: the states themselves. */
    <T> T exclusively(Function<BitVector, T> look) {
        lock.writeLock().lock();
        try {
            return look.apply(states);
        } finally {
            lock.writeLock().unlock();
        }
    }

    /** While nobody changes objects: other states. */
    void replace(BitVector others) {
        lock.writeLock().lock();
        try {
            unsure.clear();
            states = others;
        } finally {
            lock.writeLock().unlock();
        }
    }

    private boolean isRequired(long object, ObjectState wanted) {
        if (object >= states.size()) {
            return false;
        }
        boolean definite = wanted == ObjectState.EXISTS || wanted == ObjectState.PENDING;
        if (definite && !unsure.isEmpty() && unsure.contains(object)) {
            return true;
        }
        ObjectState now = states.get(object);
        return switch (wanted) {
            case EXISTS -> now != ObjectState.EXISTS;
            case EXISTS_CLEAN -> now == ObjectState.NONEXISTENT || now == ObjectState.PENDING;
            case PENDING -> now == ObjectState.EXISTS || now == ObjectState.EXISTS_CLEAN;
            case NONEXISTENT -> now == ObjectState.PENDING;
        };
    }

    void enter(long object, Entrant entrant) {
        CompletableFuture<?> change = null;
        boolean atOnce;
        lock.readLock().lock();
        try {
            // Sent under the lock: an update to PENDING begins after it, and so does what deletes the object.
            atOnce = !isRequired(object, entrant.wanted()) && !lines.containsKey(object);
            if (atOnce) {
                change = entrant.send(true);
            }
        } finally {
            lock.readLock().unlock();
        }
        if (atOnce) {
            entrant.sent(change);
        } else {
            queue(object, entrant);
        }
    }

    private void queue(long object, Entrant entrant) {
        boolean first;
        boolean full;
        lock.writeLock().lock();
        try {
            Line line = lines.get(object);
            first = line == null;
            if (line == null) {
                line = new Line();
                lines.put(object, line);
            }
            full = line.waiting.size() >= MAX_WAITING;
            if (!full) {
                line.waiting.add(entrant);
            }
        } finally {
            lock.writeLock().unlock();
        }
        if (full) {
            entrant.refused(new RadosException(
                    Errno.EAGAIN, "waiting for an object map, never sent: " + MAX_WAITING + " wait for one object"));
        } else if (first) {
            moveOn(object);
        }
    }

    /** Lets those in line go until one needs an update. One thread at a time does so for an object. */
    private void moveOn(long object) {
        Update begun = null;
        Entrant next;
        do {
            next = null;
            lock.writeLock().lock();
            try {
                Line line = lines.get(object);
                Entrant first = line.waiting.peek();
                if (first == null) {
                    lines.remove(object);
                } else if (isRequired(object, first.wanted())) {
                    begun = join(object, line, first.wanted());
                } else {
                    next = line.waiting.remove();
                }
            } finally {
                lock.writeLock().unlock();
            }
            if (next != null) {
                next.sent(next.send(false));
            }
        } while (next != null);
        if (begun != null) {
            send(begun);
        }
    }

    /** The update that the line waits for, if it is to be sent now. */
    private @Nullable Update join(long object, Line line, ObjectState to) {
        Update before = neighbour(object - 1, to);
        Update after = neighbour(object + 1, to);
        for (Update update : new Update[] {before, after}) {
            if (update != null && update.take(object)) {
                line.update = update;
                return null;
            }
        }
        Update mine = new Update(object, to);
        line.update = mine;
        Update underWay = before != null && before.sent ? before : after != null && after.sent ? after : null;
        if (underWay != null) {
            underWay.behind.add(mine);
            return null;
        }
        mine.sent = true;
        return mine;
    }

    private @Nullable Update neighbour(long object, ObjectState to) {
        Line line = lines.get(object);
        return line != null && line.update != null && line.update.to == to ? line.update : null;
    }

    private void send(Update update) {
        Optional<ObjectState> from =
                update.to == ObjectState.NONEXISTENT ? Optional.of(ObjectState.PENDING) : Optional.empty();
        stored.update(update.first, update.end, update.to, from)
                .whenComplete((done, failed) -> ended(update, failed == null ? null : Async.cause(failed)));
    }

    private void ended(Update update, @Nullable Throwable why) {
        List<Entrant> refused = new ArrayList<>();
        lock.writeLock().lock();
        try {
            for (long object = update.first; object < update.end; object++) {
                Line line = lines.get(object);
                line.update = null;
                if (why == null) {
                    unsure.remove(object);
                    states.set(object, update.to);
                } else {
                    unsure.add(object);
                    // Those who would ask for the same again.
                    while (!line.waiting.isEmpty() && line.waiting.element().wanted() == update.to) {
                        refused.add(line.waiting.remove());
                    }
                }
            }
            update.behind.forEach(next -> next.sent = true);
        } finally {
            lock.writeLock().unlock();
        }
        update.behind.forEach(this::send);
        refused.forEach(
                entrant -> entrant.refused(Outcomes.early(Objects.requireNonNull(why), "updating the object map")));
        for (long object = update.first; object < update.end; object++) {
            moveOn(object);
        }
    }

    /**
     * For verbs, while nobody changes objects: changes the states of many, in batches.
     *
     * @param from only of those in this state
     */
    CompletableFuture<Void> update(long first, long end, ObjectState to, ObjectState from) {
        CompletableFuture<Void> all = CompletableFuture.completedFuture(null);
        for (long at = first; at < end; at += ObjectMapCalls.MAX_UPDATE) {
            long batch = at;
            long batchEnd = Math.min(end, at + ObjectMapCalls.MAX_UPDATE);
            Supplier<CompletableFuture<Void>> step = () -> updateBatch(batch, batchEnd, to, from);
            all = all.thenCompose(before -> step.get());
        }
        return all;
    }

    /**
     * While nobody changes objects: those that were to be deleted, and were not or perhaps not, count as there again.
     * On disk that may be more of them than here, after an update that failed.
     */
    CompletableFuture<Void> keepUndeleted() {
        List<Long> perhaps = exclusively(map -> {
            List<Long> found = new ArrayList<>();
            for (long object = 0; object < map.size(); object++) {
                if (map.get(object) == ObjectState.PENDING || unsure.contains(object)) {
                    found.add(object);
                }
            }
            return found;
        });
        CompletableFuture<Void> all = CompletableFuture.completedFuture(null);
        for (int i = 0; i < perhaps.size(); ) {
            long first = perhaps.get(i);
            long end = first;
            for (; i < perhaps.size() && perhaps.get(i) < first + ObjectMapCalls.MAX_UPDATE; i++) {
                end = perhaps.get(i) + 1;
            }
            long last = end;
            all = all.thenCompose(before -> keepUndeleted(first, last));
        }
        return all;
    }

    private CompletableFuture<Void> keepUndeleted(long first, long end) {
        return stored.update(first, end, ObjectState.EXISTS, Optional.of(ObjectState.PENDING))
                .thenAccept(done -> exclusively(map -> {
                    for (long object = first; object < end; object++) {
                        if (map.get(object) == ObjectState.PENDING) {
                            map.set(object, ObjectState.EXISTS);
                        }
                    }
                    return null;
                }));
    }

    private CompletableFuture<Void> updateBatch(long first, long end, ObjectState to, ObjectState from) {
        List<Long> changed = exclusively(map -> {
            List<Long> found = new ArrayList<>();
            for (long object = first; object < Math.min(end, map.size()); object++) {
                if (isFrom(map.get(object), from)) {
                    found.add(object);
                }
            }
            return found;
        });
        if (changed.isEmpty()) {
            return CompletableFuture.completedFuture(null);
        }
        long last = changed.get(changed.size() - 1);
        return stored.update(changed.get(0), last + 1, to, Optional.of(from))
                .thenAccept(done -> exclusively(map -> {
                    changed.forEach(object -> map.set(object, to));
                    return null;
                }));
    }

    /** As the class sees it. */
    private static boolean isFrom(ObjectState now, ObjectState from) {
        return now == from || from == ObjectState.EXISTS && now == ObjectState.EXISTS_CLEAN;
    }
}
