package io.jrados.rbd.model;

/**
 * A parent or a child (rbd_linked_image_spec_t, src/include/rbd/librbd.h).
 *
 * @param spec for a parent with the snapshot
 * @param id the image's id
 * @param poolId the pool's id
 * @param isInTrash whether it has lost its name; the spec tells the one it had
 */
public record LinkedImage(ImageSpec spec, String id, long poolId, boolean isInTrash) {}
