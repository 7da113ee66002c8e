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
    private static final int WITH_GAP = 4;

    /** Owns the payload. */
    public static OsdMapMessage decode(Payload payload) {
        return Body.read(payload, MessageType.OSD_MAP, 2, in -> {
            OsdMapMessage message = new OsdMapMessage(in.uuid(), maps(in), maps(in), in.u32(), in.u32());
            if (payload.version() >= WITH_GAP) {
                in.map(12, Decoder::i64, OsdMapMessage::skipIntervals);
            }
            return message;
        });
    }

    /** Snapshots removed in epochs that are not sent: no monitor fills them in. */
    private static int skipIntervals(Decoder in) {
        int count = in.count(16);
        in.skip(16 * count);
        return count;
    }

    private static SortedMap<Long, byte[]> maps(Decoder in) {
        return Collections.unmodifiableSortedMap(new TreeMap<>(in.map(8, Decoder::u32, Decoder::bytes)));
    }
}
