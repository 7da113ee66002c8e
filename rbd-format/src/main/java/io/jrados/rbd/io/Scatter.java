package io.jrados.rbd.io;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** Several buffers of a user's as one range of bytes; nothing is copied, and their positions stay. */
public final class Scatter {
    private final List<ByteBuffer> buffers;
    private final long length;

    /** @param buffers one after the other; their positions stay */
    public Scatter(List<ByteBuffer> buffers) {
        this.buffers = List.copyOf(buffers);
        this.length = this.buffers.stream().mapToLong(ByteBuffer::remaining).sum();
    }

    /** Bytes of all of them. */
    public long length() {
        return length;
    }

    /** The parts of the buffers that belong to one object, in its order. */
    public List<Piece> pieces(ObjectExtents.Group group) {
        List<Piece> pieces = new ArrayList<>();
        for (ObjectExtents.Part part : group.parts()) {
            long start = 0;
            for (ByteBuffer buffer : buffers) {
                long end = start + buffer.remaining();
                long from = Math.max(start, part.at());
                long to = Math.min(end, part.at() + part.length());
                if (from < to) {
                    pieces.add(new Piece(
                            part.offset() + from - part.at(),
                            buffer.slice(buffer.position() + (int) (from - start), (int) (to - from))));
                }
                start = end;
            }
        }
        return pieces;
    }
}
