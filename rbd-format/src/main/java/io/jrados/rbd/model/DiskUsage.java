package io.jrados.rbd.model;

import java.util.Optional;
import java.util.OptionalLong;

/**
 * The room that an image takes from one of its snapshots, or from nothing, to the next one or the head: a row of
 * {@code rbd du}. Made by this library alone, and may get more properties.
 */
public interface DiskUsage {
    /** The name of the snapshot at the end; empty for the head. */
    Optional<String> snapshot();

    /** The id of that snapshot; empty for the head. */
    OptionalLong snapshotId();

    /** Bytes of the image at the end, whatever is stored of them. */
    long provisionedBytes();

    /**
     * Bytes that have data at the end and may differ from the row before: of whole objects, unless exact ones were
     * asked for.
     */
    long usedBytes();
}
