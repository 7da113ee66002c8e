package io.jrados.osdmap;

import io.jrados.wire.Utime;
import io.netty.buffer.ByteBuf;
import java.util.Map;

/**
 * A map with what it says to daemons and people only, which a client steps over.
 *
 * @param snapshot name of a snapshot of the whole cluster, mostly empty
 * @param allowsCrimson whether OSDs of the other kind may join
 */
public record MapDetail(
        OsdMap map, Counters counters, OsdDaemons daemons, Ratios ratios, String snapshot, boolean allowsCrimson) {

    /**
     * @param poolMax the highest number a pool has had
     * @param crushVersion how often the CRUSH map has changed
     */
    public record Counters(
            int poolMax,
            long crushVersion,
            Map<Long, SnapIntervals> newlyPurged,
            Utime lastUpChange,
            Utime lastInChange) {}

    /** Parts of an OSD in use from which it is nearly full, full, or takes no backfill. */
    public record Ratios(float nearFull, float full, float backfillFull) {}

    /**
     * Reads a full map with its crc, as {@link OsdMap#decode} does.
     *
     * @throws io.jrados.error.MalformedException when it is damaged, or older than Mimic writes it
     */
    public static MapDetail decode(ByteBuf in) {
        return MapDecoder.detail(in);
    }
}
