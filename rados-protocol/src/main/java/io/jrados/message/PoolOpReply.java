package io.jrados.message;

import io.jrados.wire.Decoder;
import io.jrados.wire.Payload;

/**
 * The result of a {@link PoolOp}: MPoolOpReply (src/messages/MPoolOpReply.h).
 *
 * @param result 0 or a negative errno
 * @param epoch of the OSD map in which it shows
 * @param data what it returned, a new snapshot's id for example; empty if nothing
 */
public record PoolOpReply(long tid, int result, long epoch, byte[] data) {
    /** Owns the payload. */
    public static PoolOpReply decode(Payload payload) {
        return Body.read(payload, MessageType.POOLOP_REPLY, 0, in -> {
            Body.skipPaxos(in).uuid();
            return new PoolOpReply(
                    payload.tid(),
                    in.i32(),
                    in.u32(),
                    in.optional(Decoder::bytes).orElse(new byte[0]));
        });
    }
}
