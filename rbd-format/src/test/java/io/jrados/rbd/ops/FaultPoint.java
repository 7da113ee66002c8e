package io.jrados.rbd.ops;

import io.jrados.conf.LoopThread;
import io.jrados.error.DeadlineException;
import io.jrados.error.Errno;
import io.jrados.error.FencedException;
import io.jrados.error.OutcomeUnknownException;
import io.jrados.error.RadosException;
import io.jrados.osd.op.WriteInDoubt;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** Counts the RADOS operations of a verb, and makes one of them go wrong. */
final class FaultPoint {
    /** The way in which an operation goes wrong. */
    enum Kind {
        /** The operation has no effect and fails. */
        REFUSED,
        /** The operation takes effect, and its answer gets lost. */
        LOST,
        /** The thread of the verb is interrupted as it sends it. */
        INTERRUPTED,
        /** The client dies just before it. */
        CRASHED_BEFORE,
        /** The client dies before the answer comes. */
        CRASHED_AFTER;

        boolean isCrash() {
            return this == CRASHED_BEFORE || this == CRASHED_AFTER;
        }
    }

    /** Somebody else's work. */
    @FunctionalInterface
    interface Other {
        void run() throws IOException;
    }

    private final Kind kind;
    private volatile int at;
    private boolean writesOnly;
    private boolean late;
    private boolean landing;
    private boolean sparing;
    private volatile LateWrite held;
    private final CompletableFuture<LateWrite> reached = new CompletableFuture<>();
    private final AtomicInteger count = new AtomicInteger();
    private final AtomicBoolean interfered = new AtomicBoolean();
    private Predicate<String> awaited = object -> false;
    private Predicate<String> heldBack = object -> false;
    private final AtomicBoolean holds = new AtomicBoolean();
    private final CompletableFuture<Void> released = new CompletableFuture<>();
    private Other other = () -> {};
    private int interferedAt;
    private volatile boolean armed = true;

    private FaultPoint(Kind kind, int at) {
        this.kind = kind;
        this.at = at;
    }

    /** @param at the operation that goes wrong, from 1 */
    static FaultPoint at(int at, Kind kind) {
        return new FaultPoint(kind, at);
    }

    /** Nothing goes wrong. */
    static FaultPoint nowhere() {
        return new FaultPoint(Kind.REFUSED, -1);
    }

    /** Counts writes only; nothing goes wrong before {@link #failAfter}. */
    static FaultPoint ofWrites(Kind kind) {
        FaultPoint point = new FaultPoint(kind, -1);
        point.writesOnly = true;
        return point;
    }

    /** Counts writes of objects; the one that goes wrong is a {@link LateWrite}. */
    static FaultPoint ofLateWrites() {
        FaultPoint point = ofWrites(Kind.LOST);
        point.late = true;
        return point;
    }

    /** As {@link #ofLateWrites}, but the write takes effect at once: only its answer is late. */
    static FaultPoint ofLateAnswers() {
        FaultPoint point = ofLateWrites();
        point.landing = true;
        return point;
    }

    /** Leaves watches alone: nobody but their client could end one whose answer is lost. */
    FaultPoint sparingWatches() {
        sparing = true;
        return this;
    }

    /** A watch that is being registered. */
    <T> CompletableFuture<T> passWatch(Supplier<CompletableFuture<T>> operation) {
        return sparing ? operation.get() : pass(operation);
    }

    /** The write that is late; empty before it was made. */
    Optional<LateWrite> lateWrite() {
        return Optional.ofNullable(held);
    }

    /** Completes when a write is late. */
    CompletableFuture<LateWrite> late() {
        return reached;
    }

    /** @param doubts hears of the write if it is late */
    <T> CompletableFuture<T> passWrite(
            String object, Consumer<? super WriteInDoubt> doubts, Supplier<CompletableFuture<T>> operation) {
        if (!late) {
            return pass(object, operation);
        }
        LateWrite before = held;
        if (before != null && before.object().equals(object)) {
            return before.settledAsync().thenCompose(landed -> operation.get());
        }
        if (count.incrementAndGet() != at) {
            return operation.get();
        }
        LateWrite write = new LateWrite(object, operation);
        held = write;
        reached.complete(write);
        doubts.accept(write);
        if (landing) {
            write.land();
        }
        return CompletableFuture.failedFuture(new OutcomeUnknownException("operation " + at, write, null));
    }

    /** The k-th write from now on goes wrong. */
    void failAfter(int k) {
        at = count.get() + k;
    }

    /** Nothing goes wrong any more; whether something did. */
    boolean end() {
        boolean reached = isReached();
        at = -1;
        return reached;
    }

    /** A read, which may count as nothing. */
    <T> CompletableFuture<T> passRead(String object, Supplier<CompletableFuture<T>> operation) {
        return writesOnly ? operation.get() : pass(object, operation);
    }

    /** Nothing goes wrong, but somebody else is quicker once: before the first operation on such an object. */
    static FaultPoint before(Predicate<String> object, Other other) {
        FaultPoint point = nowhere();
        point.awaited = object;
        point.other = other;
        return point;
    }

    /** Nothing goes wrong, but somebody else does his work just before the k-th operation, from 1. */
    static FaultPoint beforeOperation(int k, Other other) {
        FaultPoint point = nowhere();
        point.interferedAt = k;
        point.other = other;
        return point;
    }

    /** Nothing goes wrong, but the first operation on such an object begins when it is {@link #release released}. */
    static FaultPoint holding(Predicate<String> object) {
        FaultPoint point = nowhere();
        point.heldBack = object;
        return point;
    }

    /** As {@link #holding}; and the answer of a write is lost, but none before {@link #failAfter}. */
    static FaultPoint holdingAndLosing(Predicate<String> object) {
        FaultPoint point = ofWrites(Kind.LOST);
        point.heldBack = object;
        return point;
    }

    /** The operation that is held back begins. */
    void release() {
        released.complete(null);
    }

    /** Whether an operation was held back. */
    boolean isHolding() {
        return holds.get();
    }

    /** Nobody is quicker until {@link #arm}. */
    void disarm() {
        armed = false;
    }

    void arm() {
        armed = true;
    }

    /** Whether somebody else has done his work. */
    boolean isInterfered() {
        return interfered.get();
    }

    /** Operations until now. */
    int count() {
        return count.get();
    }

    boolean isReached() {
        return at > 0 && count.get() >= at;
    }

    <T> CompletableFuture<T> pass(String object, Supplier<CompletableFuture<T>> operation) {
        if (armed && awaited.test(object)) {
            interfere();
        }
        if (armed && heldBack.test(object) && holds.compareAndSet(false, true)) {
            return released.thenCompose(begin -> operation.get());
        }
        return pass(operation);
    }

    private void interfere() {
        if (interfered.compareAndSet(false, true)) {
            doOthersWork();
        }
    }

    private void doOthersWork() {
        try {
            other.run();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    <T> CompletableFuture<T> pass(Supplier<CompletableFuture<T>> operation) {
        if (late) {
            return operation.get();
        }
        int number = count.incrementAndGet();
        if (number == interferedAt && interfered.compareAndSet(false, true)) {
            // Elsewhere: this may be a loop of the client that the other needs too.
            return CompletableFuture.runAsync(this::doOthersWork).thenCompose(done -> operation.get());
        }
        if (at < 0 || number < at || number > at && !kind.isCrash()) {
            return operation.get();
        }
        if (number > at) {
            return CompletableFuture.failedFuture(new FencedException("working after a crash", null));
        }
        return switch (kind) {
            case REFUSED -> CompletableFuture.failedFuture(new RadosException(Errno.EIO, "operation " + at));
            case INTERRUPTED -> {
                if (!(Thread.currentThread() instanceof LoopThread)) {
                    Thread.currentThread().interrupt();
                }
                yield operation.get();
            }
            case CRASHED_BEFORE -> CompletableFuture.failedFuture(new FencedException("operation " + at, null));
            case LOST, CRASHED_AFTER ->
                operation
                        .get()
                        .handle((value, failed) ->
                                new DeadlineException("operation " + at, DeadlineException.Sent.OUTCOME_UNKNOWN, null))
                        .thenCompose(CompletableFuture::failedFuture);
        };
    }
}
