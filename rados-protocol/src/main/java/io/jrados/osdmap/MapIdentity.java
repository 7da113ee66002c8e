package io.jrados.osdmap;

import io.jrados.wire.Decoder;
import io.jrados.wire.Utime;
import java.util.UUID;

/** The identity of a map. */
record MapIdentity(UUID fsid, long epoch, Utime created, Utime modified) {
    static MapIdentity decode(Decoder in) {
        return new MapIdentity(in.uuid(), in.u32(), Utime.decode(in), Utime.decode(in));
    }
}
