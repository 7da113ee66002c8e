package io.jrados.rbd.survey;

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
 * An image as its header tells of it at one moment, or the failure of asking.
 *
 * @param details empty after a failure
 */
public record FoundImage(String name, String id, Optional<Details> details, Optional<RadosException> failure) {
    /**
     * The parts of the header.
     *
     * @param usedBytes of the head's objects, where a valid object map tells it and was asked for
     */
    public record Details(
            ImageInfo info,
            ImageTimes times,
            List<SnapshotInfo> snapshots,
            Optional<LinkedImage> parent,
            List<WatcherInfo> watchers,
            OptionalLong usedBytes) {}

    static FoundImage of(String name, String id, Details details) {
        return new FoundImage(name, id, Optional.of(details), Optional.empty());
    }

    static FoundImage failed(String name, String id, RadosException failure) {
        return new FoundImage(name, id, Optional.empty(), Optional.of(failure));
    }
}
