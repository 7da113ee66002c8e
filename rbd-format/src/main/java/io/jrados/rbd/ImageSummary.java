package io.jrados.rbd;

import io.jrados.error.RadosException;
import io.jrados.osd.op.WatcherInfo;
import io.jrados.rbd.model.ImageInfo;
import io.jrados.rbd.model.ImageTimes;
import io.jrados.rbd.model.LinkedImage;
import io.jrados.rbd.model.SnapshotInfo;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * An image as one of many that {@link Rbd#describeImages} tells of: as its header was at one moment, or the failure of
 * reading it. Made by this library alone, and may get more properties.
 */
public interface ImageSummary {
    String name();

    String id();

    /** The failure, ENOENT for an image that was removed meanwhile; empty if everything else is there. */
    Optional<RadosException> failure();

    /** The properties of the head; empty after a failure. */
    Optional<ImageInfo> info();

    /** The times of making, reading and writing; empty after a failure. */
    Optional<ImageTimes> times();

    /** The snapshots of all namespaces, oldest first; none after a failure. */
    List<SnapshotInfo> snapshots();

    /** The snapshot that it was cloned from, while the head shares something with that. */
    Optional<LinkedImage> parent();

    /** The clients that have the image open for writing; none after a failure. */
    List<WatcherInfo> watchers();

    /**
     * Bytes of the objects that the head has, as far as they lie inside it: what its first row of {@code rbd du} would
     * be without snapshots. Only where that was asked for and the image has an object map that is valid.
     */
    OptionalLong usedBytes();
}
