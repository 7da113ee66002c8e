package io.jrados.message;

import io.jrados.wire.Encoder;
import io.jrados.wire.Payload;
import java.util.List;
import java.util.UUID;

/** Asks what pools hold: MGetPoolStats (src/messages/MGetPoolStats.h). */
public record GetPoolStats(long tid, UUID fsid, List<String> pools) {
    public Payload encode() {
        return MessageType.GETPOOLSTATS.payload(
                tid, Body.front(out -> Body.paxos(out).uuid(fsid).list(pools, Encoder::string)));
    }
}
