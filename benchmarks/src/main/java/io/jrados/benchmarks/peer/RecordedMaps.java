package io.jrados.benchmarks.peer;

import io.jrados.wire.Decoder;
import java.util.UUID;

/**
 * The maps of a cluster that once was, with one monitor, one OSD and one pool.
 *
 * @param monMap as {@code ceph mon getmap} gave it
 * @param osdMap as {@code ceph osd getmap} gave it
 */
record RecordedMaps(byte[] monMap, byte[] osdMap) {
    /** The offset in the OSD map: wrapper (1 + 1 + 4 bytes) and client section (1 + 1 + 4) come first. */
    private static final int BEFORE_FSID = 12;

    UUID fsid() {
        return Decoder.of(osdMap).skip(BEFORE_FSID).uuid();
    }

    long epoch() {
        return Decoder.of(osdMap).skip(BEFORE_FSID + 16).u32();
    }
}
