package io.jrados.message;

import io.jrados.wire.Encoder;
import io.jrados.wire.Payload;
import io.jrados.wire.Struct;
import io.jrados.wire.Utime;
import io.netty.buffer.Unpooled;

/**
 * An operation on one object: MOSDOp (src/messages/MOSDOp.h).
 *
 * <pre>
 *   v8  needs RESEND_ON_SPLIT
 *   v9  + a second trace block after the first, for a peer with SERVER_SQUID
 * </pre>
 *
 * @param tid stays the same when the operation is sent again
 * @param object empty for an operation on a placement group
 */
public record OsdOp(
        long tid,
        Target target,
        ObjectLocator locator,
        String object,
        Operation<?> operation,
        Snaps snaps,
        Attempt attempt) {
    /** osd_client_op_priority (src/common/options/osd.yaml.in). */
    static final int PRIORITY = 63;

    private static final Struct REQID = new Struct("osd_reqid_t", 2, 2, 2);
    /** The encoding of no trace: a bool, and the ids of a trace where there is one (src/common/tracer.h). */
    private static final Struct OTEL_TRACE = new Struct("jspan_context", 1, 1, 1);

    /** The feature with the mark of its incarnation (src/include/ceph_features.h). */
    private static final long SERVER_SQUID = 1L << 49 | 1L << 57;

    private static final int BEFORE_SQUID = 8;
    private static final int CLIENT_INCARNATION = 0;
    private static final int TRACE_BYTES = 24;
    private static final int USUAL_FRONT = 256;

    /**
     * The place where the operation goes.
     *
     * @param hash of the object's name, before it is folded to the number of placement groups
     * @param epoch of the map that says so
     */
    public record Target(Spg pg, int hash, long epoch) {}

    /**
     * The state that is read, and the states that a write preserves.
     *
     * @param snapId -2 for the head
     * @param ids newest first
     */
    public record Snaps(long snapId, long sequence, long[] ids) {
        /** The head, with nothing to preserve. */
        public static final Snaps HEAD = new Snaps(-2, 0, new long[0]);

        /** Without making another {@link #HEAD}. */
        public static Snaps of(long snapId, long sequence, long[] ids) {
            return snapId == HEAD.snapId && sequence == 0 && ids.length == 0 ? HEAD : new Snaps(snapId, sequence, ids);
        }
    }

    /**
     * The fields that differ from one sending to the next.
     *
     * @param flags {@link OsdFlags}, without RETRY
     * @param number 0 for the first
     * @param modified time that a write gives the object, the same for all attempts
     * @param features that we offer
     */
    public record Attempt(int flags, int number, Utime modified, long features) {}

    /** Gives away a payload whose data shares the caller's buffers. */
    public Payload encode() {
        Encoder out = Encoder.pooled(USUAL_FRONT + object.length());
        target.pg.encode(out);
        out.i32(target.hash).u32(target.epoch);
        out.u32(attempt.number == 0 ? attempt.flags : attempt.flags | OsdFlags.RETRY);
        encodeReqid(out);
        out.zeroes(TRACE_BYTES);
        boolean squid = (attempt.features & SERVER_SQUID) == SERVER_SQUID;
        if (squid) {
            out.struct(OTEL_TRACE, body -> body.bool(false));
        }
        out.i32(CLIENT_INCARNATION);
        attempt.modified.encode(out);
        locator.encode(out);
        out.string(object);
        operation.encode(out);
        out.u64(snaps.snapId).u64(snaps.sequence).u64s(snaps.ids);
        out.i32(attempt.number).u64(attempt.features);
        MessageType type = MessageType.OSD_OP;
        int version = squid ? type.version() : BEFORE_SQUID;
        return new Payload(
                type.number(),
                version,
                type.compat(),
                tid,
                PRIORITY,
                out.take(),
                Unpooled.EMPTY_BUFFER,
                operation.inputs());
    }

    /** Left blank: the OSD makes the request id from the connection's name and the message's tid. */
    private static void encodeReqid(Encoder out) {
        out.struct(REQID, body -> body.u8(0).u64(0).u64(0).i32(CLIENT_INCARNATION));
    }
}
