package io.jrados.message;

import io.jrados.wire.Payload;
import java.util.UUID;

/**
 * Makes or removes pools and snapshots of pools: MPoolOp (src/messages/MPoolOp.h), version 4.
 *
 * @param seenEpoch of the OSD map that we have: the monitor catches up with it first
 * @param snapId of the snapshot to remove, 0 otherwise
 * @param name of the pool or pool snapshot to make or remove, may be empty
 */
public record PoolOp(long tid, UUID fsid, long seenEpoch, long pool, Kind kind, long snapId, String name) {
    /** The action on the pool: POOL_OP_* (src/include/ceph_fs.h). */
    public enum Kind {
        CREATE(0x01),
        DELETE(0x02),
        CREATE_SNAP(0x11),
        DELETE_SNAP(0x12),
        /** The reply's data is the new id. */
        CREATE_UNMANAGED_SNAP(0x21),
        DELETE_UNMANAGED_SNAP(0x22);

        private final int number;

        Kind(int number) {
            this.number = number;
        }
    }

    public Payload encode() {
        return MessageType.POOLOP.payload(tid, Body.front(out -> Body.paxos(out, seenEpoch)
                .uuid(fsid)
                .u32(pool)
                .u32(kind.number)
                .u64(0)
                .u64(snapId)
                .string(name)
                .u8(0)
                .u16(0)));
    }
}
