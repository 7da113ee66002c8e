package io.jrados.message;

import io.jrados.wire.Encoder;
import io.jrados.wire.Payload;
import java.util.Map;

/**
 * Tells the manager of a service's daemon: MMgrOpen (src/messages/MMgrOpen.h), version 3.
 *
 * @param service its kind: {@code rbd-mirror}
 * @param name its own
 * @param metadata what does not change: host, version, ...
 * @param status what does
 */
public record MgrOpen(String service, String name, Map<String, String> metadata, Map<String, String> status) {
    public Payload encode() {
        return MessageType.MGR_OPEN.payload(0, Body.front(out -> out.string(name)
                .string(service)
                .bool(true)
                .map(metadata, Encoder::string, Encoder::string)
                .map(status, Encoder::string, Encoder::string)
                .u32(0) // no configuration of our own to show
                .u32(0)));
    }
}
