package io.jrados.rbd.format;

import io.jrados.error.MalformedException;
import io.jrados.wire.Decoder;
import io.jrados.wire.Encoder;
import io.jrados.wire.Struct;
import java.util.Optional;

/**
 * The notice to watchers of {@code rbd_trash}: that an image has come, or is gone.
 *
 * <pre>
 * trash_watcher::NotifyMessage (src/librbd/trash_watcher/Types.cc)
 *   v1  operation: 0 came, 1 is gone; image; of one that came its entry
 * </pre>
 *
 * @param imageId the image's id
 * @param added the entry of one that came; empty for one that is gone
 */
public record TrashNotice(String imageId, Optional<TrashImageSpec> added) {
    private static final Struct STRUCT = new Struct("trash_watcher::NotifyMessage", 1, 1, 1);
    private static final int ADDED = 0;
    private static final int REMOVED = 1;

    public static TrashNotice decode(Decoder in) {
        return in.struct(STRUCT, (body, version) -> {
            long operation = body.u32();
            if (operation != ADDED && operation != REMOVED) {
                throw new MalformedException("trash notice " + operation);
            }
            return new TrashNotice(
                    body.string(), operation == ADDED ? Optional.of(TrashImageSpec.decode(body)) : Optional.empty());
        });
    }

    public byte[] toBytes() {
        return Encoder.bytesOf(out -> out.struct(STRUCT, body -> {
            body.u32(added.isPresent() ? ADDED : REMOVED).string(imageId);
            added.ifPresent(spec -> spec.encode(body));
        }));
    }
}
