package io.jrados.rbd;

import io.jrados.error.Errno;
import io.jrados.error.RadosException;
import io.jrados.rbd.model.Progress;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.NonWritableChannelException;
import java.nio.channels.SeekableByteChannel;
import java.util.concurrent.locks.ReentrantLock;

/** An image as a file. */
final class ImageChannel implements SeekableByteChannel {
    private final Image image;
    private final ReentrantLock lock = new ReentrantLock();
    private long position;
    private volatile boolean closed;

    ImageChannel(Image image) {
        this.image = image;
    }

    /** A step under the lock. */
    private interface Step<T> {
        T run() throws IOException;
    }

    private <T> T locked(Step<T> step) throws IOException {
        lock.lock();
        try {
            if (closed) {
                throw new ClosedChannelException();
            }
            return step.run();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public int read(ByteBuffer into) throws IOException {
        return locked(() -> {
            int length = (int) Math.min(into.remaining(), image.size() - position);
            if (length <= 0) {
                return into.hasRemaining() ? -1 : 0;
            }
            image.read(position, into.slice(into.position(), length));
            into.position(into.position() + length);
            position += length;
            return length;
        });
    }

    @Override
    public int write(ByteBuffer data) throws IOException {
        return locked(() -> {
            if (image.isReadOnly()) {
                throw new NonWritableChannelException();
            }
            int length = (int) Math.min(data.remaining(), image.size() - position);
            if (length <= 0) {
                if (data.hasRemaining()) {
                    throw past(image, position);
                }
                return 0;
            }
            image.write(position, data.slice(data.position(), length));
            data.position(data.position() + length);
            position += length;
            return length;
        });
    }

    static RadosException past(Image image, long position) {
        return new RadosException(
                Errno.ENOSPC,
                "writing at " + position + " of image " + image.name() + ", which has " + image.size() + " bytes");
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
            if (image.isReadOnly()) {
                throw new NonWritableChannelException();
            }
            if (size < image.size()) {
                image.resize(size, Progress.NONE);
            }
            position = Math.min(position, size);
            return this;
        });
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
                image.flush();
            }
        } finally {
            lock.unlock();
        }
    }
}
