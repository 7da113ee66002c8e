package io.jrados.osd.op;

import io.jrados.message.OsdFlags;

/**
 * The OSDs that may serve reads of a replicated pool (rados_replica_read_policy, src/common/options/global.yaml.in).
 * What a replica cannot answer for sure, it passes to the primary; writes always go there.
 */
public enum ReadPolicy {
    /** The primary. */
    DEFAULT(0),
    /** Any replica, by chance. */
    BALANCE(OsdFlags.BALANCE_READS),
    /** The replica nearest to the client's crush_location. */
    LOCALIZE(OsdFlags.LOCALIZE_READS);

    private final int flag;

    ReadPolicy(int flag) {
        this.flag = flag;
    }

    /** For the library itself: the flag of an operation. */
    public int flag() {
        return flag;
    }
}
