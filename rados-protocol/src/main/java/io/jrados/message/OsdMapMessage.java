package io.jrados.message;

import io.jrados.wire.Decoder;
import io.jrados.wire.Payload;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;

/**
 * New OSD maps, from a monitor or an OSD: MOSDMap (src/messages/MOSDMap.h), versions 2 to 4.
 *
 * @param incrementals encoded changes by the epoch that they lead to
 * @param fulls encoded maps by epoch
 * @param oldest epoch that the monitors still have
 * @param newest epoch that the sender has
 */
public record OsdMapMessage(
        UUID fsid, SortedMap<Long, byte[]> incrementals, SortedMap<Long, byte[]> fulls, long oldest, long newest) {
    /** Owns the payload. */
    public static OsdMapMessage decode(Payload payload) {
        return Body.read(
                payload,
                MessageType.OSD_MAP,
                2,
                in -> new OsdMapMessage(in.uuid(), maps(in), maps(in), in.u32(), in.u32()));
    }

    private static SortedMap<Long, byte[]> maps(Decoder in) {
        return Collections.unmodifiableSortedMap(new TreeMap<>(in.map(8, Decoder::u32, Decoder::bytes)));
    }
}
