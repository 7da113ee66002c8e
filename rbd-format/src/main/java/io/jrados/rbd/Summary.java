package io.jrados.rbd;

import io.jrados.error.RadosException;
import io.jrados.osd.op.WatcherInfo;
import io.jrados.rbd.model.ImageInfo;
import io.jrados.rbd.model.ImageTimes;
import io.jrados.rbd.model.LinkedImage;
import io.jrados.rbd.model.SnapshotInfo;
import io.jrados.rbd.survey.FoundImage;
import io.jrados.rbd.survey.FoundImage.Details;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** A finding of a survey, as callers see it. */
record Summary(FoundImage found) implements ImageSummary {
    @Override
    public String name() {
        return found.name();
    }

    @Override
    public String id() {
        return found.id();
    }

    @Override
    public Optional<RadosException> failure() {
        return found.failure();
    }

    @Override
    public Optional<ImageInfo> info() {
        return found.details().map(Details::info);
    }

    @Override
    public Optional<ImageTimes> times() {
        return found.details().map(Details::times);
    }

    @Override
    public List<SnapshotInfo> snapshots() {
        return found.details().map(Details::snapshots).orElse(List.of());
    }

    @Override
    public Optional<LinkedImage> parent() {
        return found.details().flatMap(Details::parent);
    }

    @Override
    public List<WatcherInfo> watchers() {
        return found.details().map(Details::watchers).orElse(List.of());
    }

    @Override
    public OptionalLong usedBytes() {
        return found.details().map(Details::usedBytes).orElse(OptionalLong.empty());
    }
}
