package io.jrados.message;

import io.jrados.wire.Encoder;
import io.jrados.wire.Payload;
import java.util.List;
import java.util.UUID;

/**
 * Asks what pools hold: MGetPoolStats (src/messages/MGetPoolStats.h).
 *
 * @param seen version of the statistics that we have, which the answer is not older than; 0 for any
 */
public record GetPoolStats(long tid, long seen, UUID fsid, List<String> pools) {
    public Payload encode() {
        return MessageType.GETPOOLSTATS.payload(
                tid, Body.front(out -> Body.paxos(out, seen).uuid(fsid).list(pools, Encoder::string)));
    }
}
