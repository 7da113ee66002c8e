package io.jrados.message;

import io.jrados.wire.Payload;
import io.netty.buffer.Unpooled;

/**
 * Asks for a sign of life: MPing (src/messages/MPing.h). A monitor answers with one, an OSD with nothing.
 *
 * @param answer of a monitor (Monitor::handle_ping, src/mon/Monitor.cc): JSON with its health and its state; empty in
 *     what we send
 */
public record Ping(String answer) {
    /** Owns the payload. */
    public static Ping decode(Payload payload) {
        return Body.read(payload, MessageType.PING, 0, in -> new Ping(in.remaining() == 0 ? "" : in.string()));
    }

    public Payload encode() {
        return MessageType.PING.payload(0, Unpooled.EMPTY_BUFFER);
    }
}
