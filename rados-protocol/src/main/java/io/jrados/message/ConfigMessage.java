package io.jrados.message;

import io.jrados.wire.Decoder;
import io.jrados.wire.Payload;
import java.util.Map;

/**
 * The cluster's central configuration of this client: MConfig (src/messages/MConfig.h). Replaces the one before: what
 * is missing falls back to its default.
 */
public record ConfigMessage(Map<String, String> options) {
    /** Owns the payload. */
    public static ConfigMessage decode(Payload payload) {
        return Body.read(
                payload, MessageType.CONFIG, 1, in -> new ConfigMessage(in.map(8, Decoder::string, Decoder::string)));
    }

    @Override
    public String toString() {
        return "ConfigMessage" + options.keySet();
    }
}
