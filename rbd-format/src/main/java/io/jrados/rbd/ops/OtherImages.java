package io.jrados.rbd.ops;

import io.jrados.error.RadosException;
import io.jrados.rados.Pool;
import io.jrados.rbd.image.ImageContext;

/**
 * Changes of images that a verb was not handed open: of a parent whose last clone goes, or of one that is named only.
 * Others may have such an image open and write to it, so that it has to be opened as a client that shares it, which
 * verbs know nothing about.
 */
public interface OtherImages {
    /** The work on an image that is open for it. */
    @FunctionalInterface
    interface Work {
        void on(ImageContext image) throws RadosException;
    }

    /**
     * Opens an image for writing, watched and with a lock that is taken when it is needed, works on it, and closes it.
     *
     * @param pool of the header, in the image's namespace
     * @param name for messages; the id where it is not known
     */
    void open(Pool pool, String id, String name, Work work) throws RadosException;

    /**
     * Removes a snapshot in the trash namespace whose last clone is gone, and the image too if that was its last
     * snapshot and the image is in the trash only for its clones.
     *
     * @param pool of the header, in the image's namespace; may use the room that a full cluster keeps back
     */
    void prune(Pool pool, String id, long snapId) throws RadosException;
}
