package io.jrados.message;

import io.jrados.wire.Payload;

/**
 * How a monitor command ended: MMonCommandAck (src/messages/MMonCommandAck.h).
 *
 * @param result 0 or a negative errno
 * @param status for people
 */
public record MonCommandAck(long tid, int result, String status, byte[] output) {
    /** Owns the payload. */
    public static MonCommandAck decode(Payload payload) {
        return Body.read(
                payload,
                MessageType.MON_COMMAND_ACK,
                0,
                in -> new MonCommandAck(payload.tid(), Body.skipPaxos(in).i32(), in.string(), Body.data(payload)));
    }
}
