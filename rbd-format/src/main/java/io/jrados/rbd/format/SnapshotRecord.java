package io.jrados.rbd.format;

import io.jrados.wire.Decoder;
import io.jrados.wire.Encoder;
import io.jrados.wire.Struct;
import io.jrados.wire.Utime;

/**
 * A snapshot as the header's class tells it.
 *
 * <pre>
 * cls::rbd::SnapshotInfo (src/cls/rbd/cls_rbd_types.cc)
 *   v1  id, namespace, name, image size, timestamp, number of children of clone format 2
 * </pre>
 *
 * @param imageSize bytes
 */
public record SnapshotRecord(
        long id, SnapshotNamespace namespace, String name, long imageSize, Utime timestamp, long childCount) {
    private static final Struct STRUCT = new Struct("SnapshotInfo", 1, 1, 1);

    public static SnapshotRecord decode(Decoder in) {
        return in.struct(
                STRUCT,
                (body, version) -> new SnapshotRecord(
                        body.u64(),
                        SnapshotNamespace.decode(body),
                        body.string(),
                        body.u64(),
                        Utime.decode(body),
                        body.u32()));
    }

    public void encode(Encoder out) {
        out.struct(STRUCT, body -> {
            body.u64(id);
            namespace.encode(body);
            body.string(name).u64(imageSize);
            timestamp.encode(body);
            body.u32(childCount);
        });
    }
}
