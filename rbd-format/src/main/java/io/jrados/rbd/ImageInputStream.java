package io.jrados.rbd;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Objects;

/** The bytes of an image from a place to its end. For one thread. */
final class ImageInputStream extends InputStream {
    private final Image image;
    private long position;
    private boolean closed;

    ImageInputStream(Image image, long position) {
        if (position < 0) {
            throw new IllegalArgumentException("position " + position);
        }
        this.image = image;
        this.position = position;
    }

    private long left() throws IOException {
        if (closed) {
            throw new IOException("reading from a stream that is closed, of image " + image.name());
        }
        return Math.max(0, image.size() - position);
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, into.length);
        int count = (int) Math.min(length, left());
        if (count == 0) {
            return length == 0 ? 0 : -1;
        }
        image.read(position, ByteBuffer.wrap(into, offset, count));
        position += count;
        return count;
    }

    @Override
    public long skip(long count) throws IOException {
        long skipped = Math.max(0, Math.min(count, left()));
        position += skipped;
        return skipped;
    }

    @Override
    public int available() throws IOException {
        return (int) Math.min(Integer.MAX_VALUE, left());
    }

    @Override
    public void close() {
        closed = true;
    }
}
