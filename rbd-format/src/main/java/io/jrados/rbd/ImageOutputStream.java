package io.jrados.rbd;

import io.jrados.error.ClosedException;
import io.jrados.error.Errno;
import io.jrados.error.RadosException;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Objects;

/** Writes an image from a place on, to its end or to another place, behind its caller. For one thread. */
final class ImageOutputStream extends OutputStream {
    private final Image image;
    private final long end;
    private final WriteBehindPipe pipe;
    private boolean closed;

    ImageOutputStream(Image image, long position, long end, int depth) {
        Transfer.checkDepth(depth);
        this.image = image;
        this.end = end;
        this.pipe = new WriteBehindPipe(image, position, end, depth, false);
    }

    private void check(int length) throws IOException {
        if (closed) {
            throw new ClosedException("writing to a stream that is closed, of image " + image.name());
        }
        if (length > image.size() - pipe.position()) {
            throw Transfer.past(image, pipe.position() + length);
        }
        if (length > end - pipe.position()) {
            throw new RadosException(
                    Errno.ENOSPC,
                    "writing up to " + (pipe.position() + length) + " of image " + image.name()
                            + " by a stream of its bytes before " + end);
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
