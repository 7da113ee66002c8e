package io.jrados.rbd.model;

import java.util.Optional;

/**
 * The properties of an image that {@code rbd info} prints.
 *
 * @param size bytes
 * @param order base-2 logarithm of the object size
 * @param objectCount objects that the size spans
 * @param dataPrefix name of the data objects up to the number
 * @param dataPoolId the pool of the data objects, -1 when it is the image's own
 * @param features bits of {@link Features}
 * @param flags bits: 1 object map invalid, 2 fast diff invalid
 * @param stripeUnit bytes
 * @param stripeCount objects
 * @param snapshotCount of all namespaces
 * @param parent what it was cloned from
 * @param overlap bytes that are shared with the parent
 */
public record ImageInfo(
        String name,
        String id,
        long size,
        int order,
        long objectCount,
        String dataPrefix,
        long dataPoolId,
        long features,
        long flags,
        long stripeUnit,
        long stripeCount,
        int snapshotCount,
        Optional<ImageSpec> parent,
        long overlap) {
    /** Bytes of one object. */
    public long objectSize() {
        return 1L << order;
    }
}
