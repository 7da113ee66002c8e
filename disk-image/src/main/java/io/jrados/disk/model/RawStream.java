package io.jrados.disk.model;

import io.jrados.error.Errno;
import io.jrados.error.RadosException;
import java.nio.ByteBuffer;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A raw image from a stream of known length. */
public final class RawStream implements DiskStream {
    private static final int SECTOR = 512;
    private static final int CHUNK = 1 << 20;

    private final StreamInput input;
    private final long size;
    private final DiskInfo info;

    /** @param size the stream's length in bytes, from its very beginning */
    public RawStream(StreamInput input, long size) {
        this.input = Objects.requireNonNull(input, "input");
        if (size < 0 || size > Long.MAX_VALUE - SECTOR + 1) {
            throw new IllegalArgumentException("size: " + size);
        }
        this.size = size;
        info = DiskInfo.raw(size + (-size & SECTOR - 1));
    }

    @Override
    public DiskInfo info() {
        return info;
    }

    @Override
    public @Nullable Piece next() throws RadosException {
        long at = input.position();
        if (at >= size) {
            checkEnd();
            return null;
        }
        byte[] bytes = new byte[(int) Math.min(CHUNK, size - at)];
        if (input.read(bytes) < bytes.length) {
            throw new RadosException(
                    Errno.EBADMSG, "reading a raw image of " + size + " bytes, which ends at " + input.position());
        }
        return new Stored(at, bytes);
    }

    /** A stream that is longer than it should be would be taken for a whole one. */
    private void checkEnd() throws RadosException {
        if (input.read(new byte[1]) > 0) {
            throw new RadosException(Errno.EBADMSG, "reading a raw image of " + size + " bytes, which has more");
        }
    }

    @Override
    public void close() throws RadosException {
        input.close();
    }

    /** Bytes as they are. */
    public record Stored(long offset, byte[] content) implements Piece {
        @Override
        public int length() {
            return content.length;
        }

        @Override
        public ByteBuffer bytes() {
            return ByteBuffer.wrap(content);
        }
    }
}
