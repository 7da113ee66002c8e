package io.jrados.drivers.backup.model;

import io.jrados.rbd.Rbd;
import java.util.Objects;

/**
 * A volume that is an RBD image, in any pool and cluster.
 *
 * @param images the pool of the volumes, by a client that stays the caller's
 * @param id without {@code volume-}
 * @param name of the image
 * @param size GiB, as Cinder has it; the image may be larger, as those of encrypted volumes are
 */
public record RbdVolume(Rbd images, String id, String name, int size) {
    public RbdVolume {
        Objects.requireNonNull(images, "images");
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(name, "name");
        if (size < 0) {
            throw new IllegalArgumentException("size: " + size + " GiB");
        }
    }

    /** The volume whose image has the usual name. */
    public static RbdVolume of(Rbd images, String id, int size) {
        return new RbdVolume(images, id, "volume-" + Objects.requireNonNull(id, "id"), size);
    }

    /** Bytes of the size. */
    public long bytes() {
        return (long) size << 30;
    }
}
