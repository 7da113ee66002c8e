package io.jrados.message;

import io.jrados.wire.Payload;

/**
 * A monitor's answer to {@link Auth}: MAuthReply (src/messages/MAuthReply.h).
 *
 * @param result 0, a negative errno, or positive when the method goes on
 * @param globalId of this client
 * @param reply the method's own bytes, which may be secret
 * @param message for people
 */
public record AuthReply(int protocol, int result, long globalId, byte[] reply, String message) {
    /** Owns the payload. */
    public static AuthReply decode(Payload payload) {
        return Body.read(
                payload,
                MessageType.AUTH_REPLY,
                0,
                in -> new AuthReply((int) in.u32(), in.i32(), in.u64(), in.bytes(), in.string()));
    }

    @Override
    public String toString() {
        return "AuthReply[protocol=" + protocol + ", result=" + result + ", globalId=" + globalId + "]";
    }
}
