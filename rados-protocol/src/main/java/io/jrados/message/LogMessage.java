package io.jrados.message;

import io.jrados.wire.Payload;
import java.util.List;
import java.util.UUID;

/**
 * News of the cluster's log: MLog (src/messages/MLog.h).
 *
 * @param version of the log with these entries
 */
public record LogMessage(long version, UUID fsid, List<LogEntry> entries) {
    private static final int SMALLEST_ENTRY = 6 + 4 + 4 + 9 + 5 + 8 + 8 + 2 + 4 + 4;

    /** Owns the payload. */
    public static LogMessage decode(Payload payload) {
        return Body.read(payload, MessageType.LOG, 0, in -> {
            long version = in.u64();
            in.skip(Body.PAXOS - Long.BYTES);
            return new LogMessage(version, in.uuid(), in.list(SMALLEST_ENTRY, LogEntry::decode));
        });
    }
}
