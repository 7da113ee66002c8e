package io.jrados.disk.model;

import io.jrados.error.Errno;
import io.jrados.error.RadosException;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ReadableByteChannel;
import java.util.Objects;

/** A stream that was begun to find out its format: the first bytes are given once more. */
public final class StreamInput implements Closeable {
    private final ReadableByteChannel channel;
    private final ByteBuffer first = ByteBuffer.allocate(DiskFormat.PROBED);
    private long position;

    /** Reads the first bytes of a channel that blocks. */
    public StreamInput(ReadableByteChannel channel) throws RadosException {
        this.channel = Objects.requireNonNull(channel, "channel");
        fill(first);
        first.flip();
    }

    /** The format that the first bytes show. */
    public DiskFormat format() {
        return DiskFormat.of(first.asReadOnlyBuffer().rewind());
    }

    /** The number of bytes that were given. */
    public long position() {
        return position;
    }

    /** Fills an array as far as the stream goes, and returns the number of bytes. */
    public int read(byte[] target) throws RadosException {
        Objects.requireNonNull(target, "target");
        ByteBuffer into = ByteBuffer.wrap(target);
        int again = Math.min(first.remaining(), target.length);
        into.put(first.slice(first.position(), again));
        first.position(first.position() + again);
        fill(into);
        position += into.position();
        return into.position();
    }

    private void fill(ByteBuffer into) throws RadosException {
        try {
            while (into.hasRemaining()) {
                int count = channel.read(into);
                if (count < 0) {
                    return;
                }
                if (count == 0) {
                    throw new RadosException(Errno.EAGAIN, "reading an image from a channel that does not block");
                }
            }
        } catch (RadosException ours) {
            throw ours;
        } catch (ClosedByInterruptException interrupted) {
            throw new RadosException(Errno.EINTR, "reading an image's stream behind " + position, interrupted);
        } catch (IOException failed) {
            throw new RadosException(Errno.EIO, "reading an image's stream behind " + position, failed);
        }
    }

    @Override
    public void close() throws RadosException {
        try {
            channel.close();
        } catch (IOException failed) {
            throw new RadosException(Errno.EIO, "closing an image's stream", failed);
        }
    }
}
