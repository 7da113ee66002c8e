package io.jrados.osd;

/**
 * What may be in flight, and wait for it.
 *
 * @param operations in flight: objecter_inflight_ops
 * @param bytes in flight: objecter_inflight_op_bytes
 * @param waiting operations that wait for their turn; those beyond fail with EAGAIN
 */
public record Limits(int operations, long bytes, int waiting) {
    /** Ceph's own. */
    public static final Limits DEFAULT = new Limits(1024, 100L << 20, 1 << 16);
}
