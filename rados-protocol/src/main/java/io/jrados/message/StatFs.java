package io.jrados.message;

import io.jrados.wire.Payload;
import java.util.Optional;
import java.util.UUID;

/**
 * Asks how much room there is: MStatfs (src/messages/MStatfs.h), version 2.
 *
 * @param pool to ask about, or the whole cluster
 */
public record StatFs(long tid, UUID fsid, Optional<Long> pool) {
    public Payload encode() {
        return MessageType.STATFS.payload(
                tid, Body.front(out -> Body.paxos(out).uuid(fsid).optional(pool, (element, id) -> element.u64(id))));
    }
}
