package io.jrados.rbd;

import io.jrados.error.Errno;
import io.jrados.error.RadosException;
import io.jrados.rados.Wait;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of an image in order, of which some are asked for before anybody wants them. A reader that goes from front
 * to back finds pieces of 4 MiB, which end where objects do; one that has just begun, or jumped, gets little at first
 * and twice as much each time. A piece that fails fails the reader once it comes there; what was read ahead is
 * forgotten then, and the next call asks anew. For one thread.
 */
final class ReadAheadPipe {
    /** Bytes, of the largest request: of the usual object size, or a multiple or a whole fraction of others. */
    static final int PIECE = 4 << 20;

    private static final int LEAST_AHEAD = 64 << 10;

    private final Image image;
    private final int depth;
    private final int first;
    private final long end;
    private final Deque<Piece> ahead = new ArrayDeque<>();
    private final Deque<Buffer> free = new ArrayDeque<>();

    /** The piece that is being handed out, in {@code current} as far as nobody has taken it yet. */
    private @Nullable Buffer current;

    private long position;
    private long asked;
    private int length;

    /**
     * Memory for one piece.
     *
     * @param left what of it nobody has taken yet
     */
    private record Buffer(byte[] array, ByteBuffer left) {
        Buffer(int capacity) {
            this(new byte[capacity]);
        }

        private Buffer(byte[] array) {
            this(array, ByteBuffer.wrap(array));
        }
    }

    private record Piece(long offset, Buffer buffer, CompletableFuture<Void> filled) {
        long end() {
            return offset + buffer.left.limit();
        }
    }

    /**
     * @param depth pieces that are asked for ahead of the one in hand; 0 for none
     * @param first bytes that are asked for at least, after a jump too
     * @param end behind the last byte that anybody wants; the image may end before
     */
    ReadAheadPipe(Image image, int depth, int first, long end) {
        this.image = image;
        this.depth = depth;
        this.first = first;
        this.end = end;
    }

    long position() {
        return position;
    }

    /** Bytes up to the end, as it is now; negative behind it. */
    long left() {
        return Math.min(end, image.size()) - position;
    }

    /** Goes elsewhere; what was read ahead is kept if that is where it goes on. */
    void seek(long to) {
        if (to != position) {
            forget();
            position = to;
            asked = to;
        }
    }

    /** Forgets what was read ahead. */
    void forget() {
        ahead.forEach(piece -> piece.filled.cancel(false));
        ahead.clear();
        current = null;
        asked = position;
        length = 0;
    }

    /**
     * The bytes from the position on, at least one of them.
     *
     * @param wanted bytes that the caller has room for
     * @return null at the end
     */
    @Nullable
    ByteBuffer next(long wanted) throws RadosException {
        while (current == null || !current.left.hasRemaining()) {
            if (left() <= 0) {
                forget();
                return null;
            }
            recycle();
            ask(wanted);
            receive();
        }
        return current.left;
    }

    /** The array that holds what {@link #next} gave last, from index 0 on. */
    byte[] array() {
        return Objects.requireNonNull(current).array;
    }

    /** Whether {@link #next} has something without waiting. */
    boolean isReady() {
        boolean here = current != null && current.left.hasRemaining();
        Piece next = ahead.peek();
        return here || next != null && next.filled.isDone() && !next.filled.isCompletedExceptionally();
    }

    /** Notes that the caller has taken bytes out of what {@link #next} gave. */
    void took(int count) {
        position += count;
    }

    /** Passes over bytes, as if they had been taken. */
    void skip(long count) {
        ByteBuffer here = current == null ? null : current.left;
        if (here != null && count <= here.remaining()) {
            here.position(here.position() + (int) count);
            position += count;
        } else {
            seek(position + count);
        }
    }

    private void recycle() {
        if (current != null && free.size() <= depth) {
            free.add(current);
        }
        current = null;
    }

    /** Keeps as many requests under way as the reader's progress so far deserves. */
    private void ask(long wanted) {
        long last = Math.min(end, image.size());
        int most = length == 0 || depth == 0 ? 1 : depth + 1;
        while (ahead.size() < most && asked < last) {
            length = nextLength(wanted);
            long to = Math.min(last, asked + length);
            if (length >= LEAST_AHEAD && asked / PIECE != to / PIECE) {
                // requests after this one end where objects do
                to = to / PIECE * PIECE;
            }
            Buffer into = buffer((int) (to - asked));
            ahead.add(new Piece(asked, into, image.readAsync(asked, into.left.duplicate())));
            asked = to;
        }
    }

    private int nextLength(long wanted) {
        if (length == 0 || depth == 0) {
            return (int) Math.min(PIECE, Math.max(first, wanted));
        }
        return Math.min(PIECE, Math.max(LEAST_AHEAD, 2 * length));
    }

    private Buffer buffer(int bytes) {
        Buffer used = free.poll();
        Buffer buffer = used != null && used.array.length >= bytes ? used : new Buffer(bytes);
        buffer.left.clear().limit(bytes);
        return buffer;
    }

    private void receive() throws RadosException {
        Piece piece = ahead.element();
        try {
            Wait.on(piece.filled);
        } catch (RadosException failed) {
            boolean stillUnderWay = failed.errno() == Errno.EINTR && !piece.filled.isDone();
            boolean shrunk = failed.errno() == Errno.EINVAL && piece.end() > image.size();
            if (!stillUnderWay) {
                forget();
            }
            if (!shrunk) {
                throw failed;
            }
            return;
        }
        current = ahead.remove().buffer;
    }
}
