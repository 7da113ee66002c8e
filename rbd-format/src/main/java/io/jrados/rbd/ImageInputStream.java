package io.jrados.rbd;

import io.jrados.error.ClosedException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.Objects;

/** The bytes of an image from a place to its end, or to another place, read ahead. For one thread. */
final class ImageInputStream extends InputStream {
    /** Bytes: the least that is worth a request, as the first read of a stream is rarely the last. */
    private static final int FIRST = 64 << 10;

    private final Image image;
    private final ReadAheadPipe pipe;
    private boolean closed;

    ImageInputStream(Image image, long position, long end, int depth) {
        Transfer.checkDepth(depth);
        this.image = image;
        this.pipe = new ReadAheadPipe(image, depth, depth == 0 ? 1 : FIRST, end);
        pipe.seek(position);
    }

    private void check() throws IOException {
        if (closed) {
            throw new ClosedException("reading from a stream that is closed, of image " + image.name());
        }
    }

    private long left() throws IOException {
        check();
        return Math.max(0, pipe.left());
    }

    @Override
    public int read() throws IOException {
        check();
        ByteBuffer next = pipe.next(1);
        if (next == null) {
            return -1;
        }
        pipe.took(1);
        return next.get() & 0xff;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, into.length);
        check();
        int done = 0;
        while (done < length) {
            // what is there already is given before a failure or a wait
            ByteBuffer next = done == 0 || pipe.isReady() ? pipe.next(length - done) : null;
            if (next == null) {
                break;
            }
            int count = Math.min(length - done, next.remaining());
            next.get(into, offset + done, count);
            pipe.took(count);
            done += count;
        }
        return done == 0 && length > 0 ? -1 : done;
    }

    /** Hands out what is read ahead, without a copy of it. */
    @Override
    public long transferTo(OutputStream out) throws IOException {
        Objects.requireNonNull(out, "out");
        check();
        long done = 0;
        for (ByteBuffer next = pipe.next(Long.MAX_VALUE); next != null; next = pipe.next(Long.MAX_VALUE)) {
            int count = next.remaining();
            out.write(pipe.array(), next.position(), count);
            next.position(next.limit());
            pipe.took(count);
            done += count;
        }
        return done;
    }

    @Override
    public long skip(long count) throws IOException {
        long skipped = Math.max(0, Math.min(count, left()));
        pipe.skip(skipped);
        return skipped;
    }

    @Override
    public int available() throws IOException {
        return (int) Math.min(Integer.MAX_VALUE, left());
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            pipe.forget();
        }
    }
}
