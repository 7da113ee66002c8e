package io.jrados.rbd.image;

import io.jrados.rbd.format.Layout.Range;
import io.jrados.rbd.header.ReadAheadOptions;
import java.util.Optional;

/**
 * Tells when reads follow each other, and what to read ahead of them. The first time as much as the reader has read,
 * then twice as much each time it has come to the middle of what was read ahead (as src/common/Readahead.cc). Not
 * thread-safe.
 */
final class SequentialReader {
    private long next;
    private long requests;
    private long bytes;
    private long total;

    /** The end of the data that was read ahead, and where the reader must be for more. */
    private long reached;

    private long mark;
    private long size;

    /**
     * Notes a read of at least one byte.
     *
     * @param limit where the image ends
     * @param unit of the layout, bytes: what is read ahead ends at a multiple of it if it stays longer than half
     * @return what to read ahead now
     */
    Optional<Range> note(long offset, long length, long limit, long unit, ReadAheadOptions options) {
        total += length;
        if (offset == next) {
            requests++;
            bytes += length;
        } else {
            requests = 0;
            bytes = 0;
            reached = 0;
            mark = 0;
            size = 0;
        }
        next = offset + length;
        boolean over = options.disableAfter() > 0 && total > options.disableAfter();
        if (over || requests < options.trigger() || next < mark) {
            return Optional.empty();
        }
        size = Math.min(options.maxBytes(), size == 0 ? Math.max(bytes, length) : 2 * size);
        long from = Math.max(reached, next);
        long end = Math.min(limit, from + size);
        long even = end / unit * unit;
        if (even - from > size / 2) {
            end = even;
        }
        if (end <= from) {
            return Optional.empty();
        }
        reached = end;
        mark = from + (end - from) / 2;
        return Optional.of(new Range(from, end - from));
    }
}
