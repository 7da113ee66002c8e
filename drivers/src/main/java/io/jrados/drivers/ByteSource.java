package io.jrados.drivers;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.util.Iterator;
import java.util.Objects;

/** The source of an upload's bytes. */
@FunctionalInterface
public interface ByteSource {
    /**
     * Puts at least one byte into {@code chunk}, which has room.
     *
     * @return false, with nothing put, at the end
     */
    boolean read(ByteBuffer chunk) throws IOException;

    /** A channel, such as a file: read without a copy. */
    static ByteSource of(ReadableByteChannel channel) {
        Objects.requireNonNull(channel, "channel");
        return chunk -> {
            int count;
            do {
                count = channel.read(chunk);
            } while (count == 0);
            return count > 0;
        };
    }

    /** A stream. */
    static ByteSource of(InputStream in) {
        Objects.requireNonNull(in, "in");
        byte[] piece = new byte[64 << 10];
        return chunk -> {
            int count = in.read(piece, 0, Math.min(piece.length, chunk.remaining()));
            if (count > 0) {
                chunk.put(piece, 0, count);
            }
            return count > 0;
        };
    }

    /** Pieces of any size. */
    static ByteSource of(Iterator<ByteBuffer> pieces) {
        Objects.requireNonNull(pieces, "pieces");
        return new ByteSource() {
            private ByteBuffer piece = ByteBuffer.allocate(0);

            @Override
            public boolean read(ByteBuffer chunk) {
                while (!piece.hasRemaining()) {
                    if (!pieces.hasNext()) {
                        return false;
                    }
                    piece = pieces.next().duplicate();
                }
                int count = Math.min(piece.remaining(), chunk.remaining());
                chunk.put(piece.slice(piece.position(), count));
                piece.position(piece.position() + count);
                return true;
            }
        };
    }
}
