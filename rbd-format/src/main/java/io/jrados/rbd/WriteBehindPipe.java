package io.jrados.rbd;

import io.jrados.error.Errno;
import io.jrados.error.RadosException;
import io.jrados.rados.Wait;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Writes of an image in order, of which some are still under way while the caller goes on. They are gathered into
 * pieces of at most 4 MiB, which end where objects do. A write that fails fails the next call, and each call after it,
 * for the caller cannot know how much of what it wrote is there. For one thread.
 */
final class WriteBehindPipe {
    private final Image image;
    private final long end;
    private final int depth;
    private final boolean thin;
    private final Deque<Writing> underWay = new ArrayDeque<>();
    private final Deque<ByteBuffer> free = new ArrayDeque<>();

    /** The piece that is being filled, which goes to {@code start}. */
    private @Nullable ByteBuffer current;

    private long start;
    private @Nullable RadosException failure;

    private record Writing(CompletableFuture<Void> done, ByteBuffer bytes) {}

    /**
     * @param start where the first byte goes
     * @param end behind the last byte that may come; the image may end before
     * @param depth writes that may be under way when a call returns
     * @param thin leaves out zeroes, as {@link Zeroed#write} does
     */
    WriteBehindPipe(Image image, long start, long end, int depth, boolean thin) {
        this.image = image;
        this.start = start;
        this.end = end;
        this.depth = depth;
        this.thin = thin;
    }

    /** The place of the next byte. */
    long position() {
        return start + (current == null ? 0 : current.position());
    }

    boolean isIdle() {
        return underWay.isEmpty() && (current == null || current.position() == 0);
    }

    /** Goes elsewhere. */
    void seek(long to) throws RadosException {
        if (to != position()) {
            submit();
            current = null;
            start = to;
        }
    }

    /**
     * The room for the next bytes, at least for one; the caller puts them there.
     *
     * @throws RadosException what an earlier write failed with
     */
    ByteBuffer room() throws RadosException {
        check();
        if (current != null && !current.hasRemaining()) {
            submit();
        }
        if (current == null) {
            int length = (int) (ReadAheadPipe.PIECE - start % ReadAheadPipe.PIECE);
            ByteBuffer used = free.poll();
            current = used != null && used.capacity() >= length
                    ? used.clear().limit(length)
                    : ByteBuffer.allocate((int) Math.max(1, Math.min(length, Math.min(end, image.size()) - start)));
        }
        return current;
    }

    /** Takes some of these bytes, at least one, and returns their number. */
    int put(byte[] from, int offset, int length) throws RadosException {
        ByteBuffer room = room();
        int count = Math.min(length, room.remaining());
        room.put(from, offset, count);
        return count;
    }

    /** Sends what is gathered, and waits until no more is under way than may be. */
    void submit() throws RadosException {
        check();
        ByteBuffer full = current;
        if (full == null || full.position() == 0) {
            return;
        }
        current = null;
        full.flip();
        underWay.add(new Writing(write(start, full), full));
        start += full.limit();
        settle(depth);
    }

    private CompletableFuture<Void> write(long at, ByteBuffer bytes) {
        return thin ? Zeroed.write(image, at, bytes) : image.writeAsync(at, bytes.duplicate());
    }

    /** Waits until at most so many are under way. */
    private void settle(int most) throws RadosException {
        while (underWay.size() > most) {
            Writing oldest = underWay.element();
            try {
                Wait.on(oldest.done);
                if (free.size() <= depth) {
                    free.add(oldest.bytes);
                }
            } catch (RadosException failed) {
                if (failed.errno() == Errno.EINTR && !oldest.done.isDone()) {
                    throw failed;
                }
                failure = failure == null ? failed : failure;
            }
            underWay.remove();
        }
        check();
    }

    private void check() throws RadosException {
        if (failure != null) {
            throw failure.copy();
        }
    }

    /**
     * Waits until nothing is under way, through interrupts too, so that nothing changes the image afterwards. Failures
     * are left to {@link #drain}.
     */
    void end() {
        while (!underWay.isEmpty()) {
            try {
                Wait.throughInterrupts(underWay.element().done);
            } catch (RadosException failed) {
                failure = failure == null ? failed : failure;
            }
            underWay.remove();
        }
    }

    /**
     * Sends what is gathered and waits until nothing is under way: also when an earlier write has failed, with which it
     * fails then.
     */
    void drain() throws RadosException {
        try {
            submit();
        } finally {
            settle(0);
        }
    }
}
