package io.jrados.drivers.cinder.flow;

import io.jrados.error.RadosException;
import io.jrados.rados.Pool;
import io.jrados.rados.Rados;
import io.jrados.rbd.Image;
import io.jrados.rbd.Rbd;
import io.jrados.rbd.model.ImageSpec;
import java.util.Optional;

/** The names by which Cinder tells which volume was cloned from which. */
final class CloneChain {
    static final String CLONE_SNAPSHOT = ".clone_snap";
    static final String DELETED = ".deleted";

    private CloneChain() {}

    /** Whether a parent is the volume that the child was cloned from, and neither an image nor a user's snapshot. */
    static boolean isClonedFrom(ImageSpec parent, String child) {
        String alive = child.endsWith(DELETED) ? child.substring(0, child.length() - DELETED.length()) : child;
        return parent.snapshot().equals(alive + CLONE_SNAPSHOT);
    }

    /**
     * Returns the number of ancestors that a volume was cloned from, volume by volume: snapshots and images do not
     * count.
     */
    static int depth(Rados rados, Image volume) throws RadosException {
        int depth = 0;
        String name = volume.name();
        Optional<ImageSpec> parent = volume.info().parent();
        while (parent.isPresent() && isClonedFrom(parent.get(), name)) {
            depth++;
            name = parent.get().image();
            Pool pool = rados.pool(parent.get().pool()).inNamespace(parent.get().namespace());
            try (Image image = Rbd.on(pool).openSnapshot(name, parent.get().snapshot())) {
                parent = image.info().parent();
            }
        }
        return depth;
    }
}
