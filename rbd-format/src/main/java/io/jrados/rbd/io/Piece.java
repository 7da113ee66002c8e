package io.jrados.rbd.io;

import java.nio.ByteBuffer;
import java.util.List;

/**
 * A piece of an object and the part of a user's buffer that it goes to or comes from.
 *
 * @param offset bytes into the object
 */
public record Piece(long offset, ByteBuffer buffer) {
    /** Bytes. */
    int length() {
        return buffer.remaining();
    }

    /** Makes the buffer zero from this byte of the piece on. */
    void zeroFrom(int start) {
        zeroFrom(start, length());
    }

    /** Makes the buffer zero between these bytes of the piece. */
    void zeroFrom(int start, int end) {
        int from = buffer.position();
        Zeroes.fill(buffer.duplicate().limit(from + end).position(from + start));
    }

    /** Whether each one begins in the object where the one before ends. */
    static boolean adjoin(List<Piece> pieces) {
        for (int i = 1; i < pieces.size(); i++) {
            if (pieces.get(i).offset() != pieces.get(i - 1).end()) {
                return false;
            }
        }
        return true;
    }

    /** Bytes into the object. */
    long end() {
        return offset + length();
    }
}
