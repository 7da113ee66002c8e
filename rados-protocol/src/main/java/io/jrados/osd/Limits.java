package io.jrados.osd;

import io.jrados.msgr.DirectMemory;

/**
 * The limits of a client on what is under way and on what waits. The first two hold for each OSD, and for the client as
 * a whole over all that is answered within a second or so: what one OSD leaves unanswered takes no room from others.
 *
 * @param operations under way: objecter_inflight_ops
 * @param bytes under way: objecter_inflight_op_bytes
 * @param waiting operations of the client that wait for their turn; those beyond fail with EAGAIN and are never sent,
 *     and so do those beyond {@link #waitingBytes}
 * @param doubtBytes of writes in doubt that are kept, to be sent again; the data of those beyond is not
 * @param lentBytes of memory that reads may lend at once; as much again goes from reads into writes
 */
public record Limits(int operations, long bytes, int waiting, long doubtBytes, long lentBytes) {
    private static final long MOST_LENT_BYTES = 64L << 20;
    private static final long MOST_DOUBT_BYTES = 64L << 20;
    private static final long LEAST_WAITING_BYTES = 1L << 30;
    private static final long WAITING_PER_UNDER_WAY = 64;

    /** Ceph's own. */
    public static final Limits DEFAULT = new Limits(1024, 100L << 20, 1 << 16);

    /** Bytes of operations that wait for their turn, beside their number: 64 times those under way, 1 GiB at least. */
    static long waitingBytes(long underWay) {
        return Math.max(LEAST_WAITING_BYTES, WAITING_PER_UNDER_WAY * Math.min(underWay, Long.MAX_VALUE >> 7));
    }

    /** With a sixteenth of the heap for writes in doubt, 64 MiB at most, and a quarter of the direct memory to lend. */
    public Limits(int operations, long bytes, int waiting) {
        this(
                operations,
                bytes,
                waiting,
                Math.min(MOST_DOUBT_BYTES, Runtime.getRuntime().maxMemory() / 16),
                DirectMemory.share(MOST_LENT_BYTES, 4));
    }
}
