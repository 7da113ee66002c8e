package io.jrados.rbd.io;

import io.jrados.error.RadosException;
import io.jrados.osd.op.ReadOperation;
import io.jrados.osd.op.SnapContext;
import io.jrados.osd.op.SparseData;
import io.jrados.osd.op.WriteOperation;
import io.jrados.osd.op.WriteResult;
import io.jrados.rados.Pool;
import io.jrados.rbd.format.DataCalls;
import io.jrados.rbd.format.Layout.Range;
import io.jrados.rbd.format.ObjectState;
import io.jrados.rbd.wait.Async;
import io.jrados.rbd.wait.Outcomes;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Makes one object of a clone out of the parent's data, once, for all writers that found it absent
 * (src/librbd/io/CopyupRequest.cc).
 *
 * <pre>
 *   read the parent ─ writers join ─► closed to more ─ no data, nothing to write ──────────────────► done
 *                                          ├─ no data, or no snapshots ─► copy-up and writes in one ─► done
 *                                          └─ data and snapshots ──► copy-up with no snapshot context,
 *                                                                    then the guarded writes ───────► done
 * </pre>
 *
 * <p>With snapshots the parent's data is older than all of them, hence no snapshot context: so each of them shows it.
 * The writers' changes follow with the true one. Who comes too late to join, or begins while this lasts, starts anew
 * when it has ended, in the order of their coming.
 */
final class CopyUp {
    /** Writers that join carry no more than this together, bytes. */
    private static final long MAX_JOINED = 32 << 20;

    private static final int MAX_WRITERS = 256;

    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private final DataObjects objects;
    private final ImageState state;
    private final long object;

    private final ReentrantLock lock = new ReentrantLock();
    private final List<ObjectWrite> joined = new ArrayList<>();
    private final ArrayDeque<ObjectWrite> late = new ArrayDeque<>();
    private final ArrayDeque<ObjectWrite> newcomers = new ArrayDeque<>();
    private long weight;
    private boolean sealed;
    private boolean finished;
    private boolean ended;

    CopyUp(DataObjects objects, ObjectWrite first) {
        this.objects = objects;
        this.state = first.state();
        this.object = first.object();
        joined.add(first);
        weight = first.change().weight();
    }

    /** Takes a writer in that found the object absent; false if this is over, and has failed then or copied nothing. */
    boolean join(ObjectWrite write) {
        lock.lock();
        try {
            if (finished) {
                return false;
            }
            weight += write.change().weight();
            sealed |= weight > MAX_JOINED || joined.size() == MAX_WRITERS;
            if (sealed) {
                late.add(write);
            } else {
                joined.add(write);
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** Whether no more writers can join. */
    boolean isFinished() {
        lock.lock();
        try {
            return finished;
        } finally {
            lock.unlock();
        }
    }

    /** Keeps a writer that has not begun until this has ended; false if it has. */
    boolean await(ObjectWrite write) {
        lock.lock();
        try {
            return !ended && newcomers.add(write);
        } finally {
            lock.unlock();
        }
    }

    /** @param covered bytes of the object that the parent may have */
    void start(int covered) {
        CompletableFuture<?> copying;
        try {
            Optional<ImageView> alike = ParentReads.alike(objects.image(), state);
            copying = covered > 0 && alike.isPresent() ? borrow(alike.get(), covered) : read(covered);
        } catch (RuntimeException failed) {
            copying = CompletableFuture.failedFuture(failed);
        }
        copying.whenComplete((nothing, failed) -> finish(failed));
    }

    /** The parent's bytes are sent on from where the network put them. */
    private CompletableFuture<?> borrow(ImageView parent, int covered) {
        ReadOperation read = new ReadOperation()
                .sparseRead(0, covered, (extents, bytes) -> write(extents, bytes, covered))
                .passedOn();
        return parent.readPool()
                .operateAsync(parent.dataObject(object), read, parent.snapId())
                .handle((result, failed) -> {
                    if (failed == null) {
                        return result.borrowed(0);
                    }
                    return Async.isAbsent(Async.cause(failed))
                            ? absent(parent, covered)
                            : CompletableFuture.<Void>failedFuture(failed);
                })
                .thenCompose(copied -> copied);
    }

    private CompletableFuture<?> absent(ImageView parent, int covered) {
        try {
            return ParentReads.covered(parent, parent.state(), object) == 0 ? write(NOTHING) : read(covered);
        } catch (RadosException failed) {
            return CompletableFuture.failedFuture(failed);
        }
    }

    private CompletableFuture<?> read(int covered) {
        ByteBuffer data = CopyUpBuffers.SHARED.take(covered);
        CompletableFuture<Void> reading;
        try {
            reading = ParentReads.read(objects.image(), state, object, List.of(new Piece(0, data.duplicate())));
        } catch (RadosException | RuntimeException failed) {
            reading = CompletableFuture.failedFuture(failed);
        }
        return reading.thenCompose(read -> write(data))
                .whenComplete((nothing, failed) -> CopyUpBuffers.SHARED.give(data));
    }

    private CompletableFuture<?> write(List<SparseData.Extent> extents, ByteBuffer bytes, int covered) {
        if (extents.isEmpty()) {
            return write(NOTHING);
        }
        if (extents.size() == 1 && extents.get(0).offset() == 0) {
            return write(bytes);
        }
        ByteBuffer data = CopyUpBuffers.SHARED.take(covered);
        Zeroes.fill(data.duplicate());
        int at = 0;
        for (SparseData.Extent extent : extents) {
            data.put((int) extent.offset(), bytes, at, (int) extent.length());
            at += (int) extent.length();
        }
        return write(data).whenComplete((nothing, failed) -> CopyUpBuffers.SHARED.give(data));
    }

    private CompletableFuture<?> write(ByteBuffer parentData) {
        List<Change> changes = seal();
        List<Range> data = Zeroes.dataOf(parentData);
        boolean ofItsOwn = !state.snapContext().isEmpty() && !data.isEmpty();
        if (!ofItsOwn) {
            data = without(data, changes);
        }
        if (data.isEmpty() && changes.isEmpty()) {
            return CompletableFuture.completedFuture(null);
        }
        WriteOperation copy = new WriteOperation();
        DataCalls.sparseCopyup(data, parentData).addTo(copy);
        objects.hint(copy);
        Supplier<CompletableFuture<?>> submit =
                () -> ofItsOwn ? copyThenWrite(copy, changes) : submit(withChanges(copy, changes), state.snapContext());
        ObjectMap map = objects.image().mapOrNull();
        return map == null ? submit.get() : mapped(map, changes, ofItsOwn, submit);
    }

    /** The maps of the snapshots that will see the object, then the head's. */
    private CompletableFuture<?> mapped(
            ObjectMap map, List<Change> changes, boolean ofItsOwn, Supplier<CompletableFuture<?>> submit) {
        ObjectState wanted = changes.isEmpty()
                ? map.copied(ofItsOwn)
                : changes.get(changes.size() - 1).before();
        CompletableFuture<Void> ofSnapshots =
                ofItsOwn ? map.copyUpAsync(object, state.snapContext()) : CompletableFuture.completedFuture(null);
        return ofSnapshots
                .exceptionallyCompose(failed -> CompletableFuture.failedFuture(
                        Outcomes.early(Async.cause(failed), "updating the object maps of snapshots")))
                .thenCompose(done -> {
                    Mapped mapped = new Mapped(wanted, submit);
                    map.enter(object, mapped);
                    return mapped.written;
                });
    }

    /** Writes when the head's map says so. */
    private static final class Mapped implements ObjectStates.Entrant {
        private final ObjectState wanted;
        private final Supplier<CompletableFuture<?>> submit;
        private final CompletableFuture<Void> written = new CompletableFuture<>();

        Mapped(ObjectState wanted, Supplier<CompletableFuture<?>> submit) {
            this.wanted = wanted;
            this.submit = submit;
        }

        @Override
        public ObjectState wanted() {
            return wanted;
        }

        @Override
        public CompletableFuture<?> send(boolean atOnce) {
            return submit.get();
        }

        @Override
        public void sent(@Nullable CompletableFuture<?> future) {
            Objects.requireNonNull(future).whenComplete((done, failed) -> {
                if (failed == null) {
                    written.complete(null);
                } else {
                    written.completeExceptionally(Async.cause(failed));
                }
            });
        }

        @Override
        public void refused(Throwable why) {
            written.completeExceptionally(why);
        }
    }

    /** Both are sent at once; the guard keeps the changes out if the copy fails. */
    private CompletableFuture<?> copyThenWrite(WriteOperation copy, List<Change> changes) {
        CompletableFuture<WriteResult> copied = submit(copy, SnapContext.EMPTY);
        if (changes.isEmpty()) {
            return copied;
        }
        WriteOperation writes = withChanges(new WriteOperation().assertExists(), changes);
        CompletableFuture<WriteResult> written = submit(writes, state.snapContext());
        return copied.handle(
                        (copy1, notCopied) -> written.handle((result, notWritten) -> outcome(notCopied, notWritten)))
                .thenCompose(both -> both)
                .thenCompose(failed -> failed.map(CompletableFuture::<Void>failedFuture)
                        .orElseGet(() -> CompletableFuture.completedFuture(null)));
    }

    /**
     * Changes that were made show that the copy was, too; else a copy that failed is the reason, and both may be in
     * doubt.
     */
    private static Optional<Throwable> outcome(@Nullable Throwable notCopied, @Nullable Throwable notWritten) {
        if (notWritten == null || notCopied == null) {
            return Optional.ofNullable(notWritten).map(Async::cause);
        }
        return Optional.of(Outcomes.join(Async.cause(notCopied), Async.cause(notWritten)));
    }

    private CompletableFuture<WriteResult> submit(WriteOperation operation, SnapContext snapContext) {
        Pool pool = objects.image().dataPool();
        return pool.operateAsync(objects.image().dataObject(object), operation, snapContext);
    }

    private static WriteOperation withChanges(WriteOperation operation, List<Change> changes) {
        changes.forEach(change -> change.addTo(operation));
        return operation;
    }

    private List<Change> seal() {
        List<Change> changes = new ArrayList<>();
        lock.lock();
        try {
            sealed = true;
            for (ObjectWrite write : joined) {
                if (!(write.change() instanceof Change.Nothing)) {
                    changes.add(write.change());
                }
            }
        } finally {
            lock.unlock();
        }
        return changes;
    }

    private static List<Range> without(List<Range> data, List<Change> changes) {
        List<Range> left = data;
        for (Change change : changes) {
            for (Range overwritten : change.overwritten()) {
                left = without(left, overwritten);
            }
        }
        return left;
    }

    private static List<Range> without(List<Range> data, Range gone) {
        List<Range> left = new ArrayList<>(data.size() + 1);
        for (Range range : data) {
            long before = Math.min(range.end(), gone.offset()) - range.offset();
            long after = range.end() - Math.max(range.offset(), gone.end());
            if (before >= range.length() || after >= range.length()) {
                left.add(range);
                continue;
            }
            if (before > 0) {
                left.add(new Range(range.offset(), before));
            }
            if (after > 0) {
                left.add(new Range(range.end() - after, after));
            }
        }
        return left;
    }

    private void finish(Throwable failed) {
        objects.copyUpFreed();
        Throwable why = failed == null ? null : Async.cause(failed);
        lock.lock();
        try {
            sealed = true;
            finished = true;
        } finally {
            lock.unlock();
        }
        startThoseWhoWait();
        for (ObjectWrite write : joined) {
            if (why == null) {
                write.done();
            } else {
                write.completeExceptionally(why);
            }
        }
    }

    /** The late ones had begun before the newcomers. This stays the object's copy-up until they are sent. */
    private void startThoseWhoWait() {
        while (true) {
            List<ObjectWrite> batch;
            lock.lock();
            try {
                batch = new ArrayList<>(late);
                batch.addAll(newcomers);
                late.clear();
                newcomers.clear();
                ended = batch.isEmpty();
            } finally {
                lock.unlock();
            }
            if (batch.isEmpty()) {
                objects.copyUpEnded(object, this);
                return;
            }
            batch.forEach(ObjectWrite::startAnew);
        }
    }
}
