package io.jrados.rbd.model;

import java.util.Optional;
import java.util.OptionalLong;

/**
 * The properties of an open image that {@code rbd info} prints. Made by this library alone, and may get more of them.
 */
public interface ImageInfo {
    String name();

    String id();

    /** Bytes, of the head or of the snapshot that is open. */
    long size();

    /** The base-2 logarithm of the object size. */
    int order();

    /** Bytes of one object. */
    default long objectSize() {
        return 1L << order();
    }

    /** The number of objects that the size spans. */
    long objectCount();

    /** The names of the data objects up to the number. */
    String dataPrefix();

    /** The id of the pool of the data objects; empty when it is the image's own. */
    OptionalLong dataPoolId();

    /** Bits of {@link Features}. */
    long features();

    /** Bits: 1 object map invalid, 2 fast diff invalid. */
    long flags();

    /** Bytes. */
    long stripeUnit();

    /** The number of objects that stripes go over. */
    long stripeCount();

    /** The number of snapshots of all namespaces. */
    int snapshotCount();

    /** The snapshot that it was cloned from, while it shares something with that. */
    Optional<ImageSpec> parent();

    /** The id of the image that it was cloned from; it stays the same when that image is renamed. */
    Optional<String> parentId();

    /** Bytes that are shared with the parent. */
    long overlap();
}
