package io.jrados.rbd.format;

import io.jrados.wire.Decoder;
import io.jrados.wire.Struct;

/** Calls on {@code rbd_mirroring} (src/cls/rbd/cls_rbd_client.cc). */
public final class MirroringCalls {
    /** cls::rbd::MirrorImage: global id, state and, from version 2, mode. */
    private static final Struct MIRROR_IMAGE = new Struct("MirrorImage", 1, 2, 1);

    private MirroringCalls() {}

    /** 0 for a pool that is not mirrored. ENOENT where mirroring never was. */
    public static ReadCall<Long> mode() {
        return ReadCall.of("mirror_mode_get", Decoder::u32);
    }

    /** The id of a mirrored image in all clusters that have it. ENOENT for an image that is not mirrored. */
    public static ReadCall<String> imageGlobalId(String imageId) {
        return ReadCall.of(
                "mirror_image_get",
                out -> out.string(imageId),
                in -> in.struct(MIRROR_IMAGE, (body, version) -> body.string()));
    }
}
