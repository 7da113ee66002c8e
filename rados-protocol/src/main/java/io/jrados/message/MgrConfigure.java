package io.jrados.message;

import io.jrados.wire.Payload;

/**
 * The period at which the manager wants reports: MMgrConfigure (src/messages/MMgrConfigure.h). What it wants to know of
 * an OSD's operations is stepped over.
 *
 * @param periodSeconds 0 for none
 */
public record MgrConfigure(long periodSeconds) {
    /** Owns the payload. */
    public static MgrConfigure decode(Payload payload) {
        return Body.read(payload, MessageType.MGR_CONFIGURE, 0, in -> new MgrConfigure(in.u32()));
    }
}
