package io.jrados.drivers;

import io.jrados.error.Errno;
import io.jrados.error.RadosException;
import io.jrados.rados.Wait;
import io.jrados.rbd.Image;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;

/**
 * Writes a source into an image chunk by chunk: the caller's thread reads and digests chunk n + 1 while up to
 * {@code depth} chunks before it are being written. A chunk's buffer goes back when its write has ended, however it
 * ended, and nobody else uses it. For one upload, on one thread.
 */
public final class ChunkPipeline implements AutoCloseable {
    /** Asked before each write. */
    @FunctionalInterface
    public interface Room {
        /** Makes sure that the image reaches to {@code end}, or refuses. */
        void upTo(long end) throws IOException;
    }

    /** The use by an observer that keeps no reference to the chunk. */
    public static final Use NO_USE = () -> {};

    private final Image image;
    private final ChunkBuffers buffers;
    private final int depth;
    private final boolean thin;
    private final Deque<Writing> inFlight = new ArrayDeque<>();

    private static final class Writing {
        private final CompletableFuture<Void> done;
        private final ByteBuffer buffer;
        private Use use = NO_USE;

        Writing(CompletableFuture<Void> done, ByteBuffer buffer) {
            this.done = done;
            this.buffer = buffer;
        }
    }

    /**
     * @param depth most chunks in flight, at least 1
     * @param thin leaves out chunks of zeroes only
     */
    public ChunkPipeline(Image image, ChunkBuffers buffers, int depth, boolean thin) {
        this.image = image;
        this.buffers = buffers;
        this.depth = depth;
        this.thin = thin;
    }

    /**
     * Writes everything from offset 0 on and waits until it is acknowledged.
     *
     * @return bytes read from the source
     */
    public long copy(ByteSource source, Room room, ChunkObserver observer) throws IOException {
        long offset = 0;
        boolean more = true;
        while (more) {
            ByteBuffer chunk = buffers.take();
            try {
                more = fill(source, chunk);
                chunk.flip();
                if (chunk.hasRemaining()) {
                    room.upTo(offset + chunk.remaining());
                }
            } catch (IOException | RuntimeException failed) {
                buffers.give(chunk);
                throw failed;
            }
            int length = chunk.remaining();
            if (length == 0 || thin && isZero(chunk)) {
                if (length > 0) {
                    observer.chunk(chunk, offset + length).end();
                }
                buffers.give(chunk);
            } else {
                if (inFlight.size() == depth) {
                    endOldest();
                }
                Writing writing = new Writing(image.writeAsync(offset, chunk.duplicate()), chunk);
                inFlight.add(writing);
                writing.use = observer.chunk(chunk, offset + length);
            }
            offset += length;
        }
        while (!inFlight.isEmpty()) {
            endOldest();
        }
        Wait.on(image.flushAsync());
        return offset;
    }

    /** Told of each chunk in order, while it is being written. */
    @FunctionalInterface
    public interface ChunkObserver {
        /**
         * @param data to be read until the use that is returned has ended
         * @param end the offset behind it
         */
        Use chunk(ByteBuffer data, long end);
    }

    /** The use that an observer still makes of a chunk. */
    @FunctionalInterface
    public interface Use {
        /** Returns when the chunk's bytes are no longer read. */
        void end();
    }

    private static boolean fill(ByteSource source, ByteBuffer chunk) throws IOException {
        boolean more = true;
        while (more && chunk.hasRemaining()) {
            more = source.read(chunk);
        }
        return more;
    }

    static boolean isZero(ByteBuffer data) {
        int at = data.position();
        for (; at + Long.BYTES <= data.limit(); at += Long.BYTES) {
            if (data.getLong(at) != 0) {
                return false;
            }
        }
        for (; at < data.limit(); at++) {
            if (data.get(at) != 0) {
                return false;
            }
        }
        return true;
    }

    private void endOldest() throws RadosException {
        Writing oldest = inFlight.element();
        Wait.on(oldest.done);
        oldest.use.end();
        inFlight.remove();
        buffers.give(oldest.buffer);
    }

    /** Waits for what is in flight, whose errors no longer matter, and gives the buffers back. */
    @Override
    public void close() {
        boolean interrupted = false;
        while (!inFlight.isEmpty()) {
            try {
                Wait.on(inFlight.element().done);
            } catch (RadosException failed) {
                if (failed.errno() == Errno.EINTR && Thread.interrupted()) {
                    // The buffer is still the image's: it must be waited for, and each write has its deadline.
                    interrupted = true;
                    continue;
                }
            }
            Writing oldest = inFlight.remove();
            oldest.use.end();
            buffers.give(oldest.buffer);
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
