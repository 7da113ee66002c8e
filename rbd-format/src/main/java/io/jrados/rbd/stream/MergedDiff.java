package io.jrados.rbd.stream;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Two diffs as one: from the start of the first to the end of the second, which starts where the first ends. Where both
 * tell of a range the second counts. A range that the first cut off, and that the second has again because the image
 * grew, is zero: applied at once, the image never becomes so small on the way. Both are read once, in order.
 */
final class MergedDiff implements DiffSource {
    private final Side older;
    private final Side newer;
    private final DiffHeader header;

    /** The side whose record was handed out last. */
    private @Nullable Side given;

    /** Bytes of that record that were not read. */
    private long unread;

    MergedDiff(DiffSource older, DiffSource newer) {
        long size = newer.header().size();
        this.older = new Side(older, older.header().size(), size);
        this.newer = new Side(newer, size, size);
        this.header = new DiffHeader(
                older.header().from(), newer.header().to(), newer.header().isProtected(), size);
    }

    /** One of the two, and as much of its current record as is not handed out yet. */
    private static final class Side {
        private final DiffSource diff;
        private final long limit;
        private long growsFrom;
        private long start;
        private long end;
        private boolean hasData;
        private boolean atEnd;

        /**
         * @param size at the end of this diff
         * @param limit the end of what counts of it
         */
        Side(DiffSource diff, long size, long limit) {
            this.diff = diff;
            this.limit = limit;
            this.growsFrom = size;
        }

        /** Goes to the next record if this one is done; false when there is none. */
        boolean load() throws IOException {
            while (start >= Math.min(end, limit)) {
                DiffRecord next = atEnd ? null : diff.next();
                if (next != null) {
                    start = next.offset();
                    end = next.end();
                    hasData = next.hasData();
                    continue;
                }
                atEnd = true;
                if (growsFrom >= limit) {
                    return false;
                }
                start = growsFrom;
                end = limit;
                hasData = false;
                growsFrom = limit;
            }
            return true;
        }

        /** Passes over what another record covers. */
        void passTo(long offset) throws IOException {
            while (load() && start < offset) {
                long part = Math.min(Math.min(end, limit), offset) - start;
                if (hasData) {
                    diff.skip(part);
                }
                start += part;
            }
        }

        DiffRecord take(long to) {
            DiffRecord taken = new DiffRecord(start, Math.min(Math.min(end, limit), to) - start, hasData);
            start = taken.end();
            return taken;
        }
    }

    @Override
    public DiffHeader header() {
        return header;
    }

    @Override
    public @Nullable DiffRecord next() throws IOException {
        if (unread > 0) {
            skip(unread);
        }
        boolean hasNewer = newer.load();
        boolean hasOlder = older.load();
        if (!hasNewer && !hasOlder) {
            return null;
        }
        DiffRecord next;
        if (hasNewer && (!hasOlder || newer.start <= older.start)) {
            next = newer.take(Long.MAX_VALUE);
            given = newer;
            older.passTo(next.end());
        } else {
            next = older.take(hasNewer ? newer.start : Long.MAX_VALUE);
            given = older;
        }
        unread = next.hasData() ? next.length() : 0;
        return next;
    }

    private DiffSource source() {
        if (given == null) {
            throw new IllegalStateException("no record was handed out");
        }
        return given.diff;
    }

    @Override
    public void read(ByteBuffer into) throws IOException {
        int count = into.remaining();
        source().read(into);
        unread -= count;
    }

    @Override
    public void skip(long count) throws IOException {
        source().skip(count);
        unread -= count;
    }

    @Override
    public long position() {
        return older.diff.position() + newer.diff.position();
    }
}
