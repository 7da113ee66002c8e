package io.jrados.drivers.backup.flow;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;

/** The first bytes of a channel, which stays open. */
final class FirstBytes implements ReadableByteChannel {
    private final ReadableByteChannel source;
    private long left;

    FirstBytes(ReadableByteChannel source, long count) {
        this.source = source;
        this.left = count;
    }

    @Override
    public int read(ByteBuffer into) throws IOException {
        if (left == 0) {
            return -1;
        }
        int limit = into.limit();
        into.limit(into.position() + (int) Math.min(left, into.remaining()));
        try {
            int count = source.read(into);
            left -= Math.max(0, count);
            return count;
        } finally {
            into.limit(limit);
        }
    }

    @Override
    public boolean isOpen() {
        return source.isOpen();
    }

    @Override
    public void close() {
        // The source is the caller's.
    }
}
