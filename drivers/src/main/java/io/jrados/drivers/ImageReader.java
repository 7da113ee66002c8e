package io.jrados.drivers;

import io.jrados.error.RadosException;
import io.jrados.rados.Wait;
import io.jrados.rbd.Image;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ReadableByteChannel;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;

/**
 * An image, or a part of one, being read from its start to its end, with several chunks asked for ahead. Closes the
 * image. Not thread-safe; close it, read to the end or not.
 */
public final class ImageReader implements ReadableByteChannel {
    private record Reading(CompletableFuture<Void> done, ByteBuffer buffer) {}

    private final Image image;
    private final ChunkBuffers buffers;
    private final int chunkSize;
    private final int depth;
    private final Deque<Reading> ahead = new ArrayDeque<>();
    private final long end;
    private long asked;
    private long taken;
    private boolean open = true;

    /**
     * @param chunkSize bytes asked for at once, at most a buffer's
     * @param depth chunks asked for ahead
     */
    public ImageReader(Image image, ChunkBuffers buffers, int chunkSize, int depth) {
        this(image, buffers, chunkSize, depth, 0, Long.MAX_VALUE);
    }

    /**
     * Reads a part of the image.
     *
     * @param offset bytes
     * @param length bytes; the part ends with the image
     */
    public ImageReader(Image image, ChunkBuffers buffers, int chunkSize, int depth, long offset, long length) {
        this.image = image;
        this.buffers = buffers;
        this.chunkSize = chunkSize;
        this.depth = depth;
        this.asked = Math.min(offset, image.size());
        this.end = length < image.size() - asked ? asked + length : image.size();
    }

    /** Bytes of the whole image. */
    public long size() {
        return image.size();
    }

    /** Bytes handed out so far. */
    public long position() {
        return taken;
    }

    /** Reads some bytes at the position that was reached; -1 at the end. */
    @Override
    public int read(ByteBuffer into) throws RadosException, ClosedChannelException {
        if (!open) {
            throw new ClosedChannelException();
        }
        if (!into.hasRemaining()) {
            return 0;
        }
        askAhead();
        Reading first = ahead.peek();
        if (first == null) {
            return -1;
        }
        Wait.on(first.done());
        ByteBuffer data = first.buffer();
        int count = Math.min(data.remaining(), into.remaining());
        into.put(data.slice(data.position(), count));
        data.position(data.position() + count);
        taken += count;
        if (!data.hasRemaining()) {
            ahead.remove();
            buffers.give(data);
        }
        return count;
    }

    private void askAhead() {
        while (ahead.size() < depth && asked < end) {
            int length = (int) Math.min(chunkSize, end - asked);
            ByteBuffer buffer = buffers.take().limit(length);
            ahead.add(new Reading(image.readAsync(asked, buffer.duplicate()), buffer));
            asked += length;
        }
    }

    @Override
    public boolean isOpen() {
        return open;
    }

    @Override
    public void close() throws RadosException {
        if (!open) {
            return;
        }
        open = false;
        RadosException failure = null;
        while (!ahead.isEmpty()) {
            Reading reading = ahead.remove();
            try {
                Wait.on(reading.done());
                buffers.give(reading.buffer());
            } catch (RadosException failed) {
                // Nobody wants these bytes any more; the buffer is left to the collector, as a read may still fill it.
                failure = failed;
            }
        }
        try {
            image.close();
        } catch (RadosException failed) {
            if (failure != null) {
                failed.addSuppressed(failure);
            }
            throw failed;
        }
    }
}
