package io.jrados.rbd.io;

import io.jrados.error.Errno;
import io.jrados.error.RadosException;
import io.jrados.osd.op.SnapContext;
import io.jrados.rbd.format.SnapshotCalls;
import io.jrados.rbd.format.SnapshotNamespace;
import io.jrados.rbd.format.SnapshotRecord;
import io.jrados.rbd.header.ClassCalls;
import io.jrados.rbd.wait.Async;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The proof that a hole of the snapshot that is open is a hole. OSDs answer ENOENT for all objects of a snapshot as
 * soon as its id is given up, which comes before the header forgets it and anybody is told
 * (src/librbd/operation/SnapshotRemoveRequest.cc; PrimaryLogPG::find_object_context, src/osd/PrimaryLogPG.cc). Zeroes
 * are true only if the header, asked after such an answer, still has the snapshot: it moves to the trash namespace
 * before its id is given up. Who asks while the header is being asked shares the next question.
 */
public final class SnapshotPresence {
    private final ImageView image;
    private final boolean mayGo;
    private final ReentrantLock lock = new ReentrantLock();
    private @Nullable CompletableFuture<Void> asked;
    private @Nullable CompletableFuture<Void> next;

    /** @param mayGo false for a head, and for the snapshot that a clone needs */
    public SnapshotPresence(ImageView image, boolean mayGo) {
        this.image = image;
        this.mayGo = mayGo;
    }

    /** Completes when the snapshot was there after this call; fails with ENOENT if it was not. */
    public CompletableFuture<Void> confirmAsync() {
        if (!mayGo) {
            return CompletableFuture.completedFuture(null);
        }
        CompletableFuture<Void> mine = new CompletableFuture<>();
        lock.lock();
        try {
            if (asked != null) {
                next = next == null ? mine : next;
                return next.copy();
            }
            asked = mine;
        } finally {
            lock.unlock();
        }
        ask(mine);
        return mine.copy();
    }

    private void ask(CompletableFuture<Void> answer) {
        confirmAsync(image, image.snapId()).whenComplete((there, failed) -> {
            CompletableFuture<Void> waiting;
            lock.lock();
            try {
                waiting = next;
                asked = next;
                next = null;
            } finally {
                lock.unlock();
            }
            if (waiting != null) {
                ask(waiting);
            }
            if (failed == null) {
                answer.complete(null);
            } else {
                answer.completeExceptionally(Async.cause(failed));
            }
        });
    }

    /** Asks the header of an image for one of its snapshots: ENOENT if its id may have been given up. */
    public static CompletableFuture<Void> confirmAsync(ImageView image, long snapId) {
        if (snapId == SnapContext.HEAD) {
            return CompletableFuture.completedFuture(null);
        }
        CompletableFuture<SnapshotRecord> read =
                ClassCalls.readAsync(image.pool(), image.header(), SnapshotCalls.get(snapId));
        return read.handle((record, failed) -> {
                    boolean gone = failed == null ? isGoing(record) : Async.isAbsent(Async.cause(failed));
                    if (gone) {
                        return CompletableFuture.<Void>failedFuture(RadosException.of(
                                Errno.ENOENT,
                                "reading image " + image.spec() + " at snapshot " + snapId
                                        + ", which was removed meanwhile"));
                    }
                    return failed == null
                            ? CompletableFuture.<Void>completedFuture(null)
                            : CompletableFuture.<Void>failedFuture(Async.cause(failed));
                })
                .thenCompose(answer -> answer);
    }

    /**
     * Tells whether a snapshot is going: one in the trash namespace without a clone is being removed, or was left so by
     * somebody who died.
     */
    private static boolean isGoing(SnapshotRecord record) {
        return record.namespace() instanceof SnapshotNamespace.Trash && record.childCount() == 0;
    }
}
