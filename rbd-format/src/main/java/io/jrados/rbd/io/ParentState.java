package io.jrados.rbd.io;

/**
 * The image and snapshot that an image was cloned from.
 *
 * @param poolId where the parent's header is
 * @param namespace empty for the default one
 * @param imageId the parent's id
 * @param snapId the snapshot
 * @param overlap bytes that the head still shares with it
 * @param image the parent, open at that snapshot, read-only
 */
public record ParentState(
        long poolId, String namespace, String imageId, long snapId, long overlap, ImageContext image) {}
