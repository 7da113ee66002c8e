package io.jrados.rbd;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.Objects;

/** Writes an image from a place on, in pieces that end where {@link #PIECE} does. For one thread. */
final class ImageOutputStream extends OutputStream {
    /** Bytes: every object size that is larger is a multiple. */
    private static final int PIECE = 1 << 20;

    private final Image image;
    private final ByteBuffer buffer = ByteBuffer.allocate(PIECE);
    private long position;
    private boolean closed;

    ImageOutputStream(Image image, long position) {
        if (position < 0) {
            throw new IllegalArgumentException("position " + position);
        }
        this.image = image;
        this.position = position;
        limit();
    }

    private void limit() {
        buffer.clear().limit((int) (PIECE - position % PIECE));
    }

    @Override
    public void write(int one) throws IOException {
        write(new byte[] {(byte) one}, 0, 1);
    }

    @Override
    public void write(byte[] data, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, data.length);
        if (closed) {
            throw new IOException("writing to a stream that is closed, of image " + image.name());
        }
        if (length > image.size() - position - buffer.position()) {
            throw ImageChannel.past(image, position + buffer.position() + length);
        }
        for (int done = 0; done < length; ) {
            int count = Math.min(buffer.remaining(), length - done);
            buffer.put(data, offset + done, count);
            done += count;
            if (!buffer.hasRemaining()) {
                writeOut();
            }
        }
    }

    private void writeOut() throws IOException {
        buffer.flip();
        int length = buffer.remaining();
        if (length > 0) {
            image.write(position, buffer);
            position += length;
        }
        limit();
    }

    @Override
    public void flush() throws IOException {
        writeOut();
        image.flush();
    }

    @Override
    public void close() throws IOException {
        if (!closed) {
            closed = true;
            flush();
        }
    }
}
