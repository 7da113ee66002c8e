package io.jrados.rbd.stream;

import io.jrados.error.Errno;
import io.jrados.error.RadosException;
import io.jrados.rbd.model.DiffExtent;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/** A diff out of a caller's ranges, which are checked as those of a stream are. */
final class GivenDiff implements DiffSource {
    private final DiffHeader header;
    private final Iterator<DiffExtent> extents;
    private final Changes.Bytes bytes;

    /** The end of the last range. */
    private long reached;

    /** The place in the image of the next byte that is read. */
    private long at;

    private long read;

    GivenDiff(DiffHeader header, Iterator<DiffExtent> extents, Changes.Bytes bytes) {
        this.header = header;
        this.extents = extents;
        this.bytes = bytes;
    }

    @Override
    public DiffHeader header() {
        return header;
    }

    @Override
    public @Nullable DiffRecord next() throws IOException {
        if (at < reached) {
            skip(reached - at);
        }
        if (!extents.hasNext()) {
            return null;
        }
        DiffExtent next = extents.next();
        if (next.offset() < reached || next.length() < 1 || next.length() > header.size() - next.offset()) {
            throw new RadosException(
                    Errno.EINVAL,
                    "applying changes, of which one has " + next.length() + " bytes at " + next.offset()
                            + ": it must lie behind byte " + reached + ", where the last ends, and inside the image's "
                            + header.size());
        }
        reached = next.offset() + next.length();
        at = next.exists() ? next.offset() : reached;
        return new DiffRecord(next.offset(), next.length(), next.exists());
    }

    @Override
    public void read(ByteBuffer into) throws IOException {
        int count = into.remaining();
        bytes.read(at, into);
        if (into.hasRemaining()) {
            throw new RadosException(
                    Errno.EINVAL,
                    "applying changes, whose source gave " + (count - into.remaining()) + " of " + count
                            + " bytes for byte " + at + " on");
        }
        at += count;
        read += count;
    }

    /** Nobody leaves bytes out that are given. */
    @Override
    public void skip(long count) {
        throw new IllegalStateException(count + " bytes that nobody has read");
    }

    @Override
    public long position() {
        return read;
    }
}
