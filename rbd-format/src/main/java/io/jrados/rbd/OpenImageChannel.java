package io.jrados.rbd;

import io.jrados.error.RadosException;
import io.jrados.rbd.model.Progress;
import io.jrados.rbd.verb.Asked;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.NonWritableChannelException;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * An image as a file, read ahead and written behind. Whoever reads after writing waits for the writes; whoever writes
 * forgets what was read ahead.
 */
final class OpenImageChannel implements ImageChannel {
    private final Image image;
    private final int depth;
    private final ReadAheadPipe reads;
    private final WriteBehindPipe writes;
    private final ReentrantLock lock = new ReentrantLock();
    private long position;
    private volatile boolean closed;

    OpenImageChannel(Image image, int depth) {
        Transfer.checkDepth(depth);
        this.image = image;
        this.depth = depth;
        this.reads = new ReadAheadPipe(image, depth, 1, Long.MAX_VALUE);
        this.writes = new WriteBehindPipe(image, 0, Long.MAX_VALUE, depth, false);
    }

    /** A step under the lock. */
    private interface Step<T> {
        T run() throws IOException;
    }

    private <T> T locked(Step<T> step) throws IOException {
        lock.lock();
        try {
            checkOpen();
            return step.run();
        } finally {
            lock.unlock();
        }
    }

    private void checkOpen() throws ClosedChannelException {
        if (closed) {
            throw new ClosedChannelException();
        }
    }

    private void checkWritable() {
        if (image.isReadOnly()) {
            throw new NonWritableChannelException();
        }
    }

    @Override
    public int read(ByteBuffer into) throws IOException {
        return locked(() -> {
            if (!into.hasRemaining()) {
                return 0;
            }
            if (!writes.isIdle()) {
                writes.drain();
            }
            reads.seek(position);
            int done = 0;
            while (into.hasRemaining()) {
                ByteBuffer next = next(into.remaining(), done);
                if (next == null) {
                    break;
                }
                int count = Math.min(into.remaining(), next.remaining());
                into.put(next.slice(next.position(), count));
                next.position(next.position() + count);
                reads.took(count);
                position += count;
                done += count;
            }
            return done == 0 ? -1 : done;
        });
    }

    /** A failure behind bytes that are there is left to the next call, which asks anew. */
    private @Nullable ByteBuffer next(long wanted, int done) throws RadosException {
        try {
            return reads.next(wanted);
        } catch (RadosException failed) {
            if (done == 0) {
                throw failed;
            }
            return null;
        }
    }

    @Override
    public int write(ByteBuffer data) throws IOException {
        return locked(() -> {
            checkWritable();
            int length = (int) Math.max(0, Math.min(data.remaining(), image.size() - position));
            if (length <= 0) {
                if (data.hasRemaining()) {
                    throw Transfer.past(image, position);
                }
                return 0;
            }
            reads.forget();
            writes.seek(position);
            for (int done = 0; done < length; ) {
                ByteBuffer room = writes.room();
                int count = Math.min(length - done, room.remaining());
                room.put(data.slice(data.position(), count));
                data.position(data.position() + count);
                position += count;
                done += count;
            }
            return length;
        });
    }

    @Override
    public long position() throws IOException {
        return locked(() -> position);
    }

    @Override
    public SeekableByteChannel position(long newPosition) throws IOException {
        if (newPosition < 0) {
            throw new IllegalArgumentException("position " + newPosition);
        }
        return locked(() -> {
            position = newPosition;
            return this;
        });
    }

    @Override
    public long size() throws IOException {
        return locked(image::size);
    }

    @Override
    public SeekableByteChannel truncate(long size) throws IOException {
        if (size < 0) {
            throw new IllegalArgumentException("size " + size);
        }
        return locked(() -> {
            checkWritable();
            writes.drain();
            reads.forget();
            if (size < image.size()) {
                image.resize(size, Progress.NONE);
            }
            position = Math.min(position, size);
            return this;
        });
    }

    @Override
    public long transferTo(long position, long count, WritableByteChannel sink) throws IOException {
        Transfer.checkRange("position", position, "count", count);
        Objects.requireNonNull(sink, "sink");
        locked(() -> {
            writes.drain();
            return null;
        });
        ReadAheadPipe pipe = new ReadAheadPipe(image, depth, ReadAheadPipe.PIECE, Transfer.end(position, count));
        pipe.seek(position);
        try {
            for (ByteBuffer next = pipe.next(count); next != null; next = pipe.next(count)) {
                checkOpen();
                int taken = sink.write(next);
                pipe.took(taken);
                if (taken == 0) {
                    break;
                }
            }
        } finally {
            pipe.forget();
        }
        return pipe.position() - position;
    }

    @Override
    public CompletableFuture<Long> transferToAsync(long position, long count, WritableByteChannel sink) {
        return Asked.get(
                image.pool(),
                "transferring " + count + " bytes of image " + image.name(),
                () -> transferTo(position, count, sink));
    }

    @Override
    public long transferFrom(ReadableByteChannel source, long position, long count) throws IOException {
        Objects.requireNonNull(source, "source");
        Transfer.checkRange("position", position, "count", count);
        locked(() -> {
            checkWritable();
            writes.drain();
            return null;
        });
        long wanted = Transfer.end(position, count);
        // a source that goes on behind the image is left there, unless nothing of it fits
        long end = position < image.size() ? Math.min(wanted, image.size()) : wanted;
        WriteBehindPipe pipe = new WriteBehindPipe(image, position, end, depth, false);
        try {
            while (pipe.position() < end && Transfer.fill(image, source, pipe, end) > 0) {
                checkOpen();
            }
            pipe.drain();
        } finally {
            pipe.end();
            forgetReads();
        }
        return pipe.position() - position;
    }

    private void forgetReads() {
        lock.lock();
        try {
            reads.forget();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public CompletableFuture<Long> transferFromAsync(ReadableByteChannel source, long position, long count) {
        return Asked.get(
                image.pool(),
                "transferring " + count + " bytes to image " + image.name(),
                () -> transferFrom(source, position, count));
    }

    @Override
    public boolean isOpen() {
        return !closed;
    }

    /** Closes the channel after making its writes durable. */
    @Override
    public void close() throws IOException {
        lock.lock();
        try {
            if (!closed) {
                closed = true;
                reads.forget();
                writes.drain();
                image.flush();
            }
        } finally {
            lock.unlock();
        }
    }
}
