package io.jrados.rbd.model;

/**
 * A parent or a child (rbd_linked_image_spec_t, src/include/rbd/librbd.h). Made by this library alone, and may get more
 * properties.
 */
public interface LinkedImage {
    /** The names of pool, namespace and image; for a parent with the snapshot's. */
    ImageSpec spec();

    /** The image's id. */
    String id();

    /** The pool's id. */
    long poolId();

    /** Whether it has lost its name; the spec tells the one that it had. */
    boolean isInTrash();
}
