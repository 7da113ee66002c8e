package io.jrados.rbd.ops;

import io.jrados.error.RadosException;
import io.jrados.rados.Pool;
import io.jrados.rbd.format.MirroringCalls;
import io.jrados.rbd.format.ObjectNames;
import io.jrados.rbd.header.ClassCalls;

/** The facts that verbs must know of mirroring, which this client does not do itself. */
final class Mirroring {
    private Mirroring() {}

    /** Whether an image is copied to, or from, another cluster. */
    static boolean isMirrored(Pool pool, String imageId) throws RadosException {
        return Tolerate.absent(
                        () -> ClassCalls.read(pool, ObjectNames.MIRRORING, MirroringCalls.imageGlobalId(imageId)))
                .isPresent();
    }
}
