package io.jrados.rbd.format;

import io.jrados.wire.Decoder;
import io.jrados.wire.Encoder;
import io.jrados.wire.Struct;

/**
 * The snapshot that an image was cloned from.
 *
 * <pre>
 * cls::rbd::ParentImageSpec (src/cls/rbd/cls_rbd_types.cc)
 *   v1  pool, namespace, image, snapshot
 * </pre>
 *
 * @param pool its id, -1 for no parent
 * @param imageId the image's id
 * @param snapId the snapshot's id
 */
public record ParentImageSpec(long pool, String namespace, String imageId, long snapId) {
    private static final Struct STRUCT = new Struct("ParentImageSpec", 1, 1, 1);

    /** Whether there is a parent. */
    public boolean exists() {
        return pool >= 0 && !imageId.isEmpty();
    }

    public static ParentImageSpec decode(Decoder in) {
        return in.struct(
                STRUCT, (body, version) -> new ParentImageSpec(body.i64(), body.string(), body.string(), body.u64()));
    }

    public void encode(Encoder out) {
        out.struct(
                STRUCT, body -> body.u64(pool).string(namespace).string(imageId).u64(snapId));
    }
}
