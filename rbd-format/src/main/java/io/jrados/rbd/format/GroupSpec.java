package io.jrados.rbd.format;

import io.jrados.wire.Decoder;
import io.jrados.wire.Encoder;
import io.jrados.wire.Struct;

/**
 * The group that an image belongs to.
 *
 * <pre>
 * cls::rbd::GroupSpec (src/cls/rbd/cls_rbd_types.cc)
 *   v1  pool, group
 * </pre>
 *
 * @param pool its id, -1 for no group
 */
public record GroupSpec(long pool, String groupId) {
    private static final Struct STRUCT = new Struct("GroupSpec", 1, 1, 1);

    /** Whether there is a group. */
    public boolean exists() {
        return pool >= 0 && !groupId.isEmpty();
    }

    public static GroupSpec decode(Decoder in) {
        return in.struct(STRUCT, (body, version) -> new GroupSpec(body.i64(), body.string()));
    }

    public void encode(Encoder out) {
        out.struct(STRUCT, body -> body.u64(pool).string(groupId));
    }
}
