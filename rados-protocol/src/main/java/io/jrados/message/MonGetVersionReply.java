package io.jrados.message;

import io.jrados.wire.Payload;

/**
 * The range of versions of a map: MMonGetVersionReply (src/messages/MMonGetVersionReply.h), version 2.
 *
 * @param handle of the question
 * @param newest version
 * @param oldest version
 */
public record MonGetVersionReply(long handle, long newest, long oldest) {
    /** Owns the payload. */
    public static MonGetVersionReply decode(Payload payload) {
        return Body.read(
                payload,
                MessageType.MON_GET_VERSION_REPLY,
                2,
                in -> new MonGetVersionReply(in.u64(), in.u64(), in.u64()));
    }
}
