package io.jrados.rbd.io;

import io.jrados.rbd.format.Layout.Range;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Holes: bytes that are zero because nothing was written. */
public final class Zeroes {
    /** Holes are looked for in blocks of this size. */
    static final int BLOCK = 4096;

    private static final ByteBuffer SOME = ByteBuffer.allocateDirect(1 << 16).asReadOnlyBuffer();

    private Zeroes() {}

    /** One block of zeroes. */
    public static ByteBuffer block() {
        return SOME.slice(0, BLOCK);
    }

    /** Makes the remaining bytes zero. */
    static void fill(ByteBuffer buffer) {
        if (buffer.hasArray()) {
            int from = buffer.arrayOffset() + buffer.position();
            Arrays.fill(buffer.array(), from, from + buffer.remaining(), (byte) 0);
            return;
        }
        while (buffer.hasRemaining()) {
            buffer.put(SOME.duplicate().limit(Math.min(SOME.capacity(), buffer.remaining())));
        }
    }

    /** Whether all remaining bytes are zero. */
    public static boolean isZero(ByteBuffer buffer) {
        ByteBuffer rest = buffer.duplicate();
        while (rest.hasRemaining()) {
            if (rest.get() != 0) {
                return false;
            }
        }
        return true;
    }

    /** The runs of blocks that are not all zero, from 0 to the buffer's limit; the last block may be short. */
    static List<Range> dataOf(ByteBuffer bytes) {
        List<Range> data = new ArrayList<>();
        int start = -1;
        for (int block = 0; block < bytes.limit(); block += BLOCK) {
            boolean zero = isZero(bytes, block, Math.min(bytes.limit(), block + BLOCK));
            if (!zero && start < 0) {
                start = block;
            } else if (zero && start >= 0) {
                data.add(new Range(start, block - start));
                start = -1;
            }
        }
        if (start >= 0) {
            data.add(new Range(start, bytes.limit() - start));
        }
        return data;
    }

    private static boolean isZero(ByteBuffer bytes, int from, int to) {
        return bytes.get(from) == 0 && bytes.slice(from, to - from).mismatch(SOME.slice(0, to - from)) < 0;
    }
}
