package io.jrados.message;

import io.jrados.error.MalformedException;
import io.jrados.wire.Decoder;
import io.jrados.wire.Payload;

/**
 * An OSD's request to hold back, or to go on with, operations on a range of objects: MOSDBackoff
 * (src/messages/MOSDBackoff.h).
 *
 * @param id comes back in the acknowledgement
 * @param begin first object
 * @param end object after the last one; the same as {@code begin} for one object
 */
public record OsdBackoff(Spg pg, long epoch, Kind kind, long id, HObject begin, HObject end) {
    /** CEPH_OSD_BACKOFF_OP_* (src/include/rados.h). */
    public enum Kind {
        BLOCK(1),
        ACK_BLOCK(2),
        UNBLOCK(3);

        private final int number;

        Kind(int number) {
            this.number = number;
        }

        private static Kind decode(Decoder in) {
            int number = in.u8();
            for (Kind kind : values()) {
                if (kind.number == number) {
                    return kind;
                }
            }
            throw new MalformedException("osd_backoff of kind " + number);
        }
    }

    /** Owns the payload. */
    public static OsdBackoff decode(Payload payload) {
        return Body.read(
                payload,
                MessageType.OSD_BACKOFF,
                1,
                in -> new OsdBackoff(
                        Spg.decode(in), in.u32(), Kind.decode(in), in.u64(), HObject.decode(in), HObject.decode(in)));
    }

    /** Whether operations on an object are meant. */
    public boolean covers(HObject object) {
        return begin.equals(end) ? object.equals(begin) : begin.compareTo(object) <= 0 && object.compareTo(end) < 0;
    }

    /** The answer to a {@link Kind#BLOCK}. */
    public OsdBackoff acknowledgement(long ourEpoch) {
        return new OsdBackoff(pg, ourEpoch, Kind.ACK_BLOCK, id, begin, end);
    }

    /** Encodes with the priority of operations, which it must not overtake or fall behind. */
    public Payload encode() {
        return MessageType.OSD_BACKOFF
                .payload(0, Body.front(out -> {
                    pg.encode(out);
                    out.u32(epoch).u8(kind.number).u64(id);
                    begin.encode(out);
                    end.encode(out);
                }))
                .withPriority(OsdOp.PRIORITY);
    }
}
