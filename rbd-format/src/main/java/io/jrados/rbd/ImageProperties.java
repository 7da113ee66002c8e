package io.jrados.rbd;

import io.jrados.error.RadosException;
import io.jrados.osd.op.SnapContext;
import io.jrados.rbd.format.Layout;
import io.jrados.rbd.header.SnapshotState;
import io.jrados.rbd.image.ImageContext;
import io.jrados.rbd.io.ImageState;
import io.jrados.rbd.model.ImageInfo;
import io.jrados.rbd.model.ImageSpec;
import java.util.Optional;
import java.util.OptionalLong;

/** The properties of an open image at one moment: all are of one state of its header. */
record ImageProperties(
        String name,
        String id,
        long size,
        int order,
        long objectCount,
        String dataPrefix,
        OptionalLong dataPoolId,
        long features,
        long flags,
        long stripeUnit,
        long stripeCount,
        int snapshotCount,
        Optional<ImageSpec> parent,
        Optional<String> parentId,
        long overlap)
        implements ImageInfo {

    static ImageInfo of(ImageContext image) {
        ImageState state = image.state();
        Layout layout = image.layout();
        Optional<ImageContext> parent = image.parent();
        long size = size(image, state);
        long dataPool = image.dataPool().id();
        return new ImageProperties(
                image.name(),
                image.id(),
                size,
                layout.order(),
                layout.objectCount(size),
                image.dataPrefix(),
                dataPool == image.pool().id() ? OptionalLong.empty() : OptionalLong.of(dataPool),
                state.features(),
                image.snapId() == SnapContext.HEAD
                        ? state.flags()
                        : state.snapshot(image.snapId())
                                .map(SnapshotState::flags)
                                .orElse(0L),
                layout.stripeUnit(),
                layout.stripeCount(),
                state.snapshots().size(),
                parent.map(ImageProperties::spec),
                parent.map(ImageContext::id),
                overlap(image, state));
    }

    /** Bytes of what is open: none of a snapshot that is gone. */
    static long size(ImageContext image, ImageState state) {
        return image.snapId() == SnapContext.HEAD
                ? state.size()
                : state.snapshot(image.snapId()).map(SnapshotState::size).orElse(0L);
    }

    private static long overlap(ImageContext image, ImageState state) {
        try {
            return state.overlapAt(image.snapId());
        } catch (RadosException gone) {
            return 0;
        }
    }

    private static ImageSpec spec(ImageContext parent) {
        ImageSpec head = ImageSpec.of(parent.pool().name(), parent.name())
                .inNamespace(parent.pool().namespace());
        return parent.state()
                .snapshot(parent.snapId())
                .map(SnapshotState::name)
                .map(head::at)
                .orElse(head);
    }
}
