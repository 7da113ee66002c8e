package io.jrados.message;

import io.jrados.wire.Encoder;
import io.jrados.wire.Payload;
import java.util.Map;
import java.util.Optional;

/**
 * A service's daemon is alive: MMgrReport (src/messages/MMgrReport.h), version 9, without counters.
 *
 * @param status unless as it was in the last report
 */
public record MgrReport(String service, String name, Optional<Map<String, String>> status) {
    private static final int COUNTERS = 1;

    public Payload encode() {
        return MessageType.MGR_REPORT.payload(0, Body.front(out -> out.string(name)
                .u32(0)
                .blob(packed -> packed.struct(COUNTERS, COUNTERS, counters -> {}))
                .u32(0)
                .string(service)
                .optional(status, (element, map) -> element.map(map, Encoder::string, Encoder::string))
                .u32(0) // health
                .u32(0) // configuration
                .u32(0) // operations of an OSD
                .bool(false) // tasks
                .bool(false)));
    }
}
