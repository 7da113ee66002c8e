package io.jrados.osd;

import io.jrados.error.RadosException;
import io.jrados.message.Op;
import io.jrados.message.OpCode;
import io.jrados.osd.op.WriteInDoubt;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * One write whose caller stopped waiting after it may have been sent. It is the caller's receipt, and what its heir,
 * the operation that goes on with a copy of the data, tells its end. State is confined to the Objecter's loop.
 */
final class Doubt<R> implements WriteInDoubt, PendingOp.Outcome<R> {
    /** The keeper of a doubt. */
    interface Keeper {
        /** Gives the write up, if it is still in doubt. Any thread. */
        void abandon(Doubt<?> doubt);

        /** Tells that it is over; {@link #conclude} follows. On the loop. */
        void ended(Doubt<?> doubt);

        /** Completes futures of callers. */
        void complete(Runnable completion);
    }

    final PendingOp<R> origin;
    /** The operation that goes on; null for a write that is only waited for. */
    @Nullable
    PendingOp<R> heir;
    /** The bytes that the heir's copy of the data takes. */
    long bytes;

    private final Keeper keeper;
    private final Instant since;
    private boolean over;
    private final CompletableFuture<Void> answered = new CompletableFuture<>();
    private final CompletableFuture<Void> abandoned = new CompletableFuture<>();
    private final CompletableFuture<Void> settled = new CompletableFuture<>();

    Doubt(PendingOp<R> origin, Keeper keeper, Instant since) {
        this.origin = origin;
        this.keeper = keeper;
        this.since = since;
    }

    // ---- what the loop does

    boolean isOver() {
        return over;
    }

    /** No answer to the operation itself will come. */
    void unanswered(RadosException why) {
        keeper.complete(() -> answered.completeExceptionally(why));
    }

    /** Nothing of it is applied from now on, unless {@code broken} says that this cannot be known. */
    void conclude(@Nullable RadosException broken) {
        if (over) {
            return;
        }
        over = true;
        keeper.ended(this);
        keeper.complete(() -> {
            if (broken == null) {
                abandoned.complete(null);
            } else {
                answered.completeExceptionally(broken);
                abandoned.completeExceptionally(broken);
            }
            settled.complete(null);
        });
    }

    String doing() {
        return origin.request.doing();
    }

    @Override
    public void succeeded(R result) {
        keeper.complete(() -> answered.complete(null));
        conclude(null);
    }

    @Override
    public void failed(RadosException why) {
        keeper.complete(() -> answered.completeExceptionally(why));
        conclude(null);
    }

    @Override
    public void cancelled() {
        throw new IllegalStateException("nobody can cancel " + origin);
    }

    // ---- what any thread may call

    @Override
    public String object() {
        return origin.request.object().name();
    }

    @Override
    public Instant since() {
        return since;
    }

    @Override
    public List<Part> parts() {
        List<Part> parts = new ArrayList<>();
        for (Op op : origin.request.operation().ops()) {
            parts.add(new Part(op.code().toString(), isRange(op.code()) ? op.offset() : 0, op.rangeLength()));
        }
        return parts;
    }

    private static boolean isRange(OpCode code) {
        return switch (code) {
            case WRITE, WRITEFULL, WRITE_SAME, ZERO, TRUNCATE, CMPEXT -> true;
            default -> false;
        };
    }

    @Override
    public CompletableFuture<Void> finishAsync() {
        return answered.copy();
    }

    @Override
    public void finish() throws RadosException {
        Blocking.on(finishAsync());
    }

    @Override
    public CompletableFuture<Void> abandonAsync() {
        if (!abandoned.isDone()) {
            keeper.abandon(this);
        }
        return abandoned.copy();
    }

    @Override
    public void abandon() throws RadosException {
        Blocking.on(abandonAsync());
    }

    @Override
    public CompletableFuture<Void> settledAsync() {
        return settled.copy();
    }

    @Override
    public String toString() {
        return doing() + " since " + since;
    }
}
