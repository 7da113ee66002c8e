package io.jrados.drivers.backup.flow;

import io.jrados.error.Errno;
import io.jrados.error.RadosException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A pipe between two threads of this process. The reader takes bytes straight out of the writer's memory, so that each
 * is copied once and nothing is kept in between: both sides read ahead and write behind by themselves. What one side
 * fails with ends the other.
 */
final class Handover {
    /** Longer than any operation of either side may take. */
    private static final long PATIENCE_MINUTES = 20;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private @Nullable ByteBuffer offered;
    private @Nullable Throwable failure;
    private boolean ended;
    private long bytes;

    /** The end at which bytes go in. */
    WritableByteChannel sink() {
        return new Sink();
    }

    /** The end at which bytes come out. */
    ReadableByteChannel source() {
        return new Source();
    }

    /** Says that all was written. */
    void end() {
        lock.lock();
        try {
            ended = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Ends both sides, unless one has failed already. */
    void fail(Throwable failed) {
        lock.lock();
        try {
            if (failure == null) {
                failure = failed;
            }
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Returns the first failure; null if there was none. */
    @Nullable
    Throwable failure() {
        lock.lock();
        try {
            return failure;
        } finally {
            lock.unlock();
        }
    }

    /** Bytes that were taken so far. */
    long bytes() {
        lock.lock();
        try {
            return bytes;
        } finally {
            lock.unlock();
        }
    }

    private void await(String doing) throws IOException {
        try {
            if (!changed.await(PATIENCE_MINUTES, TimeUnit.MINUTES)) {
                throw RadosException.of(
                        Errno.ETIMEDOUT, doing + " for " + PATIENCE_MINUTES + " minutes without the other side");
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new RadosException(Errno.EINTR, doing, interrupted);
        }
        refuseIfFailed(doing);
    }

    private void refuseIfFailed(String doing) throws RadosException {
        Throwable failed = failure;
        if (failed != null) {
            Errno errno = failed instanceof RadosException known ? known.errno() : Errno.EIO;
            throw new RadosException(errno, doing + ", whose other side failed", failed);
        }
    }

    private int write(ByteBuffer from) throws IOException {
        String doing = "handing over a diff";
        int count = from.remaining();
        lock.lock();
        try {
            refuseIfFailed(doing);
            offered = from;
            changed.signalAll();
            while (from.hasRemaining()) {
                await(doing);
            }
            return count;
        } finally {
            offered = null;
            lock.unlock();
        }
    }

    private int read(ByteBuffer into) throws IOException {
        String doing = "taking over a diff";
        lock.lock();
        try {
            refuseIfFailed(doing);
            ByteBuffer from = offered;
            while (from == null || !from.hasRemaining()) {
                if (ended) {
                    return -1;
                }
                await(doing);
                from = offered;
            }
            int count = Math.min(from.remaining(), into.remaining());
            into.put(from.slice(from.position(), count));
            from.position(from.position() + count);
            bytes += count;
            if (!from.hasRemaining()) {
                changed.signalAll();
            }
            return count;
        } finally {
            lock.unlock();
        }
    }

    private final class Sink implements WritableByteChannel {
        @Override
        public int write(ByteBuffer from) throws IOException {
            return Handover.this.write(from);
        }

        @Override
        public boolean isOpen() {
            return true;
        }

        @Override
        public void close() {
            end();
        }
    }

    private final class Source implements ReadableByteChannel {
        @Override
        public int read(ByteBuffer into) throws IOException {
            return Handover.this.read(into);
        }

        @Override
        public boolean isOpen() {
            return true;
        }

        @Override
        public void close() {
            fail(new IOException("nobody reads any more"));
        }
    }
}
