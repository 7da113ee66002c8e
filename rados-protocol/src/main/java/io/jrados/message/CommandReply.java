package io.jrados.message;

import io.jrados.wire.Payload;

/**
 * The result of a command to a daemon: MCommandReply and MMgrCommandReply (src/messages/MCommandReply.h).
 *
 * @param result 0 or a negative errno
 * @param status for people
 */
public record CommandReply(long tid, int result, String status, byte[] output) {
    /** Owns the payload. */
    public static CommandReply decode(Payload payload) {
        return Body.read(
                payload,
                MessageType.COMMAND_REPLY,
                0,
                in -> new CommandReply(payload.tid(), in.i32(), in.string(), Body.data(payload)));
    }
}
