package io.jrados.osdmap;

import io.netty.buffer.ByteBuf;
import java.util.UUID;

/** The step from one map to the next: OSDMap::Incremental (src/osd/OSDMap.h). Immutable. */
public final class Incremental {
    private final UUID fsid;
    private final long epoch;

    private Incremental(UUID fsid, long epoch) {
        this.fsid = fsid;
        this.epoch = epoch;
    }

    /**
     * Reads an incremental with its crc. The buffer is neither kept nor released; its reader index moves to the end of
     * what was read.
     *
     * @throws io.jrados.error.MalformedException when it is damaged, or older than Nautilus writes it
     */
    public static Incremental decode(ByteBuf in) {
        throw new UnsupportedOperationException();
    }

    public UUID fsid() {
        return fsid;
    }

    /** The epoch that this leads to. */
    public long epoch() {
        return epoch;
    }
}
