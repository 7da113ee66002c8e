package io.jrados.rbd.stream;

import io.jrados.rbd.Image;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;

/** Memory for the parts of an image that are under way, and the size of these parts. */
final class Pieces {
    /** Bytes of the largest piece; pieces end at multiples of it, where usual objects end too. */
    static final int LARGEST = 4 << 20;

    /** Requests under way at most, however short. */
    static final int MOST = 64;

    private final int depth;
    private final Deque<ByteBuffer> free = new ArrayDeque<>();

    /** @param depth pieces of the largest size that are under way at most, 0 to {@link Image#MAX_DEPTH} */
    Pieces(int depth) {
        this.depth = depth;
    }

    /** Bytes under way at most. */
    long room() {
        return (long) depth * LARGEST;
    }

    /** The length of the piece that begins at {@code offset}, of a range that ends at {@code end}. */
    static int length(long offset, long end) {
        return (int) Math.min(end - offset, LARGEST - offset % LARGEST);
    }

    /** Memory of exactly that length. */
    ByteBuffer take(int length) {
        ByteBuffer used = free.poll();
        return used != null && used.capacity() >= length ? used.clear().limit(length) : ByteBuffer.allocate(length);
    }

    /** Keeps memory for the next piece. */
    void giveBack(ByteBuffer memory) {
        if (free.size() <= depth) {
            free.add(memory);
        }
    }
}
