package io.jrados.rbd.io;

import io.jrados.error.RadosException;
import io.jrados.osd.op.ReadOperation;
import io.jrados.osd.op.ReadResult;
import io.jrados.rbd.wait.All;
import io.jrados.rbd.wait.Async;
import io.jrados.rbd.wait.Step;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Reads pieces of one object; its own future.
 *
 * <pre>
 *   start ─ read ─ exists ──────────────────────────► zeroes where it is short ─► done
 *     └─ map ─┴─ ENOENT ─ shares with the parent ───► read the parent ──────────► done
 *                    └─── does not ─────────────────► zeroes ───────────────────► done
 * </pre>
 */
public final class ObjectRead extends Step<Void> implements BiConsumer<ReadResult, Throwable> {
    private final ImageView image;
    private final ImageState state;
    private final long object;
    private final List<Piece> pieces;

    /** Pieces of this many bytes, and more, are read sparsely: holes are not sent. */
    private long sparseFrom;

    /** @param pieces of the object, at least one */
    public ObjectRead(ImageView image, ImageState state, long object, List<Piece> pieces) {
        this.image = image;
        this.state = state;
        this.object = object;
        this.pieces = pieces;
    }

    /** Makes the request. */
    public CompletableFuture<Void> start() {
        image.settleWrites(object);
        ObjectMap map = image.mapOfOwnerOrNull();
        if (map != null && map.isAbsent(object)) {
            absent();
            return this;
        }
        sparseFrom = image.options().sparseReadThreshold();
        ReadOperation operation = new ReadOperation();
        for (Piece piece : pieces) {
            if (piece.length() >= sparseFrom) {
                operation.sparseRead(piece.offset(), piece.buffer().duplicate());
            } else {
                operation.read(piece.offset(), piece.buffer().duplicate());
            }
        }
        awaiting(image.readPool().operateAsync(image.dataObject(object), operation, image.snapId()))
                .whenComplete(this);
        return this;
    }

    @Override
    public void accept(@Nullable ReadResult result, @Nullable Throwable failed) {
        try {
            if (result != null) {
                for (int i = 0; i < pieces.size(); i++) {
                    if (pieces.get(i).length() < sparseFrom) {
                        pieces.get(i).zeroFrom(result.length(i));
                    }
                }
                complete(null);
            } else if (Async.isAbsent(Async.cause(failed))) {
                absent();
            } else {
                completeExceptionally(Async.cause(failed));
            }
        } catch (RuntimeException wrong) {
            completeExceptionally(wrong);
        }
    }

    private void absent() {
        CompletableFuture<Void> reading;
        try {
            All all = All.ofReads();
            all.add(image.confirmSnapshotAsync());
            all.add(ParentReads.read(image, state, object, pieces));
            reading = all.seal();
        } catch (RadosException | RuntimeException wrong) {
            completeExceptionally(wrong);
            return;
        }
        awaiting(reading).whenComplete((nothing, failed) -> {
            if (failed == null) {
                complete(null);
                image.copyOnRead(state, object);
            } else {
                completeExceptionally(Async.cause(failed));
            }
        });
    }
}
