package io.jrados.rbd.ops;

import io.jrados.error.AlreadyExistsException;
import io.jrados.error.Errno;
import io.jrados.error.RadosException;
import io.jrados.rados.Pool;
import io.jrados.rados.Wait;
import io.jrados.rbd.format.DirectoryCalls;
import io.jrados.rbd.format.ObjectNames;
import io.jrados.rbd.format.TrashCalls;
import io.jrados.rbd.format.TrashImageSpec;
import io.jrados.rbd.format.TrashImageSpec.Source;
import io.jrados.rbd.format.TrashImageSpec.State;
import io.jrados.rbd.format.TrashNotice;
import io.jrados.rbd.format.WriteCall;
import io.jrados.rbd.header.ClassCalls;
import io.jrados.rbd.model.Progress;
import io.jrados.wire.Utime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Images without a name, in one pool and namespace (src/librbd/api/Trash.cc, src/librbd/trash). */
final class Trash {
    private static final long PAGE = 1024;

    /** NOTIFY_TIMEOUT_MS (src/librbd/TrashWatcher.cc). */
    private static final Duration TOLD_WITHIN = Duration.ofSeconds(5);

    private static final Logger log = LoggerFactory.getLogger(Trash.class);

    private final Pool pool;

    Trash(Pool pool) {
        this.pool = pool;
    }

    /** An image in the trash. */
    record Entry(String id, TrashImageSpec spec) {}

    /** Lists the entries of this source. */
    List<Entry> list(Source source) throws RadosException {
        return list().stream().filter(entry -> entry.spec().source() == source).toList();
    }

    /** In order of ids. */
    List<Entry> list() throws RadosException {
        List<Entry> entries = new ArrayList<>();
        String after = "";
        Map<String, TrashImageSpec> page;
        do {
            String from = after;
            page = Tolerate.absent(() -> ClassCalls.read(pool, ObjectNames.TRASH, TrashCalls.list(from, PAGE)))
                    .orElse(Map.of());
            for (Map.Entry<String, TrashImageSpec> image : page.entrySet()) {
                after = image.getKey();
                entries.add(new Entry(after, image.getValue()));
            }
        } while (page.size() == PAGE);
        return entries;
    }

    /** The time by the client's clock. */
    static Instant now(Pool pool) {
        return Instant.ofEpochMilli(pool.rados().environment().wallClockMillis());
    }

    Optional<TrashImageSpec> find(String id) throws RadosException {
        return Tolerate.absent(() -> ClassCalls.read(pool, ObjectNames.TRASH, TrashCalls.get(id)));
    }

    /** Takes an image's name away. May be repeated. */
    void move(Source source, String name, String id, Duration delay) throws RadosException {
        Instant now = now(pool);
        Instant until = now.plus(delay);
        TrashImageSpec spec = new TrashImageSpec(
                source,
                name,
                new Utime(now.getEpochSecond(), now.getNano()),
                new Utime(until.getEpochSecond(), until.getNano()),
                State.MOVING);
        Entry entry = new Entry(id, spec);
        try {
            write(TrashCalls.add(id, spec));
        } catch (AlreadyExistsException interrupted) {
            entry = find(id).map(found -> new Entry(id, found)).orElse(entry);
            takeNameAway(name, id);
        }
        settle(entry);
        tell(new TrashNotice(id, Optional.of(entry.spec().withState(State.NORMAL))));
    }

    /** The image itself stays. May be repeated. */
    void takeNameAway(String name, String id) throws RadosException {
        IdObject.removeIfOf(pool, name, id);
        Tolerate.errors(
                () -> ClassCalls.write(pool, ObjectNames.DIRECTORY, DirectoryCalls.dirRemoveImage(name, id)),
                Errno.ENOENT);
    }

    /** Finishes a {@link #move}, or takes back a {@link #restore} that was interrupted. */
    void settle(Entry entry) throws RadosException {
        switch (entry.spec().state()) {
            case MOVING -> {
                takeNameAway(entry.spec().name(), entry.id());
                write(TrashCalls.setState(entry.id(), State.NORMAL, State.MOVING));
            }
            case RESTORING -> {
                takeNameAway(entry.spec().name(), entry.id());
                write(TrashCalls.setState(entry.id(), State.NORMAL, State.RESTORING));
            }
            case NORMAL, REMOVING -> {}
        }
    }

    /** Gives an image its name back. */
    void restore(String id, String name) throws RadosException {
        write(TrashCalls.setState(id, State.RESTORING, State.NORMAL));
        try {
            IdObject.create(pool, name, id);
        } catch (AlreadyExistsException taken) {
            if (!IdObject.find(pool, name).equals(Optional.of(id))) {
                Rollback.takeBack(taken, () -> write(TrashCalls.setState(id, State.NORMAL, State.RESTORING)));
                throw taken;
            }
        }
        Tolerate.errors(
                () -> ClassCalls.write(pool, ObjectNames.DIRECTORY, DirectoryCalls.dirAddImage(name, id)),
                Errno.EEXIST);
        Tolerate.errors(() -> write(TrashCalls.remove(id)), Errno.ENOENT);
        tell(new TrashNotice(id, Optional.empty()));
    }

    /** Deletes an image that is in the trash. If that fails it stays there, and may be deleted later. */
    void remove(String id, String name, Progress progress, OtherImages others) throws RadosException {
        write(TrashCalls.setState(id, State.REMOVING, State.NORMAL));
        try {
            new ImageRemoval(pool, id, name, others).run(progress);
        } catch (Throwable failed) {
            Rollback.takeBack(failed, () -> write(TrashCalls.setState(id, State.NORMAL, State.REMOVING)));
            throw failed;
        }
        Tolerate.errors(() -> write(TrashCalls.remove(id)), Errno.ENOENT);
        tell(new TrashNotice(id, Optional.empty()));
    }

    /** Deletes an image that was kept only for its clones, of which the last is gone. */
    void removeParent(String id, OtherImages others) throws RadosException {
        Optional<TrashImageSpec> spec = find(id);
        if (spec.isPresent()
                && spec.get().source() == Source.USER_PARENT
                && spec.get().state() == State.NORMAL
                && !spec.get().defermentEnd().toInstant().isAfter(now(pool))) {
            remove(id, spec.get().name(), Progress.NONE, others);
        }
    }

    private void write(WriteCall call) throws RadosException {
        ClassCalls.write(pool, ObjectNames.TRASH, call);
    }

    /** Tells who watches the trash; the image has come or gone whether they hear of it or not. */
    private void tell(TrashNotice notice) {
        try {
            Wait.on(pool.notifyAsync(ObjectNames.TRASH, notice.toBytes(), TOLD_WITHIN));
        } catch (RadosException untold) {
            log.info("the watchers of the trash of {}: {}", Header.spec(pool, ""), untold.getMessage());
        }
    }
}
