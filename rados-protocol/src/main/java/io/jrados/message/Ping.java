package io.jrados.message;

import io.jrados.wire.Payload;
import io.netty.buffer.Unpooled;

/** Asks for a sign of life: MPing (src/messages/MPing.h). A monitor answers with one, an OSD with nothing. */
public record Ping() {
    /** Owns the payload. */
    public static Ping decode(Payload payload) {
        return Body.read(payload, MessageType.PING, 0, in -> new Ping());
    }

    public Payload encode() {
        return MessageType.PING.payload(0, Unpooled.EMPTY_BUFFER);
    }
}
