package io.jrados.osdmap;

import io.jrados.error.MalformedException;
import io.jrados.wire.Decoder;
import io.jrados.wire.EntityAddr;
import io.jrados.wire.Struct;
import io.jrados.wire.Utime;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * The data that OSDs publish for each other, by their numbers; lists may be shorter than there are OSDs.
 *
 * @param nodeFlags states set for the OSDs below a CRUSH node
 * @param classFlags states set for the OSDs of a device class
 */
public record OsdDaemons(
        List<List<EntityAddr>> heartbeatBack,
        List<Info> infos,
        List<List<EntityAddr>> cluster,
        List<UUID> uuids,
        List<Extra> extras,
        List<List<EntityAddr>> heartbeatFront,
        Map<Integer, Integer> nodeFlags,
        Map<Integer, Integer> classFlags) {

    /** Epochs of an OSD's life: osd_info_t (src/osd/OSDMap.h); that of a lost one is 0 until it is. */
    public record Info(long cleanFrom, long cleanTo, long upFrom, long upThrough, long downAt, long lostAt) {
        static Info decode(Decoder in) {
            int version = in.u8();
            if (version != 1) {
                throw new MalformedException("osd_info_t version " + version);
            }
            return new Info(in.u32(), in.u32(), in.u32(), in.u32(), in.u32(), in.u32());
        }
    }

    /**
     * osd_xinfo_t (src/osd/OSDMap.h).
     *
     * @param laggyProbability of 2^32 - 1
     * @param laggyInterval seconds
     * @param oldWeight the weight before it was marked out by itself
     */
    public record Extra(
            Utime down,
            long laggyProbability,
            long laggyInterval,
            long features,
            long oldWeight,
            Utime lastPurgedSnapsScrub,
            long deadEpoch) {
        private static final Struct STRUCT = new Struct("osd_xinfo_t", 3, 4, 1);

        static Extra decode(Decoder in) {
            return in.struct(
                    STRUCT,
                    (body, version) -> new Extra(
                            Utime.decode(body),
                            body.u32(),
                            body.u32(),
                            body.u64(),
                            body.u32(),
                            version >= 4 ? Utime.decode(body) : Utime.ZERO,
                            version >= 4 ? body.u32() : 0));
        }
    }

    static List<List<EntityAddr>> addresses(Decoder in) {
        return in.list(1, EntityAddr::decodeVector);
    }

    static List<Info> infos(Decoder in) {
        return in.list(Skip.OSD_INFO, Info::decode);
    }

    static List<UUID> uuids(Decoder in) {
        return in.list(Skip.UUID, Decoder::uuid);
    }

    static List<Extra> extras(Decoder in) {
        return in.list(6, Extra::decode);
    }
}
