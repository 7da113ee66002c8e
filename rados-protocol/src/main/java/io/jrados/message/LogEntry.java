package io.jrados.message;

import io.jrados.wire.Decoder;
import io.jrados.wire.EntityAddr;
import io.jrados.wire.EntityName;
import io.jrados.wire.Struct;
import io.jrados.wire.Utime;
import java.util.List;

/**
 * One line of the cluster's log: LogEntry (src/common/LogEntry.cc).
 *
 * <pre>
 *   v5  from Nautilus on; older ones are refused
 * </pre>
 *
 * @param entity who says it, by its name in the cluster: {@code osd.0}
 * @param rank who says it, by its number
 * @param sequence counts what the speaker says
 * @param priority {@code CLOG_*}: 0 debug, 1 info, 2 security, 3 warning, 4 error
 * @param channel {@code cluster}, {@code audit}, ...
 */
public record LogEntry(
        String entity,
        EntityName rank,
        List<EntityAddr> addresses,
        Utime stamp,
        long sequence,
        int priority,
        String message,
        String channel) {
    private static final Struct STRUCT = new Struct("LogEntry", 5, 5, 5);

    public static LogEntry decode(Decoder in) {
        return in.struct(
                STRUCT,
                (body, version) -> new LogEntry(
                        entity(body),
                        EntityName.decode(body),
                        EntityAddr.decodeVector(body),
                        Utime.decode(body),
                        body.u64(),
                        body.u16(),
                        body.string(),
                        body.string()));
    }

    private static String entity(Decoder in) {
        String type = EntityName.typeName((int) in.u32());
        return type + "." + in.string();
    }
}
