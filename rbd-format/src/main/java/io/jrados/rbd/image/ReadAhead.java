package io.jrados.rbd.image;

import io.jrados.osd.op.SnapContext;
import io.jrados.rbd.format.Layout.Range;
import io.jrados.rbd.header.ReadAheadOptions;
import io.jrados.rbd.header.SnapshotState;
import io.jrados.rbd.io.ImageReads;
import io.jrados.rbd.io.ImageState;
import io.jrados.rbd.wait.Async;
import io.jrados.rbd.wait.Gate;
import io.jrados.rbd.wait.Step;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The data that was read ahead of a client that reads an image from front to back: at most two pieces of
 * {@link ReadAheadOptions#maxBytes}.
 *
 * <p>It must never show bytes older than the read that gets them. So nothing is read ahead but where nobody can change
 * it unseen: of a snapshot, or of the head while this client owns the image's lock. A piece is asked for only while
 * nobody is inside the image's gate, and is gone as soon as anybody enters it or it is closed: so after each change by
 * this client, and with each refresh, snapshot, resize, rollback, and loss of the lock ({@link Gate#changes}). Whoever
 * breaks the lock waits until the watch of its owner has timed out, or fences it: therefore a piece lives for a second
 * at most.
 */
final class ReadAhead {
    private static final Duration LIFE = Duration.ofSeconds(1);
    private static final int MAX_PIECES = 2;

    private final ImageContext image;
    private final ReentrantLock lock = new ReentrantLock();
    private final SequentialReader reader = new SequentialReader();
    private final ArrayDeque<Ahead> pieces = new ArrayDeque<>();

    ReadAhead(ImageContext image) {
        this.image = image;
    }

    /**
     * A piece that is on its way, or there.
     *
     * @param changes of the image before it was asked for
     */
    private record Ahead(long offset, ByteBuffer bytes, CompletableFuture<Void> read, long changes) {
        boolean contains(long from, long length) {
            return from >= offset && from + length <= offset + bytes.capacity();
        }

        void copy(long from, ByteBuffer into) {
            into.duplicate().put(bytes.slice((int) (from - offset), into.remaining()));
        }
    }

    /**
     * Notes a read of at least one byte, inside the image, and may begin to read ahead of it.
     *
     * @return the read itself if it lies in what was read ahead; else null
     */
    @Nullable
    CompletableFuture<Void> read(long offset, ByteBuffer into) {
        ReadAheadOptions options = image.options().readAhead();
        if (options.isOff()) {
            return null;
        }
        Optional<Range> wanted;
        Optional<Ahead> found;
        lock.lock();
        try {
            found = pieces.stream()
                    .filter(piece -> piece.contains(offset, into.remaining()) && isTrue(piece))
                    .findFirst();
            wanted = reader.note(
                    offset,
                    into.remaining(),
                    sizeOf(image.state()),
                    image.layout().stripeUnit(),
                    options);
        } finally {
            lock.unlock();
        }
        wanted.ifPresent(this::begin);
        return found.map(piece -> new OfPiece(piece, offset, into).start()).orElse(null);
    }

    private long sizeOf(ImageState state) {
        return image.snapId() == SnapContext.HEAD
                ? state.size()
                : state.snapshot(image.snapId()).map(SnapshotState::size).orElse(0L);
    }

    private boolean isAllowed() {
        return image.snapId() != SnapContext.HEAD
                || image.needsLock() && image.access().isOwned();
    }

    private boolean isTrue(Ahead piece) {
        return piece.changes == image.gate().changes() && isAllowed();
    }

    /** The state is looked at after the changes were counted: what is newer than that count makes the piece untrue. */
    private void begin(Range range) {
        long changes = image.gate().changes();
        if (!image.gate().isIdle() || !isAllowed()) {
            return;
        }
        ImageState state = image.state();
        if (range.end() > sizeOf(state)) {
            return;
        }
        ByteBuffer bytes = ByteBuffer.allocate((int) range.length());
        Ahead piece = new Ahead(
                range.offset(), bytes, ImageReads.read(image, state, range.offset(), bytes.duplicate()), changes);
        lock.lock();
        try {
            pieces.add(piece);
            if (pieces.size() > MAX_PIECES) {
                pieces.remove();
            }
        } finally {
            lock.unlock();
        }
        image.pool().rados().loop().schedule(LIFE, () -> forget(piece));
    }

    private void forget(Ahead piece) {
        lock.lock();
        try {
            pieces.removeIf(known -> known == piece);
        } finally {
            lock.unlock();
        }
    }

    /** Forgets all that was read ahead. */
    void drop() {
        lock.lock();
        try {
            pieces.clear();
        } finally {
            lock.unlock();
        }
    }

    /** Waits for a piece; its own future. If the piece has failed or become untrue meanwhile, the image is read. */
    private final class OfPiece extends Step<Void> {
        private final Ahead piece;
        private final long offset;
        private final ByteBuffer into;

        OfPiece(Ahead piece, long offset, ByteBuffer into) {
            this.piece = piece;
            this.offset = offset;
            this.into = into;
        }

        OfPiece start() {
            piece.read.handle((read, failed) -> failed == null && isTrue(piece)).whenComplete(this::arrived);
            return this;
        }

        private void arrived(@Nullable Boolean isThere, @Nullable Throwable impossible) {
            if (Boolean.TRUE.equals(isThere)) {
                piece.copy(offset, into);
                complete(null);
                return;
            }
            CompletableFuture<Void> reading;
            try {
                reading = ImageReads.read(image, image.state(), offset, into);
            } catch (RuntimeException failed) {
                reading = CompletableFuture.failedFuture(failed);
            }
            awaiting(reading).whenComplete((read, failed) -> {
                if (failed == null) {
                    complete(null);
                } else {
                    completeExceptionally(Async.cause(failed));
                }
            });
        }
    }
}
