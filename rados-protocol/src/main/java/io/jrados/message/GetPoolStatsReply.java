package io.jrados.message;

import io.jrados.wire.Decoder;
import io.jrados.wire.Payload;
import java.util.Map;
import java.util.UUID;

/**
 * The statistics of pools: MGetPoolStatsReply (src/messages/MGetPoolStatsReply.h).
 *
 * <pre>
 *   v1  until Luminous    v2  + whether the stores count by pool
 * </pre>
 *
 * @param pools by name; those that do not exist are missing
 * @param perPool whether {@link PoolStat#store} is of the pool alone
 */
public record GetPoolStatsReply(long tid, UUID fsid, Map<String, PoolStat> pools, boolean perPool) {
    private static final int SMALLEST_ENTRY = 4 + 6;

    /** Owns the payload. */
    public static GetPoolStatsReply decode(Payload payload) {
        return Body.read(payload, MessageType.GETPOOLSTATS_REPLY, 0, in -> {
            UUID fsid = Body.skipPaxos(in).uuid();
            Map<String, PoolStat> pools = in.map(SMALLEST_ENTRY, Decoder::string, PoolStat::decode);
            return new GetPoolStatsReply(payload.tid(), fsid, pools, payload.version() >= 2 && in.bool());
        });
    }
}
