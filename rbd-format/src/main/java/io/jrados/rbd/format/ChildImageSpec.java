package io.jrados.rbd.format;

import io.jrados.wire.Decoder;
import io.jrados.wire.Encoder;
import io.jrados.wire.Struct;

/**
 * A clone of format 2.
 *
 * <pre>
 * cls::rbd::ChildImageSpec (src/cls/rbd/cls_rbd_types.cc)
 *   v1  pool, image                  read: no namespace
 *   v2  + namespace, at the end      what we read and write
 * </pre>
 *
 * @param pool its id
 * @param imageId the image's id
 */
public record ChildImageSpec(long pool, String namespace, String imageId) {
    private static final Struct STRUCT = new Struct("ChildImageSpec", 1, 2, 1);

    /** Bytes of the smallest one: frame, pool, id and, from version 2, namespace. */
    static final int SMALLEST = 6 + 8 + 4;

    public static ChildImageSpec decode(Decoder in) {
        return in.struct(STRUCT, (body, version) -> {
            long pool = body.i64();
            String imageId = body.string();
            return new ChildImageSpec(pool, version >= 2 ? body.string() : "", imageId);
        });
    }

    public void encode(Encoder out) {
        out.struct(STRUCT, body -> body.u64(pool).string(imageId).string(namespace));
    }
}
