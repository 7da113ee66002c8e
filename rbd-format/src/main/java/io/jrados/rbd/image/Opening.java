package io.jrados.rbd.image;

import io.jrados.osd.op.SnapContext;
import io.jrados.rados.Pool;
import io.jrados.rbd.model.ImageSpec;

/**
 * An image to open.
 *
 * @param pool with the header, in the image's namespace
 * @param name for messages; the id where it is not known
 * @param snapId {@link SnapContext#HEAD}, or the snapshot to read from
 * @param readOnly whether nothing will be written: fewer features are refused then
 * @param depth number of children that hang on it
 */
record Opening(Pool pool, String id, String name, long snapId, boolean readOnly, int depth) {
    /** Pool, namespace and name, as the {@code rbd} command writes them, and the snapshot's id. */
    String text() {
        return snapId == SnapContext.HEAD ? spec() : spec() + " at snapshot " + snapId;
    }

    /** Pool, namespace and name, as the {@code rbd} command writes them. */
    String spec() {
        return ImageSpec.of(pool.name(), name).inNamespace(pool.namespace()).toString();
    }

    boolean isHead() {
        return snapId == SnapContext.HEAD;
    }

    /** Returns the parent of this, to be opened at the snapshot that it was cloned from. */
    Opening ofParent(Pool parentPool, String parentId, String parentName, long parentSnapId) {
        return new Opening(parentPool, parentId, parentName, parentSnapId, true, depth + 1);
    }
}
