package io.jrados.rbd;

import io.jrados.error.ClosedException;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Objects;

/** Writes an image from a place on, behind its caller. For one thread. */
final class ImageOutputStream extends OutputStream {
    private final Image image;
    private final WriteBehindPipe pipe;
    private boolean closed;

    ImageOutputStream(Image image, long position, int depth) {
        if (position < 0) {
            throw new IllegalArgumentException("offset " + position);
        }
        Transfer.checkDepth(depth);
        this.image = image;
        this.pipe = new WriteBehindPipe(image, position, depth, false);
    }

    private void check(int length) throws IOException {
        if (closed) {
            throw new ClosedException("writing to a stream that is closed, of image " + image.name());
        }
        if (length > image.size() - pipe.position()) {
            throw Transfer.past(image, pipe.position() + length);
        }
    }

    @Override
    public void write(int one) throws IOException {
        check(1);
        pipe.room().put((byte) one);
    }

    @Override
    public void write(byte[] data, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, data.length);
        check(length);
        for (int done = 0; done < length; ) {
            done += pipe.put(data, offset + done, length - done);
        }
    }

    @Override
    public void flush() throws IOException {
        pipe.drain();
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
