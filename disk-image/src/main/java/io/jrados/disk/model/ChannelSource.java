package io.jrados.disk.model;

import io.jrados.error.Errno;
import io.jrados.error.RadosException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.util.Objects;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A channel's bytes. A file channel reads at a position without moving; any other channel has one position that its
 * readers take turns with.
 */
final class ChannelSource implements RandomAccessSource {
    private final SeekableByteChannel channel;
    private final Lock turn = new ReentrantLock();
    private final long size;

    ChannelSource(SeekableByteChannel channel) throws RadosException {
        this.channel = Objects.requireNonNull(channel, "channel");
        try {
            size = channel.size();
        } catch (IOException failed) {
            throw failure("asking for the size of an image's file", failed);
        }
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    public void read(long position, ByteBuffer target) throws RadosException {
        Objects.requireNonNull(target, "target");
        if (position < 0) {
            throw new IllegalArgumentException("position: " + position);
        }
        try {
            if (channel instanceof FileChannel file) {
                readAt(file, position, target);
                return;
            }
            turn.lockInterruptibly();
            try {
                channel.position(position);
                while (target.hasRemaining()) {
                    advance(channel.read(target), channel.position());
                }
            } finally {
                turn.unlock();
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new RadosException(Errno.EINTR, "reading an image's file at " + position, stopped);
        } catch (RadosException ours) {
            throw ours;
        } catch (IOException failed) {
            throw failure("reading an image's file at " + position, failed);
        }
    }

    private static void readAt(FileChannel file, long position, ByteBuffer target) throws IOException {
        long at = position;
        while (target.hasRemaining()) {
            int count = file.read(target, at);
            advance(count, at);
            at += count;
        }
    }

    private static void advance(int count, long at) throws RadosException {
        if (count <= 0) {
            throw new RadosException(Errno.EIO, "reading an image's file, which ends at " + at);
        }
    }

    private static RadosException failure(String doing, IOException failed) {
        Errno errno = failed instanceof ClosedByInterruptException
                ? Errno.EINTR
                : failed instanceof ClosedChannelException ? Errno.EBADF : Errno.EIO;
        return new RadosException(errno, doing, failed);
    }

    @Override
    public void close() throws RadosException {
        try {
            channel.close();
        } catch (IOException failed) {
            throw failure("closing an image's file", failed);
        }
    }
}
