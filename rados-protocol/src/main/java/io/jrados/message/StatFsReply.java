package io.jrados.message;

import io.jrados.wire.Payload;
import java.util.UUID;

/** Room in KiB and number of objects: MStatfsReply (src/messages/MStatfsReply.h). */
public record StatFsReply(long tid, UUID fsid, long version, long total, long used, long available, long objects) {
    /** Owns the payload. */
    public static StatFsReply decode(Payload payload) {
        return Body.read(
                payload,
                MessageType.STATFS_REPLY,
                0,
                in -> new StatFsReply(payload.tid(), in.uuid(), in.u64(), in.u64(), in.u64(), in.u64(), in.u64()));
    }
}
