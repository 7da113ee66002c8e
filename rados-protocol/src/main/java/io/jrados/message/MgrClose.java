package io.jrados.message;

import io.jrados.wire.Payload;

/** A service's daemon ends, and the manager's word that it knows: MMgrClose (src/messages/MMgrClose.h). */
public record MgrClose(String service, String name) {
    /** Owns the payload. */
    public static MgrClose decode(Payload payload) {
        return Body.read(payload, MessageType.MGR_CLOSE, 0, in -> {
            String name = in.string();
            return new MgrClose(in.string(), name);
        });
    }

    public Payload encode() {
        return MessageType.MGR_CLOSE.payload(
                0, Body.front(out -> out.string(name).string(service)));
    }
}
