package io.jrados.disk.model;

import io.jrados.error.RadosException;
import java.io.Closeable;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;

/**
 * The bytes of an image's file, of a fixed size, read at any position by any number of threads at once. A file is one,
 * and so is anything that serves ranges.
 */
public interface RandomAccessSource extends Closeable {
    /** The number of bytes there are. */
    long size();

    /**
     * Fills a buffer with the bytes from a position on.
     *
     * @throws IllegalArgumentException for a negative position
     * @throws RadosException EIO if reading fails or the bytes end before the buffer is full, EINTR if the thread is
     *     interrupted
     */
    void read(long position, ByteBuffer target) throws RadosException;

    @Override
    void close() throws RadosException;

    /** A file's bytes; the source closes the channel, and so does an interrupt of a thread that reads. */
    static RandomAccessSource of(FileChannel channel) throws RadosException {
        return new ChannelSource(channel);
    }

    /** The bytes of any channel that can seek, one reader at a time; the source closes it. */
    static RandomAccessSource of(SeekableByteChannel channel) throws RadosException {
        return new ChannelSource(channel);
    }
}
