package io.jrados.message;

import io.jrados.wire.Payload;

/** The monitors' map: MMonMap (src/messages/MMonMap.h). */
public record MonMapMessage(MonMap map) {
    /** Owns the payload. */
    public static MonMapMessage decode(Payload payload) {
        return Body.read(payload, MessageType.MON_MAP, 0, in -> new MonMapMessage(in.blob(MonMap::decode)));
    }
}
