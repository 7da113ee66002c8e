package io.jrados.message;

import io.jrados.wire.EntityAddr;
import io.jrados.wire.Payload;
import io.jrados.wire.Struct;
import java.util.List;

/**
 * The manager that is active: MgrMap (src/mon/MgrMap.h) in an MMgrMap (src/messages/MMgrMap.h). Standbys, modules and
 * services are stepped over.
 *
 * @param addresses of the active one, none if there is none
 * @param activeId its global id
 * @param available whether it takes commands
 * @param activeName empty if there is none
 */
public record MgrMap(long epoch, List<EntityAddr> addresses, long activeId, boolean available, String activeName) {
    private static final Struct STRUCT = new Struct("MgrMap", 6, 13, 6);

    /** Owns the payload. */
    public static MgrMap decode(Payload payload) {
        return Body.read(
                payload,
                MessageType.MGR_MAP,
                0,
                in -> in.struct(
                        STRUCT,
                        (body, version) -> new MgrMap(
                                body.u32(), EntityAddr.decodeVector(body), body.u64(), body.bool(), body.string())));
    }
}
