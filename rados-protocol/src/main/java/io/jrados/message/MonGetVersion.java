package io.jrados.message;

import io.jrados.wire.Payload;

/**
 * Asks for the newest version of a map: MMonGetVersion (src/messages/MMonGetVersion.h).
 *
 * @param handle comes back in the answer
 * @param what {@code osdmap} and the like
 */
public record MonGetVersion(long handle, String what) {
    public Payload encode() {
        return MessageType.MON_GET_VERSION.payload(
                0, Body.front(out -> out.u64(handle).string(what)));
    }
}
