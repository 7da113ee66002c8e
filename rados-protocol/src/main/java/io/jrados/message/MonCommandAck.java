package io.jrados.message;

import io.jrados.wire.Decoder;
import io.jrados.wire.Payload;

/**
 * The result of a monitor command: MMonCommandAck (src/messages/MMonCommandAck.h).
 *
 * @param result 0 or a negative errno
 * @param status for people
 */
public record MonCommandAck(long tid, int result, String status, byte[] output) {
    /** Owns the payload. */
    public static MonCommandAck decode(Payload payload) {
        return Body.read(payload, MessageType.MON_COMMAND_ACK, 0, in -> {
            int result = Body.skipPaxos(in).i32();
            String status = in.string();
            in.list(4, Decoder::string); // the command
            return new MonCommandAck(payload.tid(), result, status, Body.data(payload));
        });
    }
}
